import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimOrders, countedElsewhere } from '../../src/analytics/claim-orders.ts';
import { type Claim, UNCLAIMED } from '../../src/analytics/claims.ts';
import { countedOrders, withoutOrders } from '../../src/experiments/count-unit.ts';
import { uniteTracked } from '../../src/experiments/exposures.ts';
import type { Increment } from '../../src/experiments/schema-counts.ts';
import type { Exposure, OrderClaim } from '../../src/experiments/schema-exposures.ts';
import { noteElsewhere } from '../../src/visitors/experience.ts';
import { flushOf } from '../analytics/flushes.ts';
import { DAY, NOON, purchaseOf } from '../support/events.ts';
import { counting, DEVICES, household } from './household.ts';

const HOUR = DAY / 24;

type Device = (typeof DEVICES)[number];
type Step =
  | { do: 'buy'; device: Device; order: number }
  | { do: 'meet'; device: Device; hour: number }
  | { do: 'count'; device: Device }
  | { do: 'deliver'; flush: number };

/** When the orders were placed, in hours, and what they were worth: of an order everybody says the same. */
const ORDERS = [
  { hour: 0, value: 1 },
  { hour: 20, value: 2 },
  { hour: 90, value: 4 },
  { hour: 230, value: 8 },
];

/** Devices that are nobody's, and a tally that hears of their flushes in any order, and more than once. */
function shop() {
  const home = household();
  const claims = new Map<string, Claim>();
  const store = {
    claimOf: (orderId: string) => claims.get(orderId) ?? UNCLAIMED,
    claim: (orderId: string, claim: Claim) => void claims.set(orderId, claim),
  };
  const flushes: { device: Device; flushId: string; claims: OrderClaim[] }[] = [];
  const increments: Increment[] = [];
  const count = (device: Device): void => {
    home.run({ do: 'count', device });
    const { core } = home.of(device);
    increments.push(...(core.increments ?? []));
    if (core.claims !== undefined)
      flushes.push({ device, flushId: `${device}.${flushes.length}`, claims: core.claims });
    delete core.increments;
    delete core.claims;
  };
  const deliver = (n: number): void => {
    const one = flushes[n % Math.max(1, flushes.length)];
    if (one === undefined) return;
    const flush = flushOf(one.flushId, { claims: one.claims });
    claimOrders(store, flush, { now: NOON, sums: { added: new Map(), shown: new Map(), heard: new Map() } });
    noteElsewhere(home.of(one.device), countedElsewhere(store, flush));
  };
  return {
    run(step: Step): void {
      if (step.do === 'count') count(step.device);
      else if (step.do === 'deliver') deliver(step.flush);
      else if (step.do === 'meet')
        home.run({ ...step, experiment: 'layout', arm: step.device === 'x' ? 'a' : 'b', at: NOON + step.hour * HOUR });
      else {
        const { hour = 0, value = 0 } = ORDERS[step.order] ?? {};
        const event = purchaseOf(`o${step.order}`, ['cup'], NOON + hour * HOUR, {
          eventId: `${step.device}${step.order}`,
          value,
        });
        home.run({ do: 'event', device: step.device, event });
      }
    },
    finish(): Increment[] {
      for (let round = 0; round < 2; round++) {
        for (const device of DEVICES) count(device);
        for (let n = 0; n < flushes.length; n++) deliver(n);
      }
      for (const device of DEVICES) count(device);
      return increments;
    },
  };
}

const device = fc.constantFrom(...DEVICES);
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('buy' as const), device, order: fc.nat(ORDERS.length - 1) }),
    fc.record({ do: fc.constant('meet' as const), device, hour: fc.integer({ min: -30, max: 100 }) }),
    fc.record({ do: fc.constant('count' as const), device }),
    fc.record({ do: fc.constant('deliver' as const), flush: fc.nat(20) }),
  ),
  { maxLength: 30 },
);

test('an order that visitors report who were never brought together counts for one of those who met the experiment before, whatever is heard of when', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const world = shop();
      for (const step of all) world.run(step);
      const counted = world.finish().filter(({ metric, with: other }) => metric === 'revenue' && other === undefined);
      const revenue = counted.reduce((sum, { sums }) => sum + (sums.y ?? 0), 0);
      const metAt = (name: Device) =>
        Math.min(...all.flatMap((step) => (step.do === 'meet' && step.device === name ? [step.hour] : [])));
      const reports = all.flatMap((step) => (step.do === 'buy' ? [step] : []));
      const due = ORDERS.map(({ hour, value }, n) => {
        const counts = reports.some(
          ({ device: by, order }) => order === n && hour >= metAt(by) && hour < metAt(by) + 240,
        );
        return counts ? value : 0;
      });
      expect(revenue).toBe(due.reduce((sum, one) => sum + one, 0));
    }),
    { numRuns: 2000 },
  );
});

describe('a unit', () => {
  const exposure = (rest: Partial<Exposure> = {}): Exposure => ({
    ...{ experiment: 'layout', phase: 0, arm: 'b', at: NOON },
    ...rest,
  });
  const order = (orderId: string, hour: number) => ({
    ...{ orderId, at: NOON + hour * HOUR, currency: 'GBP', value: 10 },
    lines: [{ quantity: 1 }],
  });
  const orders = [order('before', -1), order('within', 5), order('after', 240)];

  test.each<[string, Exposure[], string[]]>([
    ['after it met an experiment, and within its widest window', [exposure()], ['within']],
    ['of no experiment that it met in two variations', [exposure({ also: ['a'] })], []],
    ['of none that is not counted', [exposure({ experiment: 'other' })], []],
  ])('asks for the orders %s', (_, exposures, asked) => {
    expect(countedOrders({ exposures, orders, tracked: {} }, counting)).toEqual(asked);
  });

  test('counts nothing of an order that counts elsewhere, nor of what was tracked of it', () => {
    const shipping = { event: 'purchase', field: 'shipping' };
    const occurrences = [
      { at: NOON, value: 1 },
      { at: NOON, value: 3, order: 'within' },
      { at: NOON, value: 4, order: 'after' },
    ];
    const past = { exposures: [], orders, tracked: { 'purchase shipping': { ...shipping, occurrences } } };
    const left = withoutOrders(past, (orderId) => orderId === 'within');
    expect(left.orders.map((one) => one.orderId)).toEqual(['before', 'after']);
    expect(left.tracked['purchase shipping']?.occurrences.map((one) => one.value)).toEqual([1, 4]);
  });

  test('of several histories counts once what was tracked of an order that is in two', () => {
    const tracked = (at: number, value: number) => ({
      'purchase shipping': { event: 'purchase', field: 'shipping', occurrences: [{ at, value, order: '1' }] },
    });
    const united = uniteTracked([tracked(NOON + 1, 3), undefined, tracked(NOON, 4)]);
    expect(united['purchase shipping']?.occurrences).toEqual([{ at: NOON, value: 4, order: '1' }]);
  });
});
