import type { KeptEvent } from '../events/schema.ts';
import type { View } from '../learning/schema.ts';
import type { Reduced } from './reduce.ts';
import type { Teaching } from './state.ts';

/** Two interactions this far apart tell a visitor from a script that fires once. */
const APART_MS = 10_000;
const MOST_HELD = 50;
const MOST_CLICKED = 50;

/** Events that show items, rather than tie a visitor to one. */
const SHOWN: ReadonlySet<KeptEvent['name']> = new Set(['view_item_list', 'impression', 'view_promotion', 'refund']);

function isInteraction(event: KeptEvent): boolean {
  return event.items !== undefined && event.items.length > 0 && !SHOWN.has(event.name);
}

function noteClicks(teaching: Teaching, event: KeptEvent): void {
  if (event.name !== 'select_item') return;
  for (const item of event.items ?? [])
    if (item.recommendationId !== undefined || event.recommendationId !== undefined) teaching.clicked.push(item.itemId);
  if (teaching.clicked.length > MOST_CLICKED) teaching.clicked.splice(0, teaching.clicked.length - MOST_CLICKED);
}

function viewsOf(teaching: Teaching, event: KeptEvent, reduced: Reduced): View[] {
  return reduced.trails.map((trail, at) => {
    const item = event.items?.[at];
    const own =
      item?.recommendationId !== undefined ||
      event.recommendationId !== undefined ||
      teaching.clicked.includes(trail.itemId);
    return { itemId: trail.itemId, at: event.at, previous: trail.previous, length: trail.length, own };
  });
}

/**
 * The views that an event lets be learnt now, in place of what is held. The secret key always teaches; through the publishable key a visitor teaches
 * from the second interaction on that is ten seconds from the first: what was held until then comes along. Imported history teaches nothing.
 */
export function viewsToLearn(teaching: Teaching, event: KeptEvent, reduced: Reduced): View[] {
  if (reduced.place === 'new') teaching.clicked = [];
  noteClicks(teaching, event);
  if (!event.learn) return [];
  const views = viewsOf(teaching, event, reduced);
  if (event.trusted || teaching.qualified) return views;
  if (!isInteraction(event)) return [];
  teaching.firstAt ??= event.at;
  teaching.held.push(...views);
  if (teaching.held.length > MOST_HELD) teaching.held.splice(0, teaching.held.length - MOST_HELD);
  if (Math.abs(event.at - teaching.firstAt) < APART_MS) return [];
  teaching.qualified = true;
  const released = teaching.held;
  teaching.held = [];
  return released;
}
