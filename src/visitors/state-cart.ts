import { adopt } from './adopt.ts';
import { noteActivity, quietDueAt } from './quiet.ts';
import { freshProfile } from './reduce.ts';
import type { Arrival, Cart, CartLine, Profile } from './schema.ts';
import { noteReceipt, type VisitorState } from './state.ts';

const MOST_LINES = 200;

/** A basket as a request states it. */
export interface StatedCart {
  lines: readonly CartLine[];
  /** Of the prices; null when there are none. */
  currency: string | null;
  /** `all`: this is the whole basket. `back`: these were in it, and are to be in it again; of what is there the larger quantity counts. */
  as: 'all' | 'back';
}

function distinct(lines: readonly CartLine[]): Map<string, CartLine> {
  const byItem = new Map<string, CartLine>();
  for (const line of lines) {
    const known = byItem.get(line.itemId);
    if (known !== undefined) known.quantity += line.quantity;
    else if (byItem.size < MOST_LINES) byItem.set(line.itemId, { ...line });
  }
  return byItem;
}

/**
 * The basket after a request has stated it. What the request does not price keeps the price it had, if the currency is the same.
 * @returns null when it says nothing new: most pages state what is known
 */
export function cartAfter(cart: Cart, stated: StatedCart, at: number): Cart | null {
  const wanted = distinct(stated.lines);
  const currency = stated.currency ?? cart.currency;
  const keepsPrices = cart.currency === null || currency === cart.currency;
  const before = new Map(cart.lines.map((line) => [line.itemId, keepsPrices ? line : { ...line, price: null }]));
  const after = new Map<string, CartLine>(stated.as === 'all' ? [] : before);
  for (const [itemId, { quantity, price }] of wanted) {
    const known = before.get(itemId);
    const most = stated.as === 'all' ? quantity : Math.max(quantity, known?.quantity ?? 0);
    if (after.has(itemId) || after.size < MOST_LINES)
      after.set(itemId, { itemId, quantity: most, price: price ?? known?.price ?? null });
  }
  const isOther = (itemId: string): boolean => before.get(itemId)?.quantity !== after.get(itemId)?.quantity;
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(isOther);
  const isRepriced = [...after].some(([itemId, { price }]) => price !== (before.get(itemId)?.price ?? null));
  if (changed.length === 0 && !isRepriced) return null;
  const touched = { ...cart.touched };
  for (const itemId of changed) if (itemId !== '__proto__') touched[itemId] = at;
  const kept = Object.entries(touched).sort(([, a], [, b]) => a - b);
  return {
    ...cart,
    lines: [...after.values()],
    currency,
    updatedAt: Math.max(cart.updatedAt, at),
    touched: Object.fromEntries(kept.slice(-MOST_LINES)),
  };
}

/** Takes a stated basket into what is remembered, in place. @returns whether it says something new */
export function takeCart(
  state: VisitorState,
  stated: StatedCart,
  by: Arrival & { used: 'session' | 'personal' },
): boolean {
  const { core } = state;
  const { now, used } = by;
  const held = (state.profile ?? freshProfile(now)).cart;
  if (cartAfter(held, stated, now) === null) return false;
  adopt(state, by);
  if (used === 'session' && !core.isMixed) {
    core.isMixed = true;
    state.base = state.profile === null ? null : structuredClone(state.profile);
  }
  state.profile ??= freshProfile(now);
  if (core.isMixed && used === 'personal') state.base ??= freshProfile(now);
  const kept: (Profile | null)[] = [state.profile, used === 'personal' ? state.base : null];
  for (const one of kept) if (one !== null) one.cart = cartAfter(one.cart, stated, now) ?? one.cart;
  noteReceipt(core, now);
  noteActivity(state, now, used === 'personal');
  return true;
}

/** Activity that brings nothing new is written down so many times within the silence after which something is told. */
const NOTES_PER_SILENCE = 4;

type Passing = Arrival & { used: 'session' | 'personal' };

/** Whether somebody waits to hear that the visitor is still there, and has not heard for long enough. */
function isNoteDue(state: VisitorState, { used, now }: Passing): boolean {
  const { quiet, customer } = state.core;
  const isWaiting = quiet !== undefined && (quietDueAt(state) !== null || customer !== null);
  return isWaiting && used === 'personal' && now - quiet.activeAt >= quiet.afterMs / NOTES_PER_SILENCE;
}

/** Whether what a page says in passing may be worth writing down: most pages say what is known, and need no transaction. */
export function mayBeNews(state: VisitorState, by: Passing): boolean {
  const { core, profile } = state;
  // What is held of a visit that is over may go with it.
  const isOver = by.now >= core.sessionEndsAt;
  const { cart } = by;
  const isOther = cart !== undefined && (isOver || profile === null || cartAfter(profile.cart, cart, by.now) !== null);
  return isOther || isNoteDue(state, by);
}

/**
 * Takes what a page says in passing into what is remembered, in place: the basket, and that the visitor is still there, where somebody waits for that.
 * @returns whether it is worth writing down
 */
export function takeArrival(state: VisitorState, by: Passing): boolean {
  if (by.cart !== undefined && takeCart(state, by.cart, by)) return true;
  if (!isNoteDue(state, by)) return false;
  noteActivity(state, by.now, true);
  return true;
}
