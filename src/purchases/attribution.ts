/**
 * Which recommendation brought what about. Click-through: an item that the visitor reached by a recommendation belongs to it from then on for the shop's
 * window (`attribution.windowHours`); having merely been shown brings nothing about. Where several recommendations lead to an item, the last one counts.
 * Pure; what it notes is changed in place.
 */
import type { EventItem, KeptEvent, Shown } from '../events/schema.ts';
import type { Attributed, AttributedLine } from '../learning/schema.ts';
import { key53 } from '../shared/hash.ts';
import type { OrderLine, PastOrder, Profile } from '../visitors/schema.ts';
import type { Reached } from './schema.ts';

/** Items that a visitor remembers having reached; the last ones. */
const MOST_REACHED = 50;
const MOST_LINES = 100;
/** Clocks differ: an order may seem to be this much older than the click that led to it. */
const CLOCK_TOLERANCE_MS = 300_000;

type Sums = Attributed['sums'];

const keyOf = (item: EventItem): number => item.key ?? key53(item.itemId);

/** The visitor's last way to an item, or to one of its group. */
function lastWay(reached: readonly Reached[], key: number, within: { at: number; windowMs: number }): Reached | null {
  let last: Reached | null = null;
  for (const one of reached) {
    const age = within.at - one.at;
    if (one.key === key && age >= -CLOCK_TOLERANCE_MS && age <= within.windowMs && (last === null || one.at >= last.at))
      last = one;
  }
  return last;
}

const weightOf = (probability: number): number => 1 / probability;

function impressionSums({ explored }: Shown): Sums {
  if (explored === undefined) return { impressions: 1 };
  const weight = weightOf(explored);
  return { impressions: 1, explored: 1, weights: weight, squares: weight * weight };
}

function clickSums({ explored }: Shown): Sums {
  return explored === undefined ? { clicks: 1 } : { clicks: 1, exploredClicks: 1, rewards: weightOf(explored) };
}

/** Notes that an item was reached by a recommendation. @returns the note, and whether this is the first click on it */
function reach(profile: Profile, { item, shown, at }: { item: EventItem; shown: Shown; at: number }) {
  const key = keyOf(item);
  const reached = profile.reached ?? [];
  const known = reached.find((one) => one.recommendation === shown.recommendation && one.key === key);
  if (known !== undefined) {
    known.at = Math.max(known.at, at);
    return { way: known, isFirst: false };
  }
  const { recommendation, placement, strategy } = shown;
  const way: Reached = { itemId: item.itemId, key, at, recommendation, placement, strategy };
  profile.reached = [...reached, way].slice(-MOST_REACHED);
  return { way, isFirst: true };
}

function itemSums(profile: Profile, event: KeptEvent, windowMs: number): Omit<Attributed, 'at'>[] {
  const made: Omit<Attributed, 'at'>[] = [];
  for (const item of event.items ?? []) {
    const { shown } = item;
    const step = shown === undefined ? null : reach(profile, { item, shown, at: event.at });
    if (step?.isFirst && shown !== undefined) made.push({ ...placeOf(shown), sums: clickSums(shown) });
    if (event.name !== 'add_to_cart') continue;
    const way = step?.way ?? lastWay(profile.reached ?? [], keyOf(item), { at: event.at, windowMs });
    if (way === null || way.isInBasket === true) continue;
    way.isInBasket = true;
    made.push({ ...placeOf(way), sums: { baskets: 1 } });
  }
  return made;
}

const placeOf = ({ placement, strategy }: { placement: string; strategy: string }) => ({ placement, strategy });

const CLICKS: ReadonlySet<KeptEvent['name']> = new Set(['select_item', 'view_item', 'add_to_cart']);

/**
 * What an event adds to the counters of recommendations. Of a recommendation each item is clicked once and put into the basket once, however many events
 * say so.
 */
export function attribute(profile: Profile, event: KeptEvent, windowMs: number): Attributed[] {
  const { at } = event;
  const made: Attributed[] = [];
  if (event.name === 'impression')
    for (const shown of event.impressed ?? []) made.push({ at, ...placeOf(shown), sums: impressionSums(shown) });
  if (CLICKS.has(event.name)) for (const one of itemSums(profile, event, windowMs)) made.push({ at, ...one });
  if (event.unattributed !== undefined) made.push({ at, placement: '', strategy: '', sums: event.unattributed });
  return made;
}

/** What a piece of a line costs whose price was not said: its part of what the others leave of the order's value. */
function priceOfOthers({ lines, value }: PastOrder): number {
  let left = value;
  let pieces = 0;
  for (const { price, quantity } of lines) {
    if (price === null) pieces += quantity;
    else left -= price * quantity;
  }
  return pieces > 0 ? Math.max(0, left) / pieces : 0;
}

/**
 * The lines of an order that recommendations brought about, each by one of them: the one that the line itself echoes, otherwise the visitor's last way to
 * the item or its group.
 * @param event the purchase as it was reported
 * @param reached also of the customer's other visitors
 */
export function attributedLines(
  order: PastOrder,
  event: KeptEvent,
  { reached, windowMs }: { reached: readonly Reached[]; windowMs: number },
): AttributedLine[] {
  const others = priceOfOthers(order);
  const lineOf = ({ itemId, quantity, price }: OrderLine): AttributedLine[] => {
    const said = event.items?.filter((item) => item.itemId === itemId) ?? [];
    const first = said[0];
    const shown = said.find((item) => item.shown !== undefined)?.shown;
    const by = shown ?? (first && lastWay(reached, keyOf(first), { at: event.at, windowMs }));
    return by ? [{ item: key53(itemId), ...placeOf(by), quantity, value: quantity * (price ?? others) }] : [];
  };
  const lines = order.lines.flatMap(lineOf);
  return lines.length <= MOST_LINES ? lines : lines.sort((a, b) => b.value - a.value).slice(0, MOST_LINES);
}

/** What several parts of a history have reached: of each way the newest. */
export function uniteReached(all: readonly (readonly Reached[] | undefined)[]): Reached[] {
  const ways = new Map<string, Reached>();
  for (const one of all.flatMap((reached) => reached ?? [])) {
    const name = `${one.recommendation} ${one.key}`;
    const known = ways.get(name);
    const newer = known === undefined || one.at > known.at ? one : known;
    ways.set(name, known?.isInBasket || one.isInBasket ? { ...newer, isInBasket: true } : newer);
  }
  return [...ways.values()]
    .sort((a, b) => a.at - b.at || a.recommendation - b.recommendation || a.key - b.key)
    .slice(-MOST_REACHED);
}
