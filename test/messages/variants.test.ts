import { describe, expect, test } from 'vitest';
import type { BanditWeights } from '../../src/experiments/bandit.ts';
import { dealVariant } from '../../src/messages/variants.ts';

const MESSAGE = {
  key: 'hello',
  variants: [
    { key: 'short', content: {} },
    { key: 'loud', content: {} },
  ],
};
const UNITS = Array.from({ length: 3_000 }, (_, i) => `visitor-of-variants-${i}`);

const weights = (more: Partial<BanditWeights> = {}): Record<string, BanditWeights> => ({
  'message:hello': { phase: 0, version: 4, arms: { control: 0.1, short: 0.8, loud: 0.1 }, ...more },
});

/** Share of each arm among three thousand units, who are the same each time. */
function shares(persona: string | null, by?: Record<string, BanditWeights>): Record<string, number> {
  const counts: Record<string, number> = { control: 0, short: 0, loud: 0 };
  for (const unit of UNITS) {
    const arm = dealVariant(MESSAGE, { unit, persona, met: null }, by)?.arm ?? '';
    counts[arm] = (counts[arm] ?? 0) + 1 / UNITS.length;
  }
  return Object.fromEntries(Object.entries(counts).map(([arm, share]) => [arm, Number(share.toFixed(1))]));
}

describe('the variants of a message', () => {
  test('are dealt equally until there are weights, and then by them', () => {
    expect(shares(null)).toEqual({ control: 0.3, short: 0.3, loud: 0.3 });
    expect(shares(null, weights())).toEqual({ control: 0.1, short: 0.8, loud: 0.1 });
  });

  test('are dealt to a persona by its own weights, where it has any', () => {
    const own = weights({ personas: { trade: { control: 0.1, short: 0.1, loud: 0.8 } } });
    expect(shares('trade', own)).toEqual({ control: 0.1, short: 0.1, loud: 0.8 });
    expect(shares('explorer', own)).toEqual({ control: 0.1, short: 0.8, loud: 0.1 });
  });

  test('come with the version and the chance by which they were dealt', () => {
    const asker = { unit: 'somebody-who-asks', persona: null, met: null };
    expect(dealVariant(MESSAGE, asker)).toMatchObject({ weights: 0, propensity: expect.closeTo(1 / 3, 9) });
    const dealt = dealVariant(MESSAGE, asker, weights());
    expect(dealt).toMatchObject({ weights: 4, propensity: dealt?.arm === 'short' ? 0.8 : 0.1 });
  });

  test('stay whoever’s they are, and are dealt anew where the one that was met is gone', () => {
    for (const unit of UNITS.slice(0, 50)) {
      expect(dealVariant(MESSAGE, { unit, persona: null, met: 'loud' }, weights())?.arm).toBe('loud');
      const anew = dealVariant(MESSAGE, { unit, persona: null, met: 'quiet' }, weights());
      expect(anew).toEqual(dealVariant(MESSAGE, { unit, persona: null, met: null }, weights()));
    }
  });

  test('are none where the message has none', () => {
    expect(dealVariant({ key: 'hello', variants: [] }, { unit: 'u', persona: null, met: null })).toBeNull();
  });
});
