import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/defaults.ts';
import { lintCaps } from '../../src/config/lint-caps.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import type { Simulation } from '../../src/experiments/schema-simulation.ts';
import { simulate } from '../../src/experiments/simulate.ts';
import type { ArchivedEvent } from '../../src/learning/schema.ts';
import { call } from '../support/http.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const HOUR_MS = 3_600_000;

type Metric = NonNullable<SiteConfigInput['metrics']>[string];

const REVENUE: Metric = { type: 'mean', event: 'purchase', value: 'value', windowHours: 24 };

const configOf = (metrics: SiteConfigInput['metrics']): SiteConfigInput => ({
  shop: { currency: 'EUR' },
  ...(metrics === undefined ? {} : { metrics }),
  experiments: {
    layout: {
      condition: { 'page.type': 'item' },
      goals: Object.keys(metrics ?? { revenue: 0 }),
      variations: [{ key: 'control' }, { key: 'b' }],
    },
  },
});

/** A visitor `hoursAgo` who looks at an item and then buys for each value, an hour apart. */
function shopper(i: number, values: readonly number[], hoursAgo = 200): ArchivedEvent[] {
  const event = (name: string, n: number): ArchivedEvent => {
    const at = NOW - (hoursAgo - n) * HOUR_MS;
    return { name, at, visitor: `visitor ${i}`, sequence: n };
  };
  const orders = values.map((value, n) => ({ order: `order ${i} ${n}`, currency: 'EUR', value }));
  return [event('view_item', 0), ...orders.map((order, n) => ({ ...event('purchase', n + 1), ...order }))];
}

/** The visit that ends the past: everything 200 hours ago has its window over. */
const LAST = shopper(9_999, [], 0);

/** Buyers who spend 1, 2, … 200 in two orders each, one of them an hour before the other, and as many who only look. */
const BUYERS = Array.from({ length: 200 }, (_, i) => shopper(i, [(i + 1) / 4, (3 * (i + 1)) / 4])).flat();
const LOOKERS = Array.from({ length: 200 }, (_, i) => shopper(1_000 + i, [])).flat();
const PAST = [...BUYERS, ...LOOKERS, ...LAST];

function simulated(config: SiteConfigInput, events: readonly ArchivedEvent[]): Simulation {
  const found = simulate(resolveConfig(config), 'layout', { events, eventsADay: null });
  if (found === null) throw new Error('there is an experiment "layout"');
  return found;
}

const capOf = (metric: Metric, events: readonly ArchivedEvent[]) =>
  simulated(configOf({ revenue: metric }), events).caps[0];

/** Of 1 + 2 + … + 200. */
const TOTAL = 20_100;

describe('a cap that is proposed', () => {
  test('is the 99 % quantile of what each buyer came to in all, up to two digits', () => {
    expect(capOf(REVENUE, PAST)).toEqual({
      metric: 'revenue',
      conversions: 200,
      isOver: true,
      proposed: { cap: 200, units: 0, sum: 0 },
      reason: null,
      set: null,
    });
    const [one, two] = [shopper(500, [1_000]), shopper(501, [3_000])];
    const withLarge = capOf(REVENUE, [...PAST, ...one, ...two]);
    // The 200th of 202; two buyers lie above.
    expect(withLarge?.proposed?.cap).toBe(200);
    expect(withLarge?.proposed?.units).toBeCloseTo(2 / 202, 12);
    expect(withLarge?.proposed?.sum).toBeCloseTo(3_600 / (TOTAL + 4_000), 12);
  });

  test.each([
    [473.2, 480],
    [480, 480],
    [99.4, 100],
    [0.072, 0.072],
    [0.0721, 0.073],
    [12_001, 13_000],
  ])('%d is rounded up to %d', (value, cap) => {
    const same = Array.from({ length: 100 }, (_, i) => shopper(i, [value])).flat();
    expect(capOf(REVENUE, [...same, ...LAST])?.proposed?.cap).toBe(cap);
  });

  test('knows nothing of what came before the exposure, after the window or in another currency', () => {
    const bought = (name: string, hours: number, currency = 'EUR') =>
      Array.from({ length: 150 }, (_, i): ArchivedEvent => {
        const order = `${name} ${i}`;
        const at = NOW + (hours - 200) * HOUR_MS;
        return { name: 'purchase', at, visitor: `visitor ${i}`, sequence: 9, order, currency, value: 5_000 };
      });
    const others = [...bought('before', -1), ...bought('after', 24), ...bought('foreign', 3, 'USD')];
    expect(capOf(REVENUE, [...PAST, ...others])).toEqual(capOf(REVENUE, PAST));
    expect(capOf(REVENUE, [...PAST, ...bought('within', 23)])?.proposed?.cap).toBe(5_200);
  });

  test('knows an order from its refund and from another report of it, in whatever order they are read', () => {
    const again = BUYERS.filter(({ name }) => name === 'purchase').flatMap((event) => [
      { ...event, name: 'refund', at: event.at + HOUR_MS },
      { ...event, at: event.at + HOUR_MS, value: 9_000 },
    ]);
    expect(capOf(REVENUE, [...again, ...PAST])).toEqual(capOf(REVENUE, PAST));
  });

  test('needs 100 who came to something', () => {
    const few = (n: number) => [...BUYERS.slice(0, 3 * n), ...LOOKERS, ...LAST];
    expect(capOf(REVENUE, few(99))).toMatchObject({
      conversions: 99,
      proposed: null,
      reason: '99 conversions are known, and 100 are needed',
    });
    expect(capOf(REVENUE, few(100))).toMatchObject({ conversions: 100, proposed: { cap: 99 }, reason: null });
    expect(capOf(REVENUE, [])).toMatchObject({ conversions: 0, proposed: null, set: null });
  });

  test('counts those whose window is not over only where too few others are known', () => {
    const recent = Array.from({ length: 150 }, (_, i) => shopper(2_000 + i, [700], 10)).flat();
    expect(capOf(REVENUE, [...PAST, ...recent])).toMatchObject({ conversions: 200, isOver: true });
    expect(capOf(REVENUE, [...recent, ...LAST])).toMatchObject({
      conversions: 150,
      isOver: false,
      proposed: { cap: 700 },
    });
  });

  test.each<[string, Metric, number | null]>([
    ['the orders of a visitor', { type: 'mean', event: 'purchase', windowHours: 24 }, 2],
    ['a property that is not archived', { ...REVENUE, value: 'margin' }, null],
    ['a custom event', { ...REVENUE, event: 'quote' }, null],
  ])('of %s', (_, metric, cap) => {
    const found = capOf(metric, PAST);
    expect(found?.proposed?.cap ?? null).toBe(cap);
    if (cap === null) expect(found?.reason).toBe('the archive does not keep what it adds up');
  });

  test('of a metric that only a running experiment uses counts from when that would have been met', () => {
    const config = configOf({ revenue: REVENUE, looks: { type: 'proportion', event: 'view_item' } });
    const layout = { goals: ['looks'], variations: [{ key: 'control' }, { key: 'b' }] };
    const other = { ...layout, goals: ['revenue'], condition: { 'page.type': 'item' } };
    const caps = (status: 'running' | 'draft') =>
      simulated({ ...config, experiments: { layout, other: { ...other, status } } }, PAST).caps;
    expect(caps('draft')).toEqual([]);
    expect(caps('running')).toMatchObject([{ metric: 'revenue', conversions: 200, proposed: { cap: 200 } }]);
  });
});

