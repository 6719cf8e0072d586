/**
 * What is known even of somebody who comes for the first time: the country, the device, the time of day, the kind of page that they come from. What is viewed and bought is counted by each of
 * them, of items that are known well enough; and whether that tells anything about what a newcomer looks at is found out before each view and order is learnt.
 */
import type { PersonaSums } from './persona-trials.ts';
import type { Contexts } from './schema.ts';
import { addContext, type TaggedRows } from './tagged.ts';

const CONTEXT_KINDS = ['country', 'device', 'daypart', 'source'] as const;

const DEVICES = ['mobile', 'tablet', 'desktop'];
/** Of six hours each, from midnight on. */
const DAYPARTS = ['night', 'morning', 'afternoon', 'evening'];
/** Kinds of pages by their host; every other is a `link`. */
const SOURCES = ['search', 'social', 'link'];
const HOSTS = [
  /(^|\.)(google|bing|duckduckgo|ecosia|yahoo|yandex|baidu|startpage|qwant|brave)\./,
  /(^|\.)(facebook|instagram|pinterest|tiktok|twitter|x|t|reddit|youtube|linkedin|snapchat|threads)\.(com|co|net|[a-z]{2})$/,
];

/** Tags of one kind lie below this many. */
const TAGS = 1024;
const DEVICE_STEP = TAGS;
const DAYPART_STEP = DEVICE_STEP * 4;
const SOURCE_STEP = DAYPART_STEP * 8;

/** Of an item, so many views or orders of its own get half the say against what everybody does; of a context as a whole, so many. */
const HALF_EVIDENCE_OF_ITEM = 30;
const HALF_EVIDENCE_OF_CONTEXT = 200;

/** Items that are viewed and bought less than this (decayed) are not counted by context: what few look at says nothing about where they are. */
const LEAST_KNOWN = 5;

/** Trials are forgotten as new ones come, below so many nothing is decided, and 99 % of certainty is asked for: as of the other hold-outs. */
const MEMORY = 20_000;
export const LEAST_TRIALS = 1_000;
const ERRORS = 2.58;

/** @property country two letters @property device `mobile`, `tablet` or `desktop` @property hour 0 to 23, by the shop's clock @property referrer an address */
export interface Surroundings {
  country?: string | null | undefined;
  device?: string | null | undefined;
  hour?: number | undefined;
  referrer?: string | null | undefined;
}

function countryNumber(country: string): number {
  if (!/^[A-Z]{2}$/.test(country)) return 0;
  return (country.charCodeAt(0) - 65) * 26 + country.charCodeAt(1) - 64;
}

