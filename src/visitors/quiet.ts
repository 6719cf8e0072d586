/** What a visitor who has gone quiet has left behind. All times are epoch milliseconds. */
import type { SiteConfig } from '../config/schema.ts';
import type { OutgoingEventName } from '../integrations/schema.ts';
import { DAY_MS } from '../shared/decay.ts';
import { key53 } from '../shared/hash.ts';
import type { CartLine, Profile, SessionItem } from './schema.ts';
import type { VisitorState } from './state.ts';

const MINUTE_MS = 60_000;

/** What visitors' objects tell of; the others come from elsewhere. */
const TOLD = [
  'cart.abandoned',
  'browse.abandoned',
  'product.back_in_stock',
  'product.price_dropped',
] as const satisfies readonly OutgoingEventName[];
type Abandonment = 'cart.abandoned' | 'browse.abandoned';

/** What the shop's endpoints want to hear of visitors, and how long after they have gone quiet. */
export interface Wanted {
  afterMs: number;
  events: readonly (typeof TOLD)[number][];
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
  /** What was looked at until then is known to whoever tells of changes of items. */
  watchedAt?: number;
}

/** What is old news: an alarm that was lost for a day, or a history that was imported, makes nobody write to anybody. */
const LATEST_MS = DAY_MS;

/** Every request asks, and the answer is the config's. */
const known = new WeakMap<SiteConfig['endpoints'], Wanted | null>();

/** @returns null when no endpoint asks for it */
export function wantedBy({ carts, endpoints }: Pick<SiteConfig, 'carts' | 'endpoints'>): Wanted | null {
  let wanted = known.get(endpoints);
  if (wanted === undefined) {
    const asked = new Set(Object.values(endpoints).flatMap((endpoint) => endpoint.events));
    const events = TOLD.filter((name) => asked.has(name));
    wanted = events.length === 0 ? null : { afterMs: carts.abandonedAfterMinutes * MINUTE_MS, events };
    known.set(endpoints, wanted);
  }
  return wanted;
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
  const hasOne = hasBasket(profile) || parts.some((part) => hasBasket(part.profile));
  const isWorthIt = quiet.events.includes('browse.abandoned') || (hasOne && quiet.events.includes('cart.abandoned'));
  return isWorthIt ? activeAt + quiet.afterMs : null;
}

/** Items that are told at once: whoever looks at more at a time is not waiting for one of them. */
const MOST_VIEWS = 50;

/** What was looked at with personal consent since that was told last, where somebody tells of changes of items. */
export function viewsToTell({ core, profile, base }: VisitorState): SessionItem[] {
  const { quiet } = core;
  const kept = core.isMixed ? base : profile;
  if (!quiet?.events.some((name) => name.startsWith('product.')) || kept === null) return [];
  return kept.viewed.filter((one) => one.at > (quiet.watchedAt ?? 0)).slice(0, MOST_VIEWS);
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
