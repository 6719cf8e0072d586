import type { EventItem, KeptEvent } from '../events/schema.ts';
import type { Cart, CartLine, Profile } from './schema.ts';

const MOST_LINES = 200;

const MOST_TOUCHED = 200;

function put(cart: Cart, item: EventItem): void {
  const quantity = item.quantity ?? 1;
  const line = cart.lines.find((one) => one.itemId === item.itemId);
  if (line === undefined) {
    if (cart.lines.length < MOST_LINES) cart.lines.push({ itemId: item.itemId, quantity, price: item.price ?? null });
    return;
  }
  line.quantity += quantity;
  if (item.price !== undefined) line.price = item.price;
}

function take(cart: Cart, item: EventItem): void {
  const line = cart.lines.find((one) => one.itemId === item.itemId);
  if (line === undefined) return;
  line.quantity -= item.quantity ?? 1;
  if (!(line.quantity > 0)) cart.lines = cart.lines.filter((one) => one !== line);
}

/** Notes when items were put in, taken out or bought: that decides between baskets when they are merged. */
function touch(cart: Cart, items: readonly { itemId: string }[], at: number): void {
  const touched = new Map(Object.entries(cart.touched ?? {}));
  for (const { itemId } of items) touched.set(itemId, Math.max(at, touched.get(itemId) ?? at));
  const kept = [...touched].filter(([itemId]) => itemId !== '__proto__').sort(([, a], [, b]) => a - b);
  cart.touched = Object.fromEntries(kept.slice(-MOST_TOUCHED));
}

/** Money of different currencies is never added up: prices of another currency are forgotten. */
function useCurrency(cart: Cart, currency: string | undefined): void {
  if (currency === undefined || currency === cart.currency) return;
  if (cart.currency !== null) for (const line of cart.lines) line.price = null;
  cart.currency = currency;
}

function wasBoughtSince(profile: Profile, itemId: string, at: number): boolean {
  for (let i = profile.orders.length - 1; i >= 0; i--) {
    const order = profile.orders[i];
    if (order === undefined || order.at <= at) return false;
    if (order.lines.some((line) => line.itemId === itemId)) return true;
  }
  return false;
}

function apply(profile: Profile, event: KeptEvent, items: readonly EventItem[]): void {
  const { cart } = profile;
  switch (event.name) {
    case 'add_to_cart':
      useCurrency(cart, event.currency);
      for (const item of items) if (!wasBoughtSince(profile, item.itemId, event.at)) put(cart, item);
      break;
    case 'remove_from_cart':
      for (const item of items) take(cart, item);
      break;
    case 'view_cart': {
      // A late look at the cart says nothing about what it holds now.
      if (event.at < cart.updatedAt) return;
      const lines: CartLine[] = [];
      const currency = event.currency ?? cart.currency;
      const stated: Cart = { lines, currency, updatedAt: event.at, statedAt: event.at };
      for (const item of items) put(stated, item);
      profile.cart = stated;
      return;
    }
    case 'purchase': {
      const bought = new Set(items.map((item) => item.itemId));
      cart.lines = cart.lines.filter((line) => !bought.has(line.itemId));
      break;
    }
    default:
      return;
  }
  touch(cart, items, event.at);
  cart.updatedAt = Math.max(cart.updatedAt, event.at);
}

/**
 * What an event does to the basket, in place: adding, removing (one piece unless it says how many), `view_cart` with its items states the whole of it,
 * a purchase takes out what was bought. An event of an earlier session leaves the basket of today alone.
 */
export function keepCart(profile: Profile, event: KeptEvent, isLate: boolean): void {
  if (isLate || event.items === undefined) return;
  apply(profile, event, event.items);
}
