/** Two experiments that run together, from what their visitors meet and buy to what the results say of one within the other. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Results } from '../../src/experiments/schema-results.ts';
import { send, visitor } from '../decide/http.ts';
import { arrived } from './arrived.ts';

const HOUR = 3_600_000;
const NOW = Date.now();
/** Visitors who met both experiments, in each of the four corners. */
const CORNER = 110;
const BATCH = 400;

/** Buyers by layout and banner: either alone makes more of them buy, both together undo each other. */
const BUYERS = { control: { off: 22, on: 66 }, b: { off: 66, on: 22 } } as const;

const running = (variations: string[], rest: object = {}) => ({
  status: 'running',
  // So that an event is believed whatever it says was met.
  sticky: true,
  goals: ['conversion'],
  variations: variations.map((key) => ({ key })),
  ...rest,
});

const CONFIG = {
  shop: { currency: 'GBP' },
  consent: { default: 'personal' },
  metrics: { conversion: { type: 'proportion', event: 'purchase', windowHours: 24 } },
  experiments: {
    layout: running(['control', 'b']),
    banner: running(['off', 'on']),
    apart: running(['x', 'y']),
  },
};

type Said = Record<string, unknown>;
let said = 0;
const event = (visitorId: string, hour: number, fields: Said): Said => ({
  ...{ visitorId, eventId: `together-${++said}`, timestamp: new Date(NOW + hour * HOUR).toISOString() },
  ...fields,
});
const met = (visitorId: string, hour: number, experiment: string, variation: string): Said =>
  event(visitorId, hour, { name: 'exposure', experiment, variation });
const bought = (visitorId: string, hour: number): Said =>
  event(visitorId, hour, { name: 'purchase', orderId: `${visitorId} ${hour}`, value: 5, items: [{ itemId: 'tea' }] });

/** What a visitor of a corner does: the layout is met at once, the banner two hours later. */
function happened(visitorId: string, [layout, banner]: readonly [string, string], buys: boolean): Said[] {
  const both = [met(visitorId, -40, 'layout', layout), met(visitorId, -38, 'banner', banner)];
  // Before meeting it, and after its window, nobody's purchase counts.
  return [...both, bought(visitorId, -41), bought(visitorId, -2), ...(buys ? [bought(visitorId, -30)] : [])];
}

const visitors: string[] = [];
function corner(layout: keyof typeof BUYERS, banner: 'off' | 'on'): Said[] {
  return Array.from({ length: CORNER }, (_, i) => {
    const visitorId = visitor('together');
    visitors.push(visitorId);
    return happened(visitorId, [layout, banner], i < BUYERS[layout][banner]);
  }).flat();
}

async function post(events: readonly Said[]): Promise<void> {
  for (let from = 0; from < events.length; from += BATCH) {
    const answer = await send('/v1/events', { key: 'sk_demo', body: { events: events.slice(from, from + BATCH) } });
    expect([answer.status, answer.body.rejected]).toEqual([202, []]);
  }
}

const resultsOf = async (experiment: string): Promise<Results> =>
  (await send(`/v1/experiments/${experiment}/results`, { key: 'sk_demo' })).body as unknown as Results;

describe('two experiments that the same visitors meet', () => {
  beforeAll(async () => {
    const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG });
    expect(put.status, JSON.stringify(put.body)).toBe(200);
    const layouts = ['control', 'b'] as const;
    const events = layouts.flatMap((layout) => [...corner(layout, 'off'), ...corner(layout, 'on')]);
    // Who met one of them alone is in no corner; repetitions count nothing.
    const alone = visitor('alone');
    visitors.push(alone);
    await post([...events, met(alone, -40, 'layout', 'b'), bought(alone, -39), ...events.slice(0, 50)]);
    await arrived(visitors);
  }, 120_000);

  test('are told of in the results of each: how much the lift of one is another within the other', async () => {
    const share = (count: number): number => count / CORNER;
    const { control, b } = BUYERS;
    const estimate = share(b.on) - share(control.on) - (share(b.off) - share(control.off));
    const layout = await resultsOf('layout');
    expect(layout.interactions).toEqual([
      {
        ...{ with: 'banner', variation: 'b', other: 'on', metric: 'conversion' },
        estimate: expect.closeTo(estimate, 9),
        interval: [expect.any(Number), expect.any(Number)],
        adjustedPValue: expect.any(Number),
      },
    ]);
    const [{ interval = [0, 0], adjustedPValue = 1 } = {}] = layout.interactions;
    const error = Math.sqrt(
      [control.off, control.on, b.off, b.on].reduce((sum, one) => sum + (share(one) * (1 - share(one))) / CORNER, 0),
    );
    expect(interval).toEqual([expect.closeTo(estimate - 1.96 * error, 4), expect.closeTo(estimate + 1.96 * error, 4)]);
    expect(adjustedPValue).toBeLessThan(1e-9);
    const [other] = (await resultsOf('banner')).interactions;
    expect(other).toMatchObject({ with: 'layout', variation: 'on', other: 'b', estimate: expect.closeTo(estimate, 9) });
  });

  test('show no lift of their own where what they do is undone, and hold those who met one alone', async () => {
    const { units, variations } = await resultsOf('layout');
    expect(units).toBe(4 * CORNER + 1);
    expect(variations.map(({ exposures, metrics }) => [exposures, metrics.conversion?.total])).toEqual([
      [2 * CORNER, 88],
      [2 * CORNER + 1, 89],
    ]);
    expect(variations[1]?.metrics.conversion?.isSignificant).toBe(false);
    expect((await resultsOf('apart')).interactions).toEqual([]);
  });
});
