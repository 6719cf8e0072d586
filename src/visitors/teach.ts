import type { KeptEvent } from '../events/schema.ts';
import type { View } from '../learning/schema.ts';
import type { Reduced } from './reduce.ts';
import type { Taught, Teaching } from './state.ts';

/** Two interactions this far apart tell a visitor from a script that fires once. */
const APART_MS = 10_000;
const MOST_HELD = 50;
const MOST_CLICKED = 50;

/** What a browser may teach between two pauses, by receipt: times that it states itself must not open another session. */
const PAUSE_MS = 30 * 60_000;
const MOST_OF_AN_ITEM = 3;
const MOST_VIEWS = 300;
const MOST_ORDERS = 5;
const MINUTE_MS = 60_000;
const MOST_A_MINUTE = 60;

/** Events that show items, rather than tie a visitor to one. */
const SHOWN: ReadonlySet<KeptEvent['name']> = new Set(['view_item_list', 'impression', 'view_promotion', 'refund']);

function isInteraction(event: KeptEvent): boolean {
  return event.items !== undefined && event.items.length > 0 && !SHOWN.has(event.name);
}

function noteClicks(teaching: Teaching, event: KeptEvent): void {
  if (event.name !== 'select_item') return;
  for (const item of event.items ?? []) if (item.own === true) teaching.clicked.push(item.itemId);
  if (teaching.clicked.length > MOST_CLICKED) teaching.clicked.splice(0, teaching.clicked.length - MOST_CLICKED);
}

function viewsOf(teaching: Teaching, event: KeptEvent, reduced: Pick<Reduced, 'place' | 'trails'>): View[] {
  return reduced.trails.map((trail, at) => {
    const own = event.items?.[at]?.own === true || teaching.clicked.includes(trail.itemId);
    const view: View = { itemId: trail.itemId, at: event.at, previous: trail.previous, length: trail.length, own };
    if (reduced.place !== 'late' && teaching.session !== undefined) view.session = teaching.session;
    return view;
  });
}

/**
 * Gives a visit that begins its number, in place. Nothing but the visit itself has it, so that the learner can tell which views belong together, and
 * nobody whose they are.
 * @param draw makes a random number
 */
export function numberVisit(teaching: Teaching, place: Reduced['place'], draw: () => number): void {
  if (place === 'new' || (place === 'current' && teaching.session === undefined)) teaching.session = draw();
}

/** How much of the cap is used up at a time of receipt. */
function usedAt(teaching: Teaching, receivedAt: number): Taught {
  const minute = Math.floor(receivedAt / MINUTE_MS);
  const { taught } = teaching;
  const used =
    taught === undefined || receivedAt - taught.at > PAUSE_MS
      ? { at: receivedAt, items: [], orders: 0, minute, inMinute: 0 }
      : taught;
  if (used.minute !== minute) Object.assign(used, { minute, inMinute: 0 });
  used.at = Math.max(used.at, receivedAt);
  teaching.taught = used;
  return used;
}

/** A shopper comes back to an item twice or so; who views it a hundred times teaches no more than that. */
function capped(teaching: Teaching, views: readonly View[], receivedAt: number): View[] {
  if (views.length === 0) return [];
  const used = usedAt(teaching, receivedAt);
  return views.filter(({ itemId }) => {
    if (used.items.length >= MOST_VIEWS || used.inMinute >= MOST_A_MINUTE) return false;
    if (used.items.filter((one) => one === itemId).length >= MOST_OF_AN_ITEM) return false;
    used.items.push(itemId);
    used.inMinute += 1;
    return true;
  });
}

/** Whether the basket of an order that an event is the first to state may teach: five of a browser between two pauses. Counts it. */
export function orderMayTeach(teaching: Teaching, event: KeptEvent): boolean {
  if (event.trusted) return true;
  const used = usedAt(teaching, event.receivedAt);
  used.orders += 1;
  return used.orders <= MOST_ORDERS;
}

/**
 * The views that an event lets be learnt now, in place of what is held. The secret key always teaches; through the publishable key a visitor teaches
 * from the second interaction on that is ten seconds from the first: what was held until then comes along. Imported history teaches nothing. Between two
 * pauses of half an hour in what is received, a browser teaches three views of an item, 300 in all and 60 a minute; every event is kept and counted all
 * the same.
 */
export function viewsToLearn(teaching: Teaching, event: KeptEvent, reduced: Pick<Reduced, 'place' | 'trails'>): View[] {
  if (reduced.place === 'new') teaching.clicked = [];
  noteClicks(teaching, event);
  if (!event.learn) return [];
  const views = viewsOf(teaching, event, reduced);
  if (event.trusted) return views;
  if (teaching.qualified) return capped(teaching, views, event.receivedAt);
  if (!isInteraction(event)) return [];
  teaching.firstAt ??= event.at;
  teaching.held.push(...views);
  if (teaching.held.length > MOST_HELD) teaching.held.splice(0, teaching.held.length - MOST_HELD);
  if (Math.abs(event.at - teaching.firstAt) < APART_MS) return [];
  teaching.qualified = true;
  const released = teaching.held;
  teaching.held = [];
  return capped(teaching, released, event.receivedAt);
}
