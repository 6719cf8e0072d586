import type { Issue } from '../http/problems.ts';
import { lintClause } from '../targeting/lint-clause.ts';
import { FACTS } from '../targeting/vocabulary.ts';
import { canHold } from './audiences.ts';
import { pathText } from './check-shape.ts';
import { isVaried, type MessageInput, meantFor, type Surroundings } from './lint-messages.ts';
import { momentOf } from './moments.ts';
import type { SiteConfigInput } from './schema.ts';

/** Pairs of messages that are compared, so that a config of 500 messages is checked in milliseconds. */
const MOST_PAIRS = 2000;

function lintBudget({ attention, messages = {} }: SiteConfigInput): Issue[] {
  const { groups = {}, never = [], ...budget } = attention ?? {};
  const found: Issue[] = [];
  const isUsed = Object.keys(messages).length > 0;
  for (const name of ['perPage', 'perSession'] as const)
    if (isUsed && budget[name] === 0)
      found.push({ path: `attention.${name}`, message: 'a budget of 0 shows no message at all; raise it' });
  for (const [name, caps] of Object.entries(groups)) {
    const at = ['attention', 'groups', name];
    if (!Object.values(messages).some(({ group }) => group === name))
      found.push({ path: pathText(at), message: 'no message is in this group; name it in one, or take it out' });
    for (const [cap, most] of Object.entries(caps))
      if (most === 0)
        found.push({ path: pathText([...at, cap]), message: 'a cap of 0 shows none of this group; raise it' });
  }
  return [...found, ...lintPages(never, ['attention', 'never'])];
}

/** Types of pages that are hardly meant. */
function lintPages(pages: readonly string[], at: readonly string[]): Issue[] {
  return lintClause({ $in: pages }, FACTS['page.type']).map(({ message }) => ({ path: pathText(at), message }));
}

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

const isShownAt = (hour: number, [from, until]: readonly [number, number]): boolean =>
  from <= until ? hour >= from && hour < until : hour >= from || hour < until;

/** Whether two messages may be meant at one time of the day and of the year. */
function meetInTime(a: MessageInput, b: MessageInput, timeZone: string): boolean {
  const edge = ({ schedule }: MessageInput, name: 'from' | 'until', otherwise: number): number => {
    const text = schedule?.[name];
    return text == null ? otherwise : momentOf(text, timeZone, name);
  };
  const begins = Math.max(...[a, b].map((one) => edge(one, 'from', Number.NEGATIVE_INFINITY)));
  const ends = Math.min(...[a, b].map((one) => edge(one, 'until', Number.POSITIVE_INFINITY)));
  const spans = [a, b].flatMap(({ schedule }) => (schedule?.hours === undefined ? [] : [schedule.hours]));
  // The hours of two clocks may meet anywhere in the world.
  const isOneClock = (a.schedule?.clock ?? 'visitor') === (b.schedule?.clock ?? 'visitor');
  return begins < ends && (!isOneClock || HOURS.some((hour) => spans.every((span) => isShownAt(hour, span))));
}

/** Whether a message comes up wherever another one does, for everybody and without end. */
function isAlways(message: MessageInput, other: MessageInput): boolean {
  const { audience, trigger, schedule, caps, group, content, variants } = message;
  const pages = trigger?.page;
  const everywhere = pages === undefined || (other.trigger?.page?.every((page) => pages.includes(page)) ?? false);
  const isPlain = !JSON.stringify([content, variants]).includes('{{');
  const isUnlimited = [audience, schedule, group, caps].every((one) => one === undefined);
  return isUnlimited && everywhere && isPlain && !['event', 'return'].includes(trigger?.on ?? '');
}

interface Ranked {
  name: string;
  message: MessageInput;
}

/** What two messages of one placement, the first as important or more so, are to each other. */
function lintPair(first: Ranked, second: Ranked, around: Surroundings): string | null {
  const { config, vocabulary } = around;
  if ((first.message.priority ?? 0) > (second.message.priority ?? 0))
    return isAlways(first.message, second.message)
      ? `"${first.name}" always comes first in this placement, so only who has dismissed it gets this; give it an audience or caps`
      : null;
  if (!meetInTime(first.message, second.message, config.shop?.timeZone ?? 'UTC')) return null;
  if (!canHold([...meantFor(first.message, around), ...meantFor(second.message, around)], vocabulary)) return null;
  return `"${first.name}" has the same placement and priority, and both may be meant at once: say which comes first`;
}

/** Messages that stand in each other's way. */
function lintOrder(around: Surroundings): Issue[] {
  const ranked = Object.entries(around.config.messages ?? {})
    .map(([name, message]): Ranked => ({ name, message }))
    .filter(({ name }) => !isVaried(around.config, `messages.${name}`))
    // As they are tried: the most important first, of equal ones by name.
    .sort((a, b) => (b.message.priority ?? 0) - (a.message.priority ?? 0) || (a.name < b.name ? -1 : 1));
  const byPlacement = Map.groupBy(ranked, ({ message }) => message.placement);
  const found: Issue[] = [];
  let pairs = 0;
  for (const rivals of byPlacement.values())
    for (const [i, second] of rivals.entries())
      for (const first of rivals.slice(0, i)) {
        if (++pairs > MOST_PAIRS) return found;
        const message = lintPair(first, second, around);
        if (message === null) continue;
        found.push({ path: pathText(['messages', second.name, 'priority']), message });
        break;
      }
  return found;
}

/** What is hardly meant of the attention that messages share: budgets of nothing, and messages that keep each other out. */
export function lintAttention(around: Surroundings): Issue[] {
  const { config } = around;
  const pages = Object.entries(config.messages ?? {}).flatMap(([name, { trigger }]) =>
    lintPages(trigger?.page ?? [], ['messages', name, 'trigger', 'page']),
  );
  const budget = isVaried(config, 'attention') ? [] : lintBudget(config);
  return [...budget, ...pages, ...lintOrder(around)];
}
