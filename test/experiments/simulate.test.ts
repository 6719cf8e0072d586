import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/defaults.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { askable, factsOfPast } from '../../src/experiments/past-facts.ts';
import type { Simulation } from '../../src/experiments/schema-simulation.ts';
import { simulate } from '../../src/experiments/simulate.ts';
import { contextOf } from '../../src/learning/contexts.ts';
import type { ArchivedEvent } from '../../src/learning/schema.ts';
import { call } from '../support/http.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const HOUR_MS = 3_600_000;

const GERMAN = contextOf({ country: 'DE', device: 'mobile' });
const BRITISH = contextOf({ country: 'GB', device: 'desktop' });

const CONFIG: SiteConfigInput = {
  metrics: { conversion: { type: 'proportion', event: 'purchase', windowHours: 24 } },
  audiences: { german: { 'context.country': 'DE' } },
  exclusionGroups: { checkout: { seed: 'checkout' } },
  experiments: {
    layout: {
      audience: 'german',
      condition: { 'page.type': 'item', 'cart.value': { $gt: 20 } },
      coverage: 0.5,
      goals: ['conversion'],
      variations: [{ key: 'control' }, { key: 'b', changes: { 'placements.home.count': 4 } }],
    },
    banner: {
      status: 'running',
      condition: { 'context.device': 'mobile' },
      variations: [{ key: 'control' }, { key: 'red', changes: { 'placements.home.diversity': 0.5 } }],
    },
    elsewhere: {
      status: 'running',
      condition: { 'context.country': 'GB' },
      variations: [{ key: 'control' }, { key: 'b' }],
    },
  },
};

/** Ten days of a hundred visitors a day: a quarter German, of whom a tenth buy; each looks at an item and a list. */
const EVENTS: ArchivedEvent[] = Array.from({ length: 1_000 }, (_, i) => {
  const at = NOW - 10 * 24 * HOUR_MS + i * 0.24 * HOUR_MS;
  const event = (name: string, sequence: number): ArchivedEvent => ({
    name,
    at: at + sequence * 60_000,
    visitor: `visitor ${i}`,
    sequence,
    context: i % 4 === 0 ? GERMAN : BRITISH,
  });
  const bought = { ...event('purchase', 3), order: `order ${i}`, value: 20 };
  const buys = i % 40 === 0 ? [bought, { ...bought, sequence: 4 }] : [];
  return [event('view_item_list', 1), event('view_item', 2), ...buys];
}).flat();

const simulated = (events: readonly ArchivedEvent[], eventsADay: number | null = null): Simulation => {
  const found = simulate(resolveConfig(CONFIG), 'layout', { events, eventsADay });
  if (found === null) throw new Error('there is an experiment "layout"');
  return found;
};

describe('an experiment run over the past', () => {
  test('says who would have been in it, and what could not be asked', () => {
    const { past, visitors, ignored, unitsADay } = simulated(EVENTS);
    expect(past).toEqual({ from: '2026-11-12', until: '2026-11-22', visitors: 1_000, events: EVENTS.length });
    expect(visitors).toEqual({ met: 250, share: 0.25, taken: 0.5 });
    expect(ignored).toEqual(['cart.value']);
    expect(unitsADay).toBeCloseTo(12.5, 1);
  });

  test('says how long it takes until a lift is seen', () => {
    const [conversion] = simulated(EVENTS).metrics;
    expect(conversion).toMatchObject({ metric: 'conversion', mean: expect.closeTo(0.1, 2) });
    const half = conversion?.lifts.find((one) => one.lift === 0.5);
    // In one reading 565 an arm would do; read daily it takes about twice as many.
    expect(half?.unitsPerArm).toBeGreaterThan(900);
    expect(half?.unitsPerArm).toBeLessThan(1_500);
    expect(half?.days).toBe(Math.ceil((half?.unitsPerArm ?? 0) / (simulated(EVENTS).unitsADay / 2)));
    const busy = simulated(EVENTS, 10 * (EVENTS.length / 10)).metrics[0]?.lifts.find((one) => one.lift === 0.5);
    expect(busy?.days).toBeLessThanOrEqual(Math.ceil((half?.days ?? 0) / 9));
  });

  test('says which running experiments it overlaps, and where', () => {
    expect(simulated(EVENTS).overlaps).toEqual([
      { experiment: 'banner', share: 1, isExclusive: false, paths: [] },
      { experiment: 'elsewhere', share: 0, isExclusive: false, paths: [] },
    ]);
  });

  test('has nothing to say of an empty past, and of what is not there', () => {
    expect(simulated([])).toMatchObject({ past: { from: null, visitors: 0 }, visitors: { share: null }, unitsADay: 0 });
    expect(simulated([]).metrics[0]).toMatchObject({ mean: null });
    expect(simulate(resolveConfig(CONFIG), 'nothing', { events: EVENTS, eventsADay: null })).toBeNull();
  });
});

describe('conditions about the past', () => {
  test('are asked as far as the archive knows', () => {
    const wide = {
      'context.country': 'DE',
      'cart.value': { $gt: 2 },
      $or: [{ persona: 'trade' }, { 'rfm.frequency': 3 }],
    };
    expect(askable(wide)).toEqual({ condition: { 'context.country': 'DE' }, ignored: ['cart.value', 'rfm.frequency'] });
    const narrow = { $and: [{ persona: 'trade' }, { 'trait.age': 3 }], $not: { 'page.type': 'cart' } };
    expect(askable(narrow)).toEqual({
      condition: { $and: [{ persona: 'trade' }, {}], $not: { 'page.type': 'cart' } },
      ignored: ['trait.age'],
    });
  });

  test('find country, device, page and persona', () => {
    const event = {
      name: 'view_item',
      at: NOW,
      visitor: 'v',
      sequence: 1,
      context: GERMAN,
      persona: 'trade',
      items: [{ itemId: 'cup' }],
    };
    expect(factsOfPast(event)).toMatchObject({
      persona: 'trade',
      page: { type: 'item', itemId: 'cup' },
      context: { country: 'DE', device: 'mobile' },
    });
    expect(factsOfPast({ name: 'share', at: NOW, visitor: 'v', sequence: 1 })).toMatchObject({
      page: { type: null },
      context: { country: null },
    });
  });
});

test('a config that is tried comes with the simulation that was asked for', async () => {
  const now = Date.now();
  const day = new Date(now).toISOString().slice(0, 10);
  const lines = EVENTS.slice(0, 400).map((event, i) => JSON.stringify({ ...event, at: now - (400 - i) * 1_000 }));
  await env.ARCHIVE.put(`demo/${day}/00/1`, `${lines.join('\n')}\n`);
  const validate = (query: string) =>
    call(`/v1/config/validate${query}`, { method: 'POST', key: 'sk_demo', body: JSON.stringify(CONFIG) });
  const answer = await (await validate('?simulate=layout')).json<{ valid: boolean; simulation: Simulation }>();
  expect(answer.simulation.caps).toEqual([]);
  expect(answer).toMatchObject({ valid: true, simulation: { experiment: 'layout', past: { events: 400 } } });
  expect(answer.simulation.visitors.share).toBeCloseTo(0.25, 1);
  expect(await (await validate('')).json()).not.toHaveProperty('simulation');
  expect((await validate('?simulate=nothing')).status).toBe(422);
});
