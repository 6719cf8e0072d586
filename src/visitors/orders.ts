import type { EventItem, KeptEvent } from '../events/schema.ts';
import type { OrderLine, PastOrder, Profile } from './schema.ts';

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
  };
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
 * Takes refunded quantities off an order; all of it where the refund names no items. The order stays, so that it cannot be counted again. A refund of
 * an order that is not known changes nothing. @returns whether anything changed
 */
export function refundOrder(profile: Profile, event: KeptEvent): boolean {
  const order = profile.orders.find((one) => one.orderId === event.orderId);
  if (order === undefined) return false;
  if (event.items === undefined || event.items.length === 0) {
    order.value = event.value === undefined ? 0 : Math.max(0, order.value - event.value);
    order.lines = [];
    return true;
  }
  let refunded = 0;
  for (const item of event.items) {
    const line = order.lines.find((one) => one.itemId === item.itemId);
    if (line === undefined) continue;
    const quantity = Math.min(line.quantity, item.quantity ?? line.quantity);
    line.quantity -= quantity;
    refunded += quantity * (item.price ?? line.price ?? 0);
  }
  order.lines = order.lines.filter((line) => line.quantity > 0);
  order.value = Math.max(0, order.value - (event.value ?? refunded));
  return true;
}
