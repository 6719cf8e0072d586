/** What archived events teach, by the same functions that the stream learns with. */
import type { EventsByDay } from '../../analytics/count.ts';
import { hourIn } from '../../decide/hour.ts';
import { EVENT_NAMES, type KeptEvent } from '../../events/schema.ts';
import type { Cards } from '../../learning/cards.ts';
import { atHour } from '../../learning/contexts.ts';
import { type KeyedBasket, type KeyedView, learnBasket, learnView } from '../../learning/learn.ts';
import { repeatOf } from '../../learning/repeats.ts';
import type { ArchivedEvent } from '../../learning/schema.ts';
import { personaTag } from '../../personas/tag.ts';
import { DAY_MS } from '../../shared/decay.ts';
import { freshProfile } from '../../visitors/reduce.ts';
import { keepSession } from '../../visitors/session.ts';
import { freshTeaching } from '../../visitors/state.ts';
import { viewsToLearn } from '../../visitors/teach.ts';

/** An event and its line in the archive: the order in which the shop learnt. */
interface Line {
  line: number;
  event: ArchivedEvent;
}

type Lesson = { line: number } & ({ view: KeyedView } | { basket: KeyedBasket });

export interface Replayed {
  events: number;
  visitors: number;
  views: number;
  baskets: number;
  /** Events by day (UTC) and name. */
  days: EventsByDay;
}

export interface ReplayOptions {
  /** The card key of an item. */
  keyOf: (itemId: string) => number;
  /** Of inactivity, after which a session is over. */
  sessionMinutes: number;
  /** Of the shop. */
  timeZone: string;
}

const NAMES: ReadonlySet<string> = new Set(EVENT_NAMES);

/** The event as its visitor's object took it, as far as the archive knows. Null for a name that this version does not know. */
function keptOf(event: ArchivedEvent): KeptEvent | null {
  const { name, at, items, campaign } = event;
  if (!NAMES.has(name)) return null;
  const kept: KeptEvent = {
    eventId: '',
    name: name as KeptEvent['name'],
    at,
    receivedAt: at,
    learn: event.learn !== false,
    trusted: event.trusted === true,
    consent: 'personal',
  };
  if (items !== undefined)
    kept.items = items.map(({ itemId, own }) => ({
      itemId,
      ...(own === true ? { own } : {}),
    }));
  if (campaign !== undefined) kept.page = { campaign };
  return kept;
}

/** What a visitor's events teach, in the visitor's own order. An order teaches where the tally said so, once. */
function* lessonsOf(lines: Line[], { keyOf, sessionMinutes, timeZone }: ReplayOptions): Generator<Lesson> {
  const teaching = freshTeaching();
  const taught = new Set<string>();
  const bought = new Map<string, Set<number>>();
  const profile = freshProfile(lines[0]?.event.at ?? 0);
  for (const { line, event } of lines.sort((a, b) => a.event.sequence - b.event.sequence)) {
    const persona = event.persona === undefined ? {} : { persona: personaTag(event.persona) };
    const contextAt = (at: number) => ({ context: atHour(event.context ?? 0, hourIn(at, timeZone)) });
    const kept = keptOf(event);
    if (kept === null) continue;
    for (const { itemId, previous, ...view } of viewsToLearn(
      teaching,
      kept,
      keepSession(profile, kept, sessionMinutes),
    ))
      yield {
        line,
        view: { key: keyOf(itemId), previous: previous.map(keyOf), ...view, ...persona, ...contextAt(view.at) },
      };
    const { order, items = [] } = event;
    if (event.taught !== true || order === undefined || taught.has(order)) continue;
    taught.add(order);
    const itemIds = [...new Set(items.map((item) => item.itemId))];
    const keys = itemIds.map(keyOf);
    const day = Math.floor(event.at / DAY_MS);
    const repeats = itemIds.map((itemId) => repeatOf(bought.get(itemId), day));
    for (const itemId of itemIds) bought.set(itemId, (bought.get(itemId) ?? new Set()).add(day));
    yield { line, basket: { keys, at: event.at, learn: true, ...persona, ...contextAt(event.at), repeats } };
  }
}

/**
 * Learns what archived events teach.
 * @param events in the order of the archive, which is the order in which the shop learnt
 * @param cards get what they teach
 */
export function replay(events: Iterable<ArchivedEvent>, cards: Cards, options: ReplayOptions): Replayed {
  const byVisitor = new Map<string, Line[]>();
  const days: Record<string, Record<string, number>> = {};
  let count = 0;
  for (const event of events) {
    const { visitor, name, at } = event;
    const known = byVisitor.get(visitor);
    if (known === undefined) byVisitor.set(visitor, [{ line: count, event }]);
    else known.push({ line: count, event });
    const iso = new Date(at).toISOString();
    const day = iso.slice(0, iso.indexOf('T'));
    const names = days[day] ?? {};
    names[name] = (names[name] ?? 0) + 1;
    days[day] = names;
    count++;
  }
  const lessons: Lesson[] = [];
  for (const lines of byVisitor.values()) for (const lesson of lessonsOf(lines, options)) lessons.push(lesson);
  lessons.sort((a, b) => a.line - b.line);
  let views = 0;
  for (const lesson of lessons) {
    if ('view' in lesson) {
      learnView(cards, lesson.view);
      views++;
    } else learnBasket(cards, lesson.basket);
  }
  return { events: count, visitors: byVisitor.size, views, baskets: lessons.length - views, days };
}
