import { addClaimed } from './attributed.ts';
import { type Claim, claimed, countedFor, refunded, standing } from './claims.ts';
import { add, negated, type Slots, slotOf } from './count.ts';
import { addHeard } from './heard.ts';
import type { TalliedFlush } from './schema.ts';
import type { TallyStore } from './tally-store.ts';

type Claims = Pick<TallyStore, 'claimOf' | 'claim'>;
type Step = (before: Claim) => Claim | null;

/**
 * Takes what a flush that is counted for the first time says of orders; the counters get what that changes, and the row of an order is written once.
 * @param sums by kind of counter what is to be added, changed in place
 */
export function claimOrders(
  store: Claims,
  { flushId, orders, refunds = [], claims = [] }: TalliedFlush,
  { now, sums }: { now: number; sums: Record<'added' | 'shown' | 'heard', Map<string, Slots>> },
): void {
  const steps = new Map<string, Step[]>();
  const then = (orderId: string, step: Step) => steps.set(orderId, [...(steps.get(orderId) ?? []), step]);
  for (const order of orders)
    then(order.orderId, (before) => claimed(before, order, { flushId, place: slotOf(order.at, now) }));
  for (const refund of refunds) then(refund.orderId, (before) => refunded(before, refund));
  for (const claim of claims) then(claim.orderId, (before) => countedFor(before, claim));
  for (const [orderId, own] of steps) {
    const before = store.claimOf(orderId);
    const after = own.reduce((claim, step) => step(claim) ?? claim, before);
    if (after === before) continue;
    if (before.figures !== null) add(sums.added, before.figures, negated(standing(before)));
    if (after.figures !== null) add(sums.added, after.figures, standing(after));
    addClaimed(sums.shown, before, after);
    addHeard(sums.heard, before, after);
    store.claim(orderId, after);
  }
}

/** The orders that teach by a flush. */
export function teachingOrders(store: Claims, { flushId, orders }: TalliedFlush): string[] {
  const orderIds = new Set(orders.map((order) => order.orderId));
  return [...orderIds].filter((orderId) => store.claimOf(orderId).flushId === flushId);
}

/** Of the orders that a flush asks to count those that another unit counts, with the part of its history. */
export function countedElsewhere(store: Claims, { claims = [] }: TalliedFlush): Record<string, string> {
  const owners = claims.map(({ orderId, parts }): [string, string | undefined] => {
    const { countedBy } = store.claimOf(orderId);
    return [orderId, countedBy !== undefined && parts.includes(countedBy) ? undefined : countedBy];
  });
  return Object.fromEntries(owners.flatMap(([orderId, owner]) => (owner === undefined ? [] : [[orderId, owner]])));
}