test('of a cap that is set it is said what it cuts off', () => {
  const found = capOf({ ...REVENUE, cap: 190 }, PAST);
  // Ten buyers spend 191 to 200, 1 + 2 + … + 10 too much.
  expect(found?.set).toEqual({ cap: 190, units: 10 / 200, sum: 55 / TOTAL });
  expect(capOf({ ...REVENUE, cap: 1_000 }, PAST)?.set).toEqual({ cap: 1_000, units: 0, sum: 0 });
});

describe('a warning', () => {
  const large = [...PAST, ...shopper(500, [1_000]), ...shopper(501, [3_000])];
  const warned = (config: SiteConfigInput, events = large) => lintCaps(config, simulated(config, events));

  test('names the cap that is missing, and what else happens', () => {
    expect(warned(configOf({ revenue: REVENUE }))).toEqual([
      {
        path: 'metrics.revenue.cap',
        message:
          '99 % of 202 buyers came to at most 200 (2026-11-14 to 2026-11-22); set cap to 200, otherwise few large ones decide: 15 % of the sum lies above it',
      },
    ]);
    expect(warned(configOf(undefined))[0]?.message).toContain('state metrics, which have no cap by default');
  });

  test('is not given of a cap that is there, nor where nothing lies above one', () => {
    expect(warned(configOf({ revenue: { ...REVENUE, cap: 5_000 } }))).toEqual([]);
    expect(warned(configOf({ revenue: REVENUE }), PAST)).toEqual([]);
  });
});

test('an experiment that is tried comes with the cap that its revenue lacks, of up to 28 days', async () => {
  const end = Date.now();
  const archive = async (daysAgo: number, events: readonly ArchivedEvent[]) => {
    const at = end - daysAgo * 24 * HOUR_MS;
    const lines = events.map((event) => JSON.stringify({ ...event, at: event.at - NOW + 200 * HOUR_MS + at }));
    await env.ARCHIVE.put(`demo/${new Date(at).toISOString().slice(0, 10)}/00/1`, `${lines.join('\n')}\n`);
  };
  await archive(2, shopper(9_998, []));
  await archive(20, [...BUYERS, ...shopper(500, [1_000]), ...shopper(501, [3_000]), ...shopper(502, [3_000])]);
  await archive(29, shopper(503, [9_000]));
  const validated = async (metric: Metric) => {
    const body = JSON.stringify(configOf({ revenue: metric }));
    const answer = await call('/v1/config/validate?simulate=layout', { method: 'POST', key: 'sk_demo', body });
    return answer.json<{ warnings: { path: string; message: string }[]; simulation: Simulation }>();
  };
  const { warnings, simulation } = await validated(REVENUE);
  expect(simulation.caps).toMatchObject([{ metric: 'revenue', conversions: 203, proposed: { cap: 1_000 } }]);
  expect(warnings).toContainEqual({ path: 'metrics.revenue.cap', message: expect.stringContaining('set cap to') });
  const capped = await validated({ ...REVENUE, cap: 150 });
  expect(capped.warnings.map(({ path }) => path)).not.toContain('metrics.revenue.cap');
  expect(capped.simulation.caps[0]?.set).toMatchObject({ cap: 150, units: 53 / 203 });
});
