import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { leanOf } from '../../src/recommendations/leaning.ts';
import { ask, shown } from '../decide/ask.ts';
import { item, smallShop, type Teaching } from './shop.ts';

const GOODS = ['tea', 'cup', 'pot', 'rake', 'spade'].map((id) =>
  item(id, { categories: [id === 'rake' || id === 'spade' ? 'Garden' : 'Kitchen'] }),
);
const times = (n: number, teaching: Teaching): Teaching[] => Array.from({ length: n }, () => teaching);

function configOf(strategy: 'bestsellers' | 'trending', days?: number): SiteConfigInput {
  return {
    placements: {
      here: { strategies: [{ strategy, ...(days === undefined ? {} : { days }) }], fallback: [], count: 5 },
    },
    personas: { gardener: { signals: [{ condition: { 'context.hobby': 'garden' }, weight: 3 }] } },
  };
}
const gardener = { placements: [{ placement: 'here' }], context: { hobby: 'garden' } };
const anybody = { placements: [{ placement: 'here' }] };

describe('bestsellers and trending by persona', () => {
  const sold = (gardeners: number): Teaching[] => [
    ...times(90, { basket: ['tea'] }),
    ...times(60, { basket: ['cup'] }),
    ...times(gardeners, { basket: ['rake'], persona: 'gardener' }),
    ...times(40 - gardeners, { basket: ['rake'] }),
    ...times(gardeners, { basket: ['spade'], persona: 'gardener' }),
  ];

  test.each(['bestsellers', 'trending'] as const)(
    '%s: what the persona buys more of than others comes first for it',
    (strategy) => {
      const shop = smallShop(GOODS, sold(35), configOf(strategy));
      expect(shown(ask(shop, anybody), 'here').slice(0, 3)).toEqual(['tea', 'cup', 'rake']);
      const answer = ask(shop, gardener);
      expect(shown(answer, 'here').slice(0, 2)).toEqual(['rake', 'spade']);
      const [rake] = answer.placements?.here?.items ?? [];
      expect(rake?.reasons[1]).toMatchObject({ code: 'popular_with_persona', detail: 'gardener' });
      expect(rake?.reasons.reduce((sum, one) => sum + one.weight, 0)).toBeCloseTo(rake?.score ?? 0, 9);
    },
  );

  test('a single purchase of a persona that is hardly known turns nothing round', () => {
    const shop = smallShop(GOODS, [...sold(0), { basket: ['spade'], persona: 'gardener' }], configOf('bestsellers'));
    expect(shown(ask(shop, gardener), 'here')).toEqual(shown(ask(shop, anybody), 'here'));
  });

  test('on a category’s page within it', () => {
    const more = [
      ...sold(0),
      ...times(80, { basket: ['spade'] }),
      ...times(30, { basket: ['rake'], persona: 'gardener' }),
    ];
    const shop = smallShop(GOODS, more, configOf('bestsellers'));
    const page = { page: { category: 'Garden' } };
    expect(shown(ask(shop, { ...anybody, ...page }), 'here').slice(0, 2)).toEqual(['spade', 'rake']);
    expect(shown(ask(shop, { ...gardener, ...page }), 'here').slice(0, 2)).toEqual(['rake', 'spade']);
  });

  test('evidence mixes without a step: more of it never takes the persona’s items back', () => {
    const amount = fc.double({ min: 0, max: 1_000, noNaN: true });
    const share = fc.double({ min: 0.001, max: 1, noNaN: true });
    fc.assert(
      fc.property(amount, amount, share, amount, (all, part, of, evidence) => {
        const theirs = Math.min(all, part);
        const lean = leanOf({ all, theirs }, { share: of, evidence }, 1);
        const next = leanOf({ all, theirs }, { share: of, evidence: evidence + 0.01 }, 1);
        const full = (theirs + 10 * of) / ((all + 10) * of);
        expect(lean).toBeGreaterThanOrEqual(Math.min(1, full) - 1e-9);
        expect(lean).toBeLessThanOrEqual(Math.max(1, full) + 1e-9);
        expect(Math.abs(next - lean)).toBeLessThanOrEqual(Math.abs(full - 1) * 0.001 + 1e-9);
      }),
    );
  });
});

describe('bestsellers of a period', () => {
  const orders = [
    ...times(9, { basket: ['tea'], daysAgo: 20 }),
    ...times(4, { basket: ['cup'], daysAgo: 5 }),
    ...times(2, { basket: ['rake'] }),
  ];
  test.each<[number | undefined, string[]]>([
    [1, ['rake']],
    [5, ['rake']],
    [6, ['cup', 'rake']],
    [20, ['cup', 'rake']],
    [21, ['tea', 'cup', 'rake']],
    [31, ['tea', 'cup', 'rake']],
  ])('of %s days', (days, listed) => {
    expect(shown(ask(smallShop(GOODS, orders, configOf('bestsellers', days)), anybody), 'here')).toEqual(listed);
  });

  test('in a category', () => {
    const shop = smallShop(GOODS, orders, configOf('bestsellers', 31));
    expect(shown(ask(shop, { ...anybody, page: { category: 'Garden' } }), 'here')).toEqual(['rake']);
  });
});
