/** The counters of recommendations: by day, placement and strategy. Pure. */
import type { Attributed, AttributedLine } from '../learning/schema.ts';
import { isoDay } from '../shared/decay.ts';
import { type Claim, givenBack } from './claims.ts';
import { add, addSlots, type Counters, type Slots } from './count.ts';

/** Counters of a day that one row holds; what goes beyond is counted together. Placements and strategies are few, and nobody but us can sign others. */
export const MOST_KEYS = 500;
export const OTHERS = '~ ~';
/** What belongs to no placement: orders, each once, and echoes that were credited to nothing. */
export const ALL = '';

const keyOf = ({ placement, strategy }: { placement: string; strategy: string }): string =>
  placement === '' ? ALL : `${placement} ${strategy}`;

/** Adds what events are credited to; `into` holds slots named `<placement> <strategy>` by day (UTC). */
export function addAttributed(into: Map<string, Slots>, attributed: readonly Attributed[]): void {
  for (const one of attributed) add(into, { row: isoDay(one.at), slot: keyOf(one) }, one.sums as Counters);
}

/** How much of a line stands after the refunds of its order: those that name items take them off, the others their share of everything. */
function standingLine(line: AttributedLine, claim: Claim): { quantity: number; value: number } {
  let { quantity } = line;
  for (const { items } of givenBack(claim)) {
    for (const named of items ?? [])
      if (named.item === line.item) quantity -= Math.min(quantity, named.quantity ?? quantity);
  }
  const whole = claim.figures?.value ?? 0;
  let unnamed = 0;
  for (const { items, value } of givenBack(claim)) if (items === undefined) unnamed += value ?? whole;
  const share = unnamed === 0 ? 1 : whole > 0 ? Math.max(0, 1 - unnamed / whole) : 0;
  return {
    quantity: share === 0 ? 0 : quantity,
    value: line.quantity > 0 ? (line.value / line.quantity) * quantity * share : 0,
  };
}

/** What an order adds, in the slots of its day: once to each placement and strategy that brought about some of it. */
export function attributedTo(claim: Claim): Slots {
  const { attribution, figures } = claim;
  if (attribution === undefined || figures === null) return {};
  const slots: Slots = { [ALL]: { orders: 1 } };
  for (const line of attribution.lines) {
    const { quantity, value } = standingLine(line, claim);
    const counters = slots[keyOf(line)] ?? { orders: 1, units: 0 };
    slots[keyOf(line)] = counters;
    counters.units = (counters.units ?? 0) + quantity;
    counters[`revenue ${attribution.currency}`] = (counters[`revenue ${attribution.currency}`] ?? 0) + value;
  }
  return slots;
}

/** Adds what an order counts now, less what it counted before. */
export function addClaimed(into: Map<string, Slots>, before: Claim, after: Claim): void {
  for (const [claim, factor] of [
    [before, -1],
    [after, 1],
  ] as const) {
    const { attribution } = claim;
    if (attribution === undefined) continue;
    for (const [slot, counters] of Object.entries(attributedTo(claim))) {
      const signed = Object.entries(counters).map(([name, sum]): [string, number] => [name, factor * sum]);
      add(into, { row: isoDay(attribution.at), slot }, Object.fromEntries(signed));
    }
  }
}

/** What is to be added to the slots of a day, those for which a row has no room left under one name. */
export function withinBounds(day: Slots, sums: Slots): Slots {
  let room = MOST_KEYS - Object.keys(day).length;
  const bounded: Slots = {};
  for (const [slot, counters] of Object.entries(sums)) {
    const isNew = day[slot] === undefined;
    if (isNew) room -= 1;
    addSlots(bounded, { [isNew && room < 0 ? OTHERS : slot]: counters });
  }
  return bounded;
}
