import type { Cart, CartLine, PastOrder } from './schema.ts';

/** A basket, and the orders of whoever filled it. */
export interface Basket {
  cart: Cart;
  orders: readonly PastOrder[];
}

const NEVER = Number.NEGATIVE_INFINITY;

/** When a basket last said something about an item, be it that it is not in it. */
function saidAt({ cart }: Basket, itemId: string, line: CartLine | undefined): number {
  const touched = cart.touched !== undefined && Object.hasOwn(cart.touched, itemId) ? cart.touched[itemId] : undefined;
  const said = Math.max(touched ?? NEVER, cart.statedAt ?? NEVER);
  return line !== undefined && said === NEVER ? cart.updatedAt : said;
}

/** When somebody last bought an item. */
function boughtAt(baskets: readonly Basket[], itemId: string): number {
  let latest = NEVER;
  for (const { orders } of baskets)
    for (const order of orders)
      if (order.at > latest && order.lines.some((line) => line.itemId === itemId)) latest = order.at;
  return latest;
}

function mergedLine(baskets: readonly Basket[], itemId: string, stated: number): { line: CartLine; at: number } | null {
  let barrier = Math.max(stated, boughtAt(baskets, itemId));
  const there: { line: CartLine; at: number }[] = [];
  for (const basket of baskets) {
    const line = basket.cart.lines.find((one) => one.itemId === itemId);
    const at = saidAt(basket, itemId, line);
    if (line === undefined) barrier = Math.max(barrier, at);
    else there.push({ line, at });
  }
  const counted = there
    .filter(({ at }) => at >= barrier)
    .sort((a, b) => b.at - a.at || (b.line.price ?? 0) - (a.line.price ?? 0));
  const newest = counted[0];
  if (newest === undefined) return null;
  const quantity = Math.max(...counted.map(({ line }) => line.quantity));
  return { line: { itemId, quantity, price: newest.line.price }, at: newest.at };
}

/**
 * The basket that several baskets of one customer amount to. A line stands unless something newer speaks against it: a basket that was stated as a whole
 * since (`view_cart`), a removal or a purchase of the item elsewhere. Of lines for the same item the larger quantity counts and the newer price; the
 * currency is that of the basket used last, prices in another one are forgotten. The order of the baskets makes no difference.
 */
export function mergeCarts(baskets: readonly Basket[]): Cart {
  const stated = baskets.reduce((latest, { cart }) => Math.max(latest, cart.statedAt ?? NEVER), NEVER);
  const used = baskets
    .map(({ cart }) => cart)
    .filter((cart) => cart.currency !== null)
    .sort((a, b) => b.updatedAt - a.updatedAt || ((a.currency ?? '') < (b.currency ?? '') ? -1 : 1));
  const currency = used[0]?.currency ?? null;
  const priced = baskets.map((basket): Basket => {
    if (basket.cart.currency === null || basket.cart.currency === currency) return basket;
    return { ...basket, cart: { ...basket.cart, lines: basket.cart.lines.map((line) => ({ ...line, price: null })) } };
  });
  const itemIds = new Set(baskets.flatMap(({ cart }) => cart.lines.map((line) => line.itemId)));
  const lines = [...itemIds].flatMap((itemId) => mergedLine(priced, itemId, stated) ?? []);
  lines.sort((a, b) => a.at - b.at || (a.line.itemId < b.line.itemId ? -1 : 1));
  const updatedAt = baskets.reduce((latest, { cart }) => Math.max(latest, cart.updatedAt), 0);
  return { lines: lines.map(({ line }) => line), currency, updatedAt };
}
