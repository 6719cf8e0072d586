import type { KeptEvent } from '../events/schema.ts';
import type { Profile, Session, SessionItem } from './schema.ts';

const MINUTE_MS = 60_000;
const MOST_ITEMS = 200;
const MOST_SEARCHES = 20;
const MOST_VIEWED = 100;
/** Nobody looks at more items at once; a list is `view_item_list`. */
const MOST_VIEWS_AT_ONCE = 20;

/** Where an event belongs: it opens a session, is part of the current one, or comes late from one that is over. */
export type Place = 'new' | 'current' | 'late';

function freshSession(number: number, at: number): Session {
  return {
    number,
    startedAt: at,
    lastAt: at,
    items: [],
    views: 0,
    searches: [],
    landing: null,
    referrer: null,
    campaign: null,
    country: null,
    device: null,
  };
}

/** A session before anything happened in it; its number is 0. */
export function noSession(at: number): Session {
  return freshSession(0, at);
}

/** What a server does later on the visitor's behalf is no visit. */
function isVisit(event: KeptEvent): boolean {
  return event.name !== 'refund';
}

/** @param sessionMinutes of inactivity, after which a session is over */
export function placeOf(session: Session, event: KeptEvent, sessionMinutes: number): Place {
  if (!isVisit(event)) return session.number > 0 && event.at <= session.lastAt ? 'current' : 'late';
  const pause = sessionMinutes * MINUTE_MS;
  if (session.number === 0 || event.at - session.lastAt > pause) return 'new';
  return session.startedAt - event.at > pause ? 'late' : 'current';
}

/** Puts an item in its place by time, latest last. @returns how many are before it */
function insert(items: SessionItem[], item: SessionItem): number {
  let at = items.length;
  while (at > 0 && (items[at - 1]?.at ?? 0) > item.at) at--;
  items.splice(at, 0, item);
  return at;
}

function remember(profile: Profile, itemId: string, at: number): void {
  const { viewed } = profile;
  const known = viewed.findIndex((one) => one.itemId === itemId);
  if (known >= 0) {
    if ((viewed[known]?.at ?? 0) >= at) return;
    viewed.splice(known, 1);
  }
  let place = 0;
  while (place < viewed.length && (viewed[place]?.at ?? 0) > at) place++;
  viewed.splice(place, 0, { itemId, at });
  if (viewed.length > MOST_VIEWED) viewed.length = MOST_VIEWED;
}

/** What came before a view in its session. */
export interface Trail {
  itemId: string;
  /** Nearest first, at most 10. */
  previous: string[];
  /** Length of the session so far, this view included. */
  length: number;
}

const TRAIL = 10;

function view(session: Session, itemId: string, at: number): Trail {
  const before = insert(session.items, { itemId, at });
  const previous: string[] = [];
  for (let i = before - 1; i >= 0 && previous.length < TRAIL; i--) previous.push(session.items[i]?.itemId ?? '');
  const length = before + 1 + (session.views - (session.items.length - 1));
  session.views += 1;
  if (session.items.length > MOST_ITEMS) session.items.shift();
  return { itemId, previous, length };
}

function describe(session: Session, event: KeptEvent): void {
  session.startedAt = Math.min(session.startedAt, event.at);
  session.lastAt = Math.max(session.lastAt, event.at);
  session.landing ??= event.page?.url ?? null;
  session.referrer ??= event.page?.referrer ?? null;
  session.campaign ??= event.page?.campaign ?? null;
  session.country ??= event.country ?? null;
  session.device ??= event.device ?? null;
  if (event.name === 'search' && event.query) {
    session.searches.push(event.query);
    if (session.searches.length > MOST_SEARCHES) session.searches.shift();
  }
}

/**
 * Takes an event into the profile's sessions, in place. A late event of a session that is over does not touch the current one; its views still count
 * among the items viewed, and teach without a trail.
 * @returns the place it was given, and the trail of each view in it
 */
export function keepSession(
  profile: Profile,
  event: KeptEvent,
  sessionMinutes: number,
): { place: Place; trails: Trail[] } {
  const place = placeOf(profile.session, event, sessionMinutes);
  if (place === 'new') profile.session = freshSession(profile.session.number + 1, event.at);
  if (place !== 'late' && isVisit(event)) describe(profile.session, event);
  const trails: Trail[] = [];
  if (event.name !== 'view_item') return { place, trails };
  for (const { itemId } of event.items?.slice(0, MOST_VIEWS_AT_ONCE) ?? []) {
    remember(profile, itemId, event.at);
    trails.push(place === 'late' ? { itemId, previous: [], length: 1 } : view(profile.session, itemId, event.at));
  }
  return { place, trails };
}
