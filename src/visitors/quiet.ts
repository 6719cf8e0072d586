/** What a visitor who has gone quiet has left behind. All times are epoch milliseconds. */
import type { SiteConfig } from '../config/schema.ts';
import type { OutgoingEventName } from '../integrations/schema.ts';
import { DAY_MS } from '../shared/decay.ts';
import { key53 } from '../shared/hash.ts';
import type { CartLine, Profile } from './schema.ts';
import type { VisitorState } from './state.ts';

const MINUTE_MS = 60_000;

const ABANDONMENTS = ['cart.abandoned', 'browse.abandoned'] as const satisfies readonly OutgoingEventName[];
export type Abandonment = (typeof ABANDONMENTS)[number];

/** What the shop's endpoints want to hear of visitors who go quiet, and after how long. */
export interface Wanted {
  afterMs: number;
  events: readonly Abandonment[];
}

/** How it stands with a visitor's silence. */
export interface Quiet extends Wanted {
  /** The last activity with personal consent; of a customer that of the parts counts too. */
  activeAt: number;
  /** The activity after which was looked at what is left behind. */
  lookedAt: number;
  /** Hash of the basket that was told last; absent when none was, or it was emptied since. */
  cart?: number;
  /** Beginning of the visit that was told last. */
  visit?: number;
}

/** What is old news: an alarm that was lost for a day, or a history that was imported, makes nobody write to anybody. */
const LATEST_MS = DAY_MS;

/** @returns null when no endpoint asks for it */
export function wantedBy({ carts, endpoints }: Pick<SiteConfig, 'carts' | 'endpoints'>): Wanted | null {
  const asked = new Set(Object.values(endpoints).flatMap((endpoint) => endpoint.events));
  const events = ABANDONMENTS.filter((name) => asked.has(name));
  return events.length === 0 ? null : { afterMs: carts.abandonedAfterMinutes * MINUTE_MS, events };
}

/** Takes over what is wanted, in place; null: nobody wants anything. */
export function want(core: VisitorState['core'], wanted: Wanted | null): void {
  if (wanted === null) delete core.quiet;
  else core.quiet = { ...(core.quiet ?? { activeAt: 0, lookedAt: 0 }), ...wanted };
}

/** Notes that the visitor was there, in place. What is done with consent for the session only is not reminded of, and ends what was. */
export function noteActivity({ core, profile }: VisitorState, at: number, isPersonal: boolean): void {
  const { quiet } = core;
  if (quiet === undefined) return;
  if (isPersonal) quiet.activeAt = Math.max(quiet.activeAt, at);
  else quiet.lookedAt = Math.max(quiet.lookedAt, quiet.activeAt);
  if (profile?.cart.lines.length === 0) delete quiet.cart;
}

/** The last activity of whoever this is the memory of. */
function lastActivity({ core, parts }: VisitorState): number {
  return parts.reduce((last, part) => Math.max(last, part.activeAt ?? 0), core.quiet?.activeAt ?? 0);
}

const hasBasket = (profile: Profile | null): boolean => profile !== null && profile.cart.lines.length > 0;

/** When is to be looked at what is left behind, null when nothing can be: of a customer's visitor the customer's object does it. */
export function quietDueAt(state: VisitorState): number | null {
  const { core, profile, parts } = state;
  const { quiet } = core;
  if (quiet === undefined || core.customer !== null) return null;
  const activeAt = lastActivity(state);
  if (activeAt <= quiet.lookedAt) return null;
  const isWorthIt =
    quiet.events.includes('browse.abandoned') || hasBasket(profile) || parts.some((part) => hasBasket(part.profile));
  return isWorthIt ? activeAt + quiet.afterMs : null;
}

/** Names a basket: the same whatever the order of its lines, and whenever they were put in. */
export function basketHash(lines: readonly CartLine[]): number {
  return key53(JSON.stringify(lines.map(({ itemId, quantity }) => [itemId, quantity]).sort()));
}

function hasBoughtSince({ orders }: Profile, at: number): boolean {
  return (orders.at(-1)?.at ?? 0) >= at;
}

/**
 * What is left behind, of those things that are wanted and were not told before; null when there is nothing. Takes down in `quiet` that it was looked at.
 * @param profile everything that is remembered with personal consent
 */
export function takeSilence(state: VisitorState, profile: Profile | null, now: number): Abandonment | null {
  const { core } = state;
  const { quiet } = core;
  if (quiet === undefined) return null;
  quiet.lookedAt = lastActivity(state);
  if (profile === null || core.isMixed || now - quiet.lookedAt - quiet.afterMs > LATEST_MS) return null;
  const { cart, session } = profile;
  if (cart.lines.length > 0) {
    const basket = basketHash(cart.lines);
    if (quiet.cart === basket || !quiet.events.includes('cart.abandoned')) return null;
    quiet.cart = basket;
    return 'cart.abandoned';
  }
  delete quiet.cart;
  const isTold = quiet.visit === session.startedAt || hasBoughtSince(profile, session.startedAt);
  if (isTold || session.items.length === 0 || !quiet.events.includes('browse.abandoned')) return null;
  quiet.visit = session.startedAt;
  return 'browse.abandoned';
}