function sourceNumber(referrer: string): number {
  const host = /^https?:\/\/([^/?#:]+)/.exec(referrer.toLowerCase())?.[1];
  if (host === undefined) return 0;
  const found = HOSTS.findIndex((hosts) => hosts.test(host));
  return found < 0 ? SOURCES.length : found + 1;
}

/** All of it in one number below 2^17; 0 where nothing is known. */
export function contextOf({ country, device, hour, referrer }: Surroundings): number {
  const daypart = hour === undefined ? 0 : 1 + Math.floor(hour / 6);
  const known = countryNumber(country ?? '') + DEVICE_STEP * (1 + DEVICES.indexOf(device ?? ''));
  return known + DAYPART_STEP * daypart + SOURCE_STEP * sourceNumber(referrer ?? '');
}

/** What is counted under: one tag of each kind that is known, each below 4 · 1,024. */
export function contextTags(context: number): number[] {
  const part = (step: number, values: number) => Math.floor(context / step) % values;
  const values = [part(1, TAGS), part(DEVICE_STEP, 4), part(DAYPART_STEP, 8), part(SOURCE_STEP, 4)];
  return values.flatMap((value, kind) => (value === 0 ? [] : [kind * TAGS + value]));
}

/** Which kind a tag is of, by its place in {@link CONTEXT_KINDS}. */
export const kindOf = (tag: number): number => Math.floor(tag / TAGS);

/** As it is told: `GB`, `mobile`, `evening`, `search`. */
export function contextName(tag: number): string {
  const value = tag % TAGS;
  const named = [undefined, DEVICES, DAYPARTS, SOURCES][kindOf(tag)];
  if (named !== undefined) return named[value - 1] ?? '';
  return String.fromCharCode(65 + Math.floor((value - 1) / 26), 65 + ((value - 1) % 26));
}

/**
 * How much more of an item goes to a context than the context's share of everything, shrunken twice towards 1: with little of the item, and with little of
 * the context. Constants measured before each order of Online Retail (by country: +0.035 bits an item) and Complete Journey (by store: +0.039).
 * @param item how much of it there is, in all contexts of the kind and in this one
 * @param context how much there is of everything, likewise
 */
export function contextLean(item: { all: number; theirs: number }, context: { all: number; theirs: number }): number {
  if (!(context.theirs > 0) || !(context.all > 0)) return 1;
  const share = context.theirs / context.all;
  const found = (item.theirs + HALF_EVIDENCE_OF_ITEM * share) / ((item.all + HALF_EVIDENCE_OF_ITEM) * share);
  const say = context.theirs / (context.theirs + HALF_EVIDENCE_OF_CONTEXT);
  return 1 - say + say * found;
}

/** What a kind of context has told so far: the mean of log₂ of {@link contextLean} over what came, and its spread. */
export interface ContextTrials {
  n: number;
  /** Sums of the bits, of their squares, and of the squared weights of the trials. */
  bits: number;
  bitsSquared: number;
  squares: number;
  /** Knowing it tells more than not knowing it. */
  isBetter: boolean;
}

const NO_CONTEXT_TRIALS: ContextTrials = { n: 0, bits: 0, bitsSquared: 0, squares: 0, isBetter: false };

/** The context with the part of the day. */
export const atHour = (context: number, hour: number): number =>
  context + contextOf({ hour }) - (Math.floor(context / DAYPART_STEP) % 8) * DAYPART_STEP;

/** @returns null before there was a trial */
function contextFigures({ n, bits, bitsSquared, squares }: ContextTrials) {
  if (n === 0) return null;
  const gain = bits / n;
  const worth = (n * n) / squares;
  // One of a whole bit more, so that a few trials without a difference do not look like certainty.
  const error = Math.sqrt(Math.max(0, (bitsSquared + 1) / n - gain * gain) / worth);
  const interval: [number, number] = [gain - ERRORS * error, gain + ERRORS * error];
  return { gain, interval, n: Math.round(worth) };
}

/** As it is told to the shop: kinds that nothing was tried of are not there. */
export function contextsTold({ trials }: ContextLearner): Contexts {
  return Object.fromEntries(
    TRIED.flatMap((kind, i) => {
      const tried = trials[i] ?? NO_CONTEXT_TRIALS;
      const figures = contextFigures(tried);
      if (figures === null) return [];
      const { gain, interval, n } = figures;
      return [[kind, { isOn: tried.isBetter, trials: n, gain, interval }]];
    }),
  );
}

/** Besides contexts: whether the persona tells anything, see persona-trials.ts. */
const TRIED = [...CONTEXT_KINDS, 'persona'] as const;
export const PERSONA_TRIALS = TRIED.length - 1;

/** In place. Better once the whole interval is above 0, and so until the whole of it is below. */
export function afterTrial(trials: ContextTrials, bits: number): void {
  const kept = 1 - 1 / MEMORY;
  trials.n = trials.n * kept + 1;
  trials.bits = trials.bits * kept + bits;
  trials.bitsSquared = trials.bitsSquared * kept + bits * bits;
  trials.squares = trials.squares * kept * kept + 1;
  judge(trials);
}

function judge(trials: ContextTrials): void {
  const figures = contextFigures(trials);
  if (figures === null || figures.n < LEAST_TRIALS) return;
  trials.isBetter = trials.isBetter ? figures.interval[1] >= 0 : figures.interval[0] > 0;
}

/** Adds what contexts have told elsewhere, in place. @param text of each kind four numbers, as {@link ContextTrials} has them */
export function takeContexts({ trials }: ContextLearner, text = ''): void {
  const numbers = text.split(',').map(Number);
  for (const [kind, known] of trials.entries()) {
    const [n = 0, bits = 0, bitsSquared = 0, squares = 0] = numbers.slice(4 * kind, 4 * kind + 4);
    if (!(n > 0 && squares > 0)) continue;
    known.n += n;
    known.bits += bits;
    known.bitsSquared += bitsSquared;
    known.squares += squares;
    judge(known);
  }
}

/** What is known of contexts beside the rows of the items. */
export interface ContextLearner {
  /** One of each kind, and one of personas. */
  trials: ContextTrials[];
  /** How much there is under each tag, and of each kind (under its place); null until it is counted again. */
  sums: Map<number, number> | null;
  /** The same of personas. */
  personaSums: PersonaSums | null;
}

export const createContexts = (trials?: readonly ContextTrials[]): ContextLearner => ({
  trials: TRIED.map((_, kind) => ({ ...(trials?.[kind] ?? NO_CONTEXT_TRIALS) })),
  sums: null,
  personaSums: null,
});

const wholeOf = (kind: number): number => -1 - kind;

function add(sums: Map<number, number>, tag: number, weight: number): void {
  for (const name of [tag, wholeOf(kindOf(tag))]) sums.set(name, (sums.get(name) ?? 0) + weight);
}

/** How much there is under each tag; under −1 − kind, of each kind. */
export function contextSums({ size, tags, columns }: TaggedRows): Map<number, number> {
  const sums = new Map<number, number>();
  for (let row = 0; row < size; row++) add(sums, tags[row] ?? 0, columns[0]?.[row] ?? 0);
  return sums;
}

/** How much of an item there is, by kind and by tag: `[all, theirs]`. */
export function ofItem({ first, next, tags, columns }: TaggedRows, slot: number, tag: number): [number, number] {
  const kind = kindOf(tag);
  let all = 0;
  let theirs = 0;
  for (let at = first[slot] ?? 0; at > 0; at = next[at - 1] ?? 0) {
    if (kindOf(tags[at - 1] ?? 0) !== kind) continue;
    const weight = columns[0]?.[at - 1] ?? 0;
    all += weight;
    if (tags[at - 1] === tag) theirs += weight;
  }
  return [all, theirs];
}

/** What happened: to which items, under which context, and what it weighs as it is stored. */
interface Happened {
  slots: readonly number[];
  context: number;
  /** What one view or order weighs now; above 0. */
  now: number;
  /** Whether somebody's first step is asked about, before it is learnt. */
  isAsked: boolean;
}

/** Asks what the context would have told, then learns it. @param known how much of an item there is, decayed as it is stored */
export function learnContext(
  { rows, learner, known }: { rows: TaggedRows; learner: ContextLearner; known: (slot: number) => number },
  { slots, context, now, isAsked }: Happened,
): void {
  learner.sums ??= contextSums(rows);
  const { sums } = learner;
  const counted = slots.filter((slot) => known(slot) >= LEAST_KNOWN * now);
  for (const tag of counted.length === 0 ? [] : contextTags(context)) {
    const trials = learner.trials[kindOf(tag)];
    if (isAsked && trials !== undefined) {
      const whole = { all: (sums.get(wholeOf(kindOf(tag))) ?? 0) / now, theirs: (sums.get(tag) ?? 0) / now };
      const bits = counted.map((slot) => {
        const [all, theirs] = ofItem(rows, slot, tag);
        return Math.log2(contextLean({ all: all / now, theirs: theirs / now }, whole));
      });
      afterTrial(trials, bits.reduce((sum, one) => sum + one, 0) / bits.length);
    }
    for (const slot of counted) if (addContext(rows, { slot, tag }, now)) add(sums, tag, now);
  }
}
