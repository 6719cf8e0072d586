import type { KeptEvent } from '../events/schema.ts';
import { forgetVisits, pageStepOf } from './pages.ts';
import type { Profile, Session } from './schema.ts';
import { addStep, type KeptSpan, type Step, spansOf, type Visits, visitsOf } from './visits.ts';

const MINUTE_MS = 60_000;
const MOST_ITEMS = 200;
const MOST_SEARCHES = 20;
const MOST_VIEWED = 100;
const MOST_PAGE_TYPES = 20;
const MOST_CATEGORIES = 40;
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

function remember(profile: Profile, itemId: string, at: number): void {
  const { viewed } = profile;
  const known = viewed.findIndex((one) => one.itemId === itemId);
  if (known >= 0) {
    if ((viewed[known]?.at ?? 0) > at) return;
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

/** The views of a step, each with what came before it in its session. */
function trailsOf({ steps }: Visits, index: number, span: KeptSpan): Trail[] {
  const viewed = steps[index]?.items ?? [];
  const earlier = steps.slice(span.from, index).flatMap((step) => step.items ?? []);
  return viewed.map((itemId, i) => ({
    itemId,
    previous: [...earlier, ...viewed.slice(0, i)].slice(-TRAIL).reverse(),
    length: span.viewsBefore + earlier.length + i + 1,
  }));
}

/** Counts the page on which something happened, unless the event before was of the same. */
function notePage(session: Session, { name, page }: KeptEvent): void {
  const { type, url } = page ?? {};
  if (name !== 'page_view' && type === undefined && url === undefined) return;
  // Joined, and so in one piece: it is written as JSON faster.
  const shown = [type, url].join(' ');
  if (shown === session.page && shown !== ' ') return;
  session.page = shown;
  session.pages = (session.pages ?? 0) + 1;
  session.pageTypes ??= [];
  if (type !== undefined && !session.pageTypes.includes(type) && session.pageTypes.length < MOST_PAGE_TYPES)
    session.pageTypes.push(type);
}

function noteCategories(session: Session, { name, items = [] }: KeptEvent): void {
  const viewed = name === 'view_item' ? new Set(items.flatMap((item) => item.categories ?? [])) : null;
  if (viewed === null || viewed.size === 0) return;
  const earlier = (session.categories ?? []).filter((slug) => !viewed.has(slug));
  session.categories = [...earlier, ...viewed].slice(-MOST_CATEGORIES);
}

/** What an event says about the visit as such. The first event of a session says where it came from, whenever it arrives. */
function describe(session: Session, event: KeptEvent, isFirst: boolean): void {
  const { page } = event;
  const said = { landing: page?.url, referrer: page?.referrer, country: event.country, device: event.device };
  for (const name of ['landing', 'referrer', 'country', 'device'] as const)
    session[name] = (isFirst ? (said[name] ?? session[name]) : (session[name] ?? said[name])) ?? null;
  notePage(session, event);
  noteCategories(session, event);
  if (event.name === 'search' && event.query) {
    session.searches.push(event.query);
    if (session.searches.length > MOST_SEARCHES) session.searches.shift();
  }
}

function itemsOf({ steps }: Visits, span: KeptSpan): Session['items'] {
  const viewed = steps.slice(span.from).flatMap(({ at, items }) => (items ?? []).map((itemId) => ({ itemId, at })));
  return viewed.slice(-MOST_ITEMS);
}

function stepOf(event: KeptEvent): Step {
  const step: Step = { at: event.at, ...pageStepOf(event) };
  if (event.name === 'view_item' && event.items !== undefined && event.items.length > 0)
    step.items = event.items.slice(0, MOST_VIEWS_AT_ONCE).map((item) => item.itemId);
  if (event.page?.campaign !== undefined) step.campaign = event.page.campaign;
  return step;
}

/** The current session as the visits say, in place; it is another one where that is new. */
function follow(
  profile: Profile,
  visits: Visits,
  { current, previous, isNew }: { current: KeptSpan; previous: KeptSpan | undefined; isNew: boolean },
): void {
  const { number, startedAt, lastAt, campaign, views } = current;
  if (isNew) profile.session = freshSession(number, startedAt);
  Object.assign(profile.session, { number, startedAt, lastAt, campaign, views, items: itemsOf(visits, current) });
  if (previous !== undefined) profile.session.previousAt = previous.lastAt;
}

/**
 * Takes an event into the profile's sessions, in place. Sessions end by inactivity and where another campaign begins; they come out the same in any order
 * of arrival (number, bounds, campaign, views, and items but for the order of those of the same millisecond), as far as the last 400 steps reach. A late
 * event joins the session that its time belongs to, and may turn out to join two sessions or to divide one; one from before those steps counts among the
 * items viewed only. Searches, landing page, referrer, country and device are those of the session as it was heard of.
 * @param sessionMinutes of inactivity, after which a session is over
 * @returns the place it was given, and the trail of each view in it
 */
export function keepSession(
  profile: Profile,
  event: KeptEvent,
  sessionMinutes: number,
): { place: Place; trails: Trail[] } {
  const { session } = profile;
  if (!isVisit(event)) {
    const isDuring = session.number > 0 && event.at >= session.startedAt && event.at <= session.lastAt;
    return { place: isDuring ? 'current' : 'late', trails: [] };
  }
  const step = stepOf(event);
  for (const itemId of step.items ?? []) remember(profile, itemId, event.at);
  profile.visits ??= visitsOf(session);
  const { visits } = profile;
  const index = addStep(visits, step);
  if (index === null) return { place: 'late', trails: (step.items ?? []).map(alone) };
  const pauseMs = sessionMinutes * MINUTE_MS;
  const spans = spansOf(visits, pauseMs);
  const span = spans.findLast((one) => one.from <= index);
  const current = spans.at(-1);
  // There is a span for every step, and the last of them is the current one.
  if (span === undefined || current === undefined) return { place: 'late', trails: [] };
  const trails = trailsOf(visits, index, span);
  const isNew = span === current && current.number > session.number;
  follow(profile, visits, { current, previous: spans.at(-2), isNew });
  const place = isNew ? 'new' : span === current ? 'current' : 'late';
  if (place !== 'late') describe(profile.session, event, index === current.from && current.viewsBefore === 0);
  forgetVisits(visits, pauseMs);
  return { place, trails };
}

function alone(itemId: string): Trail {
  return { itemId, previous: [], length: 1 };
}
