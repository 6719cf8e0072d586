import type { EventItem, KeptEvent } from '../events/schema.ts';
import { type Repeat, repeatOf } from '../learning/repeats.ts';
import type { PastItem } from '../learning/schema.ts';
import { recurrencesOf } from '../purchases/recurrence.ts';
import { DAY_MS } from '../shared/decay.ts';
import type { OrderLine, PastOrder, Profile, UnmatchedRefund } from './schema.ts';

function linesOf(items: readonly EventItem[]): OrderLine[] {
  const lines = new Map<string, OrderLine>();
  for (const item of items) {
    const quantity = item.quantity ?? 1;
    const line = lines.get(item.itemId);
    if (line === undefined) lines.set(item.itemId, { itemId: item.itemId, quantity, price: item.price ?? null });
    else {
      line.quantity += quantity;
      line.price ??= item.price ?? null;
    }
  }
  return [...lines.values()];
}

function worth(items: readonly EventItem[]): number {
  return items.reduce((sum, item) => sum + (item.price ?? 0) * (item.quantity ?? 1), 0);
}

/** The order that a `purchase` event states: distinct items, its value as said, or as the sum of its lines. */
export function orderOf(event: KeptEvent): PastOrder {
  const items = event.items ?? [];
  return {
    orderId: event.orderId ?? '',
    at: event.at,
    currency: event.currency ?? '',
    value: event.value ?? worth(items),
    gift: event.gift ?? false,
    lines: linesOf(items),
    ...(event.trusted ? { trusted: true as const } : {}),
  };
}

/** What an order changes for each of its items, beside the others of the same customer; gifts say nothing about who comes back. */
export function repeatsIn(orders: readonly PastOrder[], { orderId, at, lines }: PastOrder): Repeat[] {
  const days = new Map<string, Set<number>>();
  for (const other of orders) {
    if (other.orderId === orderId || other.gift) continue;
    for (const { itemId } of other.lines)
      days.set(itemId, (days.get(itemId) ?? new Set()).add(Math.floor(other.at / DAY_MS)));
  }
  return lines.map(({ itemId }) => repeatOf(days.get(itemId), Math.floor(at / DAY_MS)));
}

/** What is told of a past: so many items, and so many characters as they travel. */
const MOST_PAST = 100;
const MOST_PAST_CHARACTERS = 3_000;

/** What the customer had bought before an order, what recurs most first, weights in thousandths; empty where it is their first. */
export function pastBefore(
  { orders, hidden }: Pick<Profile, 'orders' | 'hidden'>,
  { orderId, at }: PastOrder,
): PastItem[] {
  const before = orders.filter((order) => order.orderId !== orderId && order.at <= at);
  const past = recurrencesOf(before, hidden)
    .map(({ purchase, weight }): PastItem => [purchase.itemId, Math.round(weight * 1_000) / 1_000])
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_PAST);
  while (JSON.stringify(past).length > MOST_PAST_CHARACTERS) past.length = Math.floor(past.length * 0.9);
  return past;
}

/** Puts an order in its place by time. @returns whether it is new: an order counts once, by its id */
export function addOrder(profile: Profile, order: PastOrder): boolean {
  const { orders } = profile;
  if (orders.some((one) => one.orderId === order.orderId)) return false;
  let at = orders.length;
  while (at > 0 && (orders[at - 1]?.at ?? 0) > order.at) at--;
  orders.splice(at, 0, order);
  return true;
}

/**
 * Takes over what the shop's server says of an order that a browser reported. What was given back in between stays given back: then the order is left
 * as it is. @returns whether it is the server's first word on an order that is known
 */
export function correctOrder(profile: Profile, stated: PastOrder): boolean {
  const order = profile.orders.find((one) => one.orderId === stated.orderId);
  if (order === undefined || stated.trusted !== true || order.trusted === true) return false;
  const { currency, value, gift, lines } = stated;
  Object.assign(order, { trusted: true }, order.refunded === true ? {} : { currency, value, gift, lines });
  return true;
}

/**
 * How much a refund gives back, in its own currency: as it says, or by the prices of what it names, as far as they are known. Null: everything
 * that is left. To be asked before {@link refundOrder}.
 */
export function refundedBy(profile: Profile, event: KeptEvent): number | null {
  if (event.value !== undefined) return event.value;
  if (event.items === undefined || event.items.length === 0) return null;
  const order = profile.orders.find((one) => one.orderId === event.orderId);
  let sum = 0;
  for (const item of event.items) {
    const line = order?.lines.find((one) => one.itemId === item.itemId);
    const quantity = item.quantity ?? line?.quantity ?? 1;
    sum += (line === undefined ? quantity : Math.min(quantity, line.quantity)) * (item.price ?? line?.price ?? 0);
  }
  return sum;
}

const MOST_UNMATCHED = 50;

function unmatchedOf(event: KeptEvent): UnmatchedRefund {
  const items = (event.items ?? []).map(({ itemId, quantity = null, price = null }) => ({ itemId, quantity, price }));
  return { orderId: event.orderId ?? '', value: event.value ?? null, items };
}

/** Takes what was given back off an order, in place: all of it where no items are named. The order stays, so that it cannot be counted again. */
export function giveBack(order: PastOrder, { value, items }: UnmatchedRefund): void {
  order.refunded = true;
  if (items.length === 0) {
    order.value = value === null ? 0 : Math.max(0, order.value - value);
    order.lines = [];
    return;
  }
  let refunded = 0;
  for (const item of items) {
    const line = order.lines.find((one) => one.itemId === item.itemId);
    if (line === undefined) continue;
    const quantity = Math.min(line.quantity, item.quantity ?? line.quantity);
    line.quantity -= quantity;
    refunded += quantity * (item.price ?? line.price ?? 0);
  }
  order.lines = order.lines.filter((line) => line.quantity > 0);
  order.value = Math.max(0, order.value - (value ?? refunded));
}

/**
 * Takes refunded quantities off an order of a profile, in place. A refund of an order that is not known changes no order; it is remembered, since another
 * part of a merged history may know it. @returns whether an order changed
 */
export function refundOrder(profile: Profile, event: KeptEvent): boolean {
  const refund = unmatchedOf(event);
  const order = profile.orders.find((one) => one.orderId === event.orderId);
  if (order === undefined) {
    profile.refunds = [...(profile.refunds ?? []), refund].slice(-MOST_UNMATCHED);
    return false;
  }
  giveBack(order, refund);
  return true;
}

/** Takes off an order what was given back before it was heard of, in place. */
export function takeEarlierRefunds(profile: Profile, order: PastOrder): void {
  const earlier = profile.refunds?.filter((refund) => refund.orderId === order.orderId) ?? [];
  if (earlier.length === 0) return;
  for (const refund of earlier) giveBack(order, refund);
  profile.refunds = profile.refunds?.filter((refund) => refund.orderId !== order.orderId) ?? [];
}
