/** A household of devices and a customer, whose facts are heard of in any order, for the tests of how experiments are counted. */
import fc from 'fast-check';
import { resolveConfig } from '../../src/config/defaults.ts';
import type { KeptEvent } from '../../src/events/schema.ts';
import { beginTracking } from '../../src/experiments/exposures.ts';
import { countingOf } from '../../src/experiments/metrics.ts';
import type { Increment } from '../../src/experiments/schema-counts.ts';
import { keepMet, settle } from '../../src/visitors/experience.ts';
import { shown } from '../../src/visitors/flush.ts';
import { takeEvents } from '../../src/visitors/observe.ts';
import { partOf } from '../../src/visitors/read.ts';
import type { Part } from '../../src/visitors/schema-parts.ts';
import { freshState, type VisitorState } from '../../src/visitors/state.ts';
import { DAY, kept, NOON, observationOf, purchaseOf } from '../support/events.ts';

const HOUR = DAY / 24;

export const counting = countingOf(
  resolveConfig({
    shop: { currency: 'GBP' },
    metrics: {
      conversion: { type: 'proportion', event: 'purchase', windowHours: 72 },
      revenue: { type: 'mean', event: 'purchase', value: 'value', windowHours: 240, cap: 30, cuped: true },
      baskets: { type: 'mean', event: 'add_to_cart', windowHours: 72 },
      'per-basket': { type: 'ratio', event: 'purchase', value: 'value', denominator: 'add_to_cart' },
    },
    experiments: {
      layout: {
        status: 'running',
        goals: ['conversion'],
        secondary: ['revenue', 'baskets', 'per-basket'],
        variations: [{ key: 'a' }, { key: 'b' }],
      },
      banner: { status: 'running', goals: ['revenue'], variations: [{ key: 'red' }, { key: 'blue' }] },
    },
  }),
);

export const DEVICES = ['x', 'y', 'z'] as const;
type Device = (typeof DEVICES)[number];

type Step =
  | { do: 'event'; device: Device; event: KeptEvent }
  | { do: 'meet'; device: Device; experiment: string; arm: string; at: number }
  | { do: 'link' | 'count' | 'tell'; device: Device };

/** A household of devices and the customer to whom some of them turn out to belong, with all increments that were emitted. */
export function household() {
  const names = new Map<string, VisitorState>();
  let drawn = 0;
  const draw = () => String(++drawn);
  for (const name of [...DEVICES, 'customer']) names.set(name, freshState(draw));
  const of = (name: string): VisitorState => names.get(name) ?? freshState(draw);
  const customer = of('customer');
  const tell = (device: Device): void => {
    const part = partOf(of(device), false);
    if (part === null) return;
    customer.parts = [...customer.parts.filter((one) => one.part !== part.part), structuredClone(part) as Part];
  };
  return {
    of,
    customer,
    run(step: Step): void {
      const state = of(step.device);
      const sender = `v:${step.device}`;
      if (step.do === 'event') {
        const observation = { ...observationOf(step.device, [step.event], { now: NOON + 9 * DAY }), sender };
        takeEvents(state, observation, { orderKeys: new Map(), counting });
      } else if (step.do === 'meet') {
        const { experiment, arm, at } = step;
        const { consent, retention, sessionMinutes, flushSeconds, shop } = observationOf(step.device, []);
        const asked = {
          consent,
          retention,
          sessionMinutes,
          flushSeconds,
          shop,
          sender,
          proof: null,
          buckets: {},
          config: 1,
        };
        keepMet(state, { ...asked, met: [{ experiment, phase: 0, arm }], now: at }, 'personal');
      } else if (step.do === 'link') {
        state.core.customer ??= { customerId: 'c', since: NOON };
        countUp(state);
        tell(step.device);
      } else if (step.do === 'tell') tell(step.device);
      else {
        countUp(state);
        countUp(customer);
      }
    },
    finish(): Increment[] {
      for (const device of DEVICES) {
        countUp(of(device));
        tell(device);
      }
      countUp(customer);
      return [...names.values()].flatMap((state) => state.core.increments ?? []);
    },
  };
}

/** As an object counts before a flush. */
function countUp(state: VisitorState): void {
  if (state.profile !== null) beginTracking(state.profile, counting.sources, () => shown(state.open));
  settle(state, counting);
}

