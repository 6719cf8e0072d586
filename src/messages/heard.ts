/**
 * What came of messages: of each that was handed to a page one impression, one click and one dismissal are counted, however many events say so, and the
 * orders after them. Pure; what it notes is changed in place.
 */
import type { KeptEvent } from '../events/schema.ts';
import {
  type CreditedMessage,
  MESSAGE_METRICS,
  type MessageMetric,
  type MessageSums,
} from '../learning/schema-messages.ts';
import { isoDay } from '../shared/decay.ts';
import type { Handed } from './schema.ts';

/** Messages that a visitor is remembered to have been handed; the last ones. */
const MOST_HANDED = 50;
/** Messages that one order is credited to. */
const MOST_CREDITED = 20;

/** What an event says of the message that it names. */
const SAYS: Partial<Record<KeptEvent['name'], 'shownAt' | 'clickedAt' | 'dismissedAt'>> = {
  impression: 'shownAt',
  view_promotion: 'shownAt',
  select_promotion: 'clickedAt',
  select_item: 'clickedAt',
  view_item: 'clickedAt',
  add_to_cart: 'clickedAt',
  dismiss: 'dismissedAt',
};
const METRICS = { shownAt: 'impressions', clickedAt: 'clicks', dismissedAt: 'dismissals' } as const;

/** Adds one to a counter, in place. */
export function addMessage(
  sums: MessageSums,
  { key, variant }: Pick<Handed, 'key' | 'variant'>,
  { at, metric }: { at: number; metric: MessageMetric },
): void {
  addTo(sums, { day: isoDay(at), name: `${key} ${variant}`, metric }, 1);
}

function addTo(
  sums: MessageSums,
  { day, name, metric }: { day: string; name: string; metric: MessageMetric },
  by: number,
) {
  const ofDay = sums[day] ?? {};
  sums[day] = ofDay;
  const counters = ofDay[name] ?? {};
  ofDay[name] = counters;
  counters[metric] = (counters[metric] ?? 0) + by;
}

/** Sums added up. */
export function unitedMessages(parts: readonly MessageSums[]): MessageSums {
  const all: MessageSums = {};
  for (const [day, names] of parts.flatMap((part) => Object.entries(part)))
    for (const [name, counters] of Object.entries(names))
      for (const metric of MESSAGE_METRICS)
        if (counters[metric] !== undefined) addTo(all, { day, name, metric }, counters[metric]);
  return all;
}

/** The message that an event is about: the one that it names by `impressionId`, else the last one of its `messageId` of which this was not said yet. */
export function handedIn(
  handed: readonly Handed[],
  { impressionId, messageId, name }: Pick<KeptEvent, 'impressionId' | 'messageId' | 'name'>,
): Handed | undefined {
  if (impressionId !== undefined) return handed.find((one) => one.id === impressionId);
  const what = SAYS[name];
  if (messageId === undefined || what === undefined) return undefined;
  const own = handed.filter((one) => one.key === messageId && !one.ghost);
  return own.findLast((one) => one[what] === undefined) ?? own.at(-1);
}

/** When messages were first seen, by impressionId: who clicked one, or sent it away, was shown it. */
export function seenIn(handed: readonly Handed[]): Map<string, number> {
  const seen = handed.flatMap(({ id, shownAt, clickedAt, dismissedAt }): [string, number][] => {
    const times = [shownAt, clickedAt, dismissedAt].filter((at) => at !== undefined);
    return times.length === 0 ? [] : [[id, Math.min(...times)]];
  });
  return new Map(seen);
}

/** The impressionId of the message that an event says was seen; null: it says it of none. */
export function seenBy(handed: readonly Handed[] | undefined, event: KeptEvent): string | null {
  if (SAYS[event.name] === undefined) return null;
  return event.impressionId ?? handedIn(handed ?? [], event)?.id ?? null;
}

/** Takes an event in. @returns what it adds to the counters, null where nothing: a message that was not handed to this visitor counts for nothing */
export function hear(handed: readonly Handed[] | undefined, event: KeptEvent): MessageSums | null {
  const what = SAYS[event.name];
  if (handed === undefined || what === undefined) return null;
  const one = handedIn(handed, event);
  if (one === undefined || one[what] !== undefined) return null;
  one[what] = event.at;
  // Nobody saw it: that it would have been shown counts for its caps alone.
  if (one.ghost) return null;
  const sums: MessageSums = {};
  addMessage(sums, one, { at: event.at, metric: METRICS[what] });
  return sums;
}

/** The list with what was handed now. */
export function withHanded(handed: readonly Handed[] | undefined, more: readonly Handed[]): Handed[] {
  return [...(handed ?? []), ...more].slice(-MOST_HANDED);
}

/** What several devices were handed, the latest of it. */
export function uniteHanded(all: readonly (readonly Handed[] | undefined)[]): Handed[] {
  return all
    .flatMap((handed) => handed ?? [])
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    .slice(-MOST_HANDED);
}

/**
 * The messages that an order is credited to: each that was shown or clicked within the window before it, by the variant that was last.
 * @param handed also on the customer's other devices
 */
export function creditedMessages(
  handed: readonly Handed[],
  { at, windowMs }: { at: number; windowMs: number },
): CreditedMessage[] {
  const isWithin = (then: number | undefined): boolean => then !== undefined && then <= at && at - then <= windowMs;
  const last = new Map<string, { one: Handed; at: number; isClicked: boolean }>();
  for (const one of handed) {
    if (one.ghost) continue;
    const isClicked = isWithin(one.clickedAt);
    if (!isClicked && !isWithin(one.shownAt)) continue;
    const before = last.get(one.key);
    const seenAt = Math.max(...[one.shownAt, one.clickedAt].filter(isWithin).map((then) => then ?? 0));
    // A click on any of them is a click on the message.
    if (before === undefined || seenAt >= before.at)
      last.set(one.key, { one, at: seenAt, isClicked: isClicked || before?.isClicked === true });
    else before.isClicked ||= isClicked;
  }
  return [...last.values()]
    .sort((a, b) => b.at - a.at)
    .slice(0, MOST_CREDITED)
    .map(({ one: { key, variant }, isClicked }) => ({ key, variant, isClicked }));
}
