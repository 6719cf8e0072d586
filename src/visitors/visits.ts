/** Where sessions begin and end: a function of what happened when, whatever the order in which it was heard of. */
import type { VisitSums } from '../learning/schema-visits.ts';
import type { Session } from './schema.ts';

/** What is known of the page that something happened on. */
export interface PageStep {
  /** Its type. */
  page?: string;
  /** A hash of its address. */
  url?: number;
  /** Which step of the checkout it is, from 0. */
  step?: number;
}

/** What a visitor did at a time, as far as it decides where sessions begin and end, and which pages they saw. */
export interface Step extends PageStep {
  /** Epoch milliseconds. */
  at: number;
  /** Viewed items. */
  items?: string[];
  campaign?: string;
}

/** A session by its bounds. */
export interface Span {
  /** Counts from 1. */
  number: number;
  startedAt: number;
  lastAt: number;
  campaign: string | null;
  /** How many views there were. */
  views: number;
}

/** The last steps of a visitor, oldest first, and the session in which the ones before them ended. */
export interface Visits {
  steps: Step[];
  before: Span | null;
  /** What the counters have been told of the visits whose every step is kept; absent before the first time. */
  told?: VisitSums;
  /** What they have still to be told. */
  owed?: VisitSums;
}

/** A span of the steps that are kept. */
export interface KeptSpan extends Span {
  /** Index of its first step that is kept. */
  from: number;
  /** Views in it before that step. */
  viewsBefore: number;
}

const MOST_STEPS = 400;
const MOST_ITEMS = 600;
/** So many more gather before the oldest go, all at once: every one that goes closes a visit, which takes a look at all of them. */
const SLACK = 40;

/** Whether a step begins a session: after a pause, or with another campaign than the session's. */
function begins(step: Step, span: Span, pauseMs: number): boolean {
  return step.at - span.lastAt > pauseMs || (step.campaign !== undefined && step.campaign !== span.campaign);
}

function opened(step: Step, number: number): Span {
  return { number, startedAt: step.at, lastAt: step.at, campaign: step.campaign ?? null, views: 0 };
}

function extend(span: Span, step: Step): void {
  span.lastAt = Math.max(span.lastAt, step.at);
  span.views += step.items?.length ?? 0;
}

/** The sessions that the steps amount to, oldest first. @param pauseMs of inactivity, after which a session is over */
export function spansOf({ steps, before }: Visits, pauseMs: number): KeptSpan[] {
  const spans: KeptSpan[] = before === null ? [] : [{ ...before, from: 0, viewsBefore: before.views }];
  let span = spans[0];
  let from = 0;
  for (const step of steps) {
    if (span === undefined || begins(step, span, pauseMs)) {
      span = { ...opened(step, (span?.number ?? 0) + 1), from, viewsBefore: 0 };
      spans.push(span);
    }
    extend(span, step);
    from++;
  }
  return spans;
}

/** Of steps at the same time those with a campaign come first, so that all of that time belong to the session which it begins. */
function isBefore(one: Step, other: Step): boolean {
  if (one.at !== other.at) return one.at < other.at;
  if (one.campaign === undefined || other.campaign === undefined)
    return one.campaign !== undefined && other.campaign === undefined;
  return one.campaign < other.campaign;
}

/**
 * Puts a step in its place by time, in place. What is earlier than the steps that are kept belongs to sessions that are closed for good.
 * @returns its index; null when it is too early to be kept
 */
export function addStep(visits: Visits, step: Step): number | null {
  const { steps } = visits;
  if (visits.before !== null && step.at < (steps[0]?.at ?? visits.before.lastAt)) return null;
  let at = steps.length;
  for (let other = steps[at - 1]; other !== undefined && isBefore(step, other); other = steps[at - 1]) at--;
  steps.splice(at, 0, step);
  return at;
}

const itemsIn = (steps: readonly Step[]): number => steps.reduce((sum, step) => sum + (step.items?.length ?? 0), 0);

/** Whether the oldest steps have to go. */
export function isOverfull({ steps }: Visits): boolean {
  return steps.length > MOST_STEPS + SLACK || itemsIn(steps) > MOST_ITEMS + SLACK;
}

/** Lets the oldest steps go while there are more than 400, or more than 600 viewed items in them, in place. @returns how many went */
export function forgetSteps(visits: Visits, pauseMs: number): number {
  const { steps } = visits;
  let items = itemsIn(steps);
  let gone = 0;
  for (let step = steps[0]; step !== undefined && (steps.length > MOST_STEPS || items > MOST_ITEMS); step = steps[0]) {
    const { before } = visits;
    if (before === null || begins(step, before, pauseMs)) visits.before = opened(step, (before?.number ?? 0) + 1);
    if (visits.before !== null) extend(visits.before, step);
    items -= step.items?.length ?? 0;
    steps.shift();
    gone++;
  }
  return gone;
}

/** The visits of a visitor of whom only the current session is known. */
export function visitsOf(session: Session): Visits {
  if (session.number === 0) return { steps: [], before: null };
  const { number, startedAt, lastAt, campaign, views, items } = session;
  const before = { number, startedAt, lastAt: startedAt, campaign, views: views - items.length };
  const steps: Step[] = items.map(({ itemId, at }) => ({ at, items: [itemId] }));
  return { steps: [...steps, { at: lastAt }], before };
}

/** The visits without what was before the current session. */
export function currentOnly(visits: Visits, session: Session): Visits {
  const { number, startedAt, campaign } = session;
  const steps = visits.steps.filter((step) => step.at >= startedAt);
  const views = session.views - itemsIn(steps);
  return { steps, before: { number, startedAt, lastAt: steps[0]?.at ?? session.lastAt, campaign, views } };
}