/** What the facts come to when they are looked at as a whole: by unit, from every event that happened to it. */
export function batch(home: ReturnType<typeof household>, steps: readonly Step[]) {
  const linked = new Set(steps.flatMap((step) => (step.do === 'link' ? [step.device] : [])));
  const units = [...DEVICES.filter((one) => !linked.has(one)).map((one) => [one]), [...linked]].filter(
    (one) => one.length > 0,
  );
  const cells: Record<string, Record<string, number>> = {};
  const add = (name: string, sums: Record<string, number>) => {
    const into = cells[name] ?? {};
    cells[name] = into;
    for (const [sum, by] of Object.entries(sums)) into[sum] = (into[sum] ?? 0) + by;
  };
  for (const devices of units) {
    const own = steps.filter((step) => (devices as Device[]).includes(step.device));
    const met = own.flatMap((step) => (step.do === 'meet' && step.experiment === 'layout' ? [step] : []));
    const first = met.toSorted((a, b) => a.at - b.at || (a.arm < b.arm ? -1 : 1))[0];
    if (first === undefined) continue;
    if (met.some((step) => step.arm !== first.arm)) {
      add(first.arm, { excluded: 1 });
      continue;
    }
    const events = new Map(own.flatMap((step) => (step.do === 'event' ? [[step.event.eventId, step.event]] : [])));
    const within = (hours: number, name: string) =>
      [...events.values()].filter((one) => one.name === name && one.at >= first.at && one.at < first.at + hours * HOUR);
    const orders = new Map(within(240, 'purchase').map((one) => [one.orderId, one]));
    const back = new Set([...events.values()].flatMap((one) => (one.name === 'refund' ? [one.orderId] : [])));
    const worth = [...orders.values()].map((one) => (back.has(one.orderId) ? 0 : (one.value ?? 0)));
    const revenue = Math.min(
      30,
      worth.reduce((sum, one) => sum + one, 0),
    );
    const conversion = within(72, 'purchase').length > 0 ? 1 : 0;
    const baskets = within(72, 'add_to_cart').length;
    // What was known of the time before when it was counted first is frozen.
    const frozen = devices.flatMap((one) => home.of(one).profile?.exposures ?? []);
    const x =
      frozen.find((one) => one.experiment === 'layout' && one.at === first.at && one.arm === first.arm)?.x?.revenue ??
      0;
    add(first.arm, {
      n: 1,
      conversion,
      revenue,
      'revenue²': revenue ** 2,
      baskets,
      'baskets²': baskets ** 2,
      xy: x * revenue,
    });
  }
  return cells;
}

const hours = fc.integer({ min: -30, max: 130 }).map((hour) => NOON + hour * HOUR);
const device = fc.constantFrom(...DEVICES);

/** A household's facts: each order is placed on one device, and may be reported, refunded and delivered several times in any order. */
export const facts = fc
  .record({
    events: fc.array(
      fc.record({
        device,
        at: hours,
        isOrder: fc.boolean(),
        value: fc.integer({ min: 1, max: 40 }),
        isBack: fc.boolean(),
        times: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 8 },
    ),
    met: fc.array(
      fc.record({
        device,
        at: hours,
        experiment: fc.constantFrom('layout', 'layout', 'banner'),
        arm: fc.constantFrom('a', 'a', 'a', 'b'),
      }),
      { maxLength: 5 },
    ),
    linked: fc.array(device, { maxLength: 3 }),
    counts: fc.array(device, { maxLength: 8 }),
    tells: fc.array(device, { maxLength: 4 }),
  })
  .map(({ events, met, linked, counts, tells }): Step[] => [
    ...events.flatMap(({ device: on, at, isOrder, value, isBack, times }, i): Step[] => {
      const orderId = `o${i}`;
      const rest = { eventId: `e${i}`, value };
      const event = isOrder
        ? purchaseOf(orderId, ['cup'], at, rest)
        : kept('add_to_cart', at, { ...rest, items: [{ itemId: 'cup' }] });
      const refund = kept('refund', at + HOUR, { orderId, trusted: true, eventId: `r${i}` });
      const again = Array.from({ length: times }, (): Step => ({ do: 'event', device: on, event }));
      return isOrder && isBack ? [...again, { do: 'event', device: on, event: refund }] : again;
    }),
    ...met.map(({ device: on, at, ...rest }, i): Step => ({ do: 'meet', device: on, at: at + i, ...rest })),
    ...linked.map((on): Step => ({ do: 'link', device: on })),
    ...counts.map((on): Step => ({ do: 'count', device: on })),
    ...tells.map((on): Step => ({ do: 'tell', device: on })),
  ])
  .chain((steps) => fc.shuffledSubarray(steps, { minLength: steps.length, maxLength: steps.length }));
