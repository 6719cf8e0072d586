/** Where visits are left: which pages a visit saw, how far it came in the checkout, and what of that the counters have not heard yet. Pure. */
import { CHECKOUT_STEPS, type CheckoutStep, type KeptEvent } from '../events/schema.ts';
import {
  pageKey,
  stepKey,
  typeOfPage,
  VISIT_METRICS,
  type VisitMetric,
  type VisitSums,
} from '../learning/schema-visits.ts';
import { isoDay } from '../shared/decay.ts';
import { fnv1a32 } from '../shared/hash.ts';
import { forgetSteps, isOverfull, type KeptSpan, type PageStep, type Step, spansOf, type Visits } from './visits.ts';

/** A page of which only the address is known. */
const UNTYPED = 'other';

/** Events that a page of its own comes with, and what type it is of where nothing is said. */
const PAGES: Partial<Record<KeptEvent['name'], string | null>> = {
  page_view: null,
  view_item: 'item',
  view_cart: 'cart',
  begin_checkout: 'checkout',
  add_shipping_info: 'checkout',
  add_payment_info: 'payment',
  purchase: 'thanks',
};

/** Events that happen on many pages: they tell of one where they say its type. */
const ON_TYPED: ReadonlySet<string> = new Set(['search', 'view_item_list']);

/** The page that an event says its visitor is on; nothing for events that happen on any page, and for orders that a server reports. */
export function pageStepOf({ name, page, trusted }: KeptEvent): PageStep {
  const found: PageStep = {};
  const step = CHECKOUT_STEPS.indexOf(name as CheckoutStep);
  if (step >= 0) found.step = step;
  const usual = PAGES[name];
  const isPage = usual !== undefined || (page?.type !== undefined && ON_TYPED.has(name));
  if (!isPage || (trusted && name === 'purchase' && page === undefined)) return found;
  const type = typeOfPage(page?.type ?? usual ?? '');
  if (type !== '') found.page = type;
  if (page?.url !== undefined) found.url = fnv1a32(page.url);
  return found;
}

interface SeenPage {
  type: string | undefined;
  url: number | undefined;
  /** The item that was viewed on it. */
  item: string | undefined;
}

/** Whether a step is still on a page: at its address; where one of them is not known, with its item; where that is not known either, on a page of its type. */
function isOn(step: Step, page: SeenPage): boolean {
  if (step.page !== undefined && page.type !== undefined && step.page !== page.type) return false;
  if (step.url !== undefined && page.url !== undefined) return step.url === page.url;
  const item = step.items?.[0];
  if (item !== undefined && page.item !== undefined) return item === page.item;
  return step.page === page.type || step.page === undefined || page.type === undefined;
}

/** The pages of a visit by the keys of their types, in the order in which they were seen. Events of one page are one view of it, and so is a reload. */
export function pagesOf(steps: readonly Step[]): string[] {
  const pages: SeenPage[] = [];
  for (const step of steps) {
    if (step.page === undefined && step.url === undefined) continue;
    const last = pages.at(-1);
    if (last === undefined || !isOn(step, last)) pages.push({ type: step.page, url: step.url, item: step.items?.[0] });
    else {
      last.type ??= step.page;
      last.url ??= step.url;
      last.item ??= step.items?.[0];
    }
  }
  return pages.map(({ type }) => pageKey(type ?? UNTYPED));
}

interface Counter {
  day: string;
  name: string;
  metric: VisitMetric;
}

function add(sums: VisitSums, { day, name, metric }: Counter, by = 1): void {
  const ofDay = sums[day] ?? {};
  sums[day] = ofDay;
  const counters = ofDay[name] ?? {};
  ofDay[name] = counters;
  counters[metric] = (counters[metric] ?? 0) + by;
}

function addVisit(sums: VisitSums, { startedAt }: KeptSpan, steps: readonly Step[]): void {
  const pages = pagesOf(steps);
  const [first, last] = [pages[0], pages.at(-1)];
  if (first === undefined || last === undefined) return;
  const day = isoDay(startedAt);
  for (const name of pages) add(sums, { day, name, metric: 'views' });
  add(sums, { day, name: first, metric: 'entries' });
  add(sums, { day, name: last, metric: 'exits' });
  if (pages.length === 1) add(sums, { day, name: first, metric: 'bounces' });
  const taken = new Set(steps.flatMap(({ step }) => step ?? []));
  for (const step of taken) add(sums, { day, name: stepKey(step), metric: 'visits' });
  const furthest = Math.max(...taken);
  if (taken.size > 0 && furthest < CHECKOUT_STEPS.length - 1)
    add(sums, { day, name: stepKey(furthest), metric: 'exits' });
}

/** What the visits amount to whose every step is kept. */
function sumsOf(visits: Visits, pauseMs: number): VisitSums {
  const sums: VisitSums = {};
  const spans = spansOf(visits, pauseMs);
  for (const [i, span] of spans.entries())
    if (span.number !== visits.before?.number) addVisit(sums, span, visits.steps.slice(span.from, spans[i + 1]?.from));
  return sums;
}

/** Sums added up, without what comes to nothing. */
function added(parts: readonly { sums: VisitSums; factor: 1 | -1 }[]): VisitSums {
  const all: VisitSums = {};
  for (const { sums, factor } of parts)
    for (const [day, names] of Object.entries(sums))
      for (const [name, counters] of Object.entries(names))
        for (const metric of VISIT_METRICS) add(all, { day, name, metric }, factor * (counters[metric] ?? 0));
  return withoutZeros(all);
}

function withoutZeros(sums: VisitSums): VisitSums {
  const left: VisitSums = {};
  for (const [day, names] of Object.entries(sums))
    for (const [name, counters] of Object.entries(names))
      for (const metric of VISIT_METRICS) if (counters[metric]) add(left, { day, name, metric }, counters[metric]);
  return left;
}

/**
 * Notes what the visits amount to now as told, in place; what that changes is owed to the counters. A late event may make two visits of one, or another page
 * the last: then what was counted of them is taken off. A visit that goes on has ended on its latest page until it says otherwise.
 * @param pauseMs of inactivity, after which a visit is over
 */
export function settleVisits(visits: Visits, pauseMs: number): void {
  const now = sumsOf(visits, pauseMs);
  const parts = [
    { sums: visits.owed ?? {}, factor: 1 },
    { sums: now, factor: 1 },
    { sums: visits.told ?? {}, factor: -1 },
  ] as const;
  visits.owed = added(parts);
  visits.told = now;
}

/** Lets the oldest steps go where there are too many, in place: what the visits that they were part of amounted to stands from then on. */
export function forgetVisits(visits: Visits, pauseMs: number): void {
  if (!isOverfull(visits)) return;
  settleVisits(visits, pauseMs);
  forgetSteps(visits, pauseMs);
  visits.told = sumsOf(visits, pauseMs);
}

/** What is owed to the counters, which is then told, in place; null when nothing is. */
export function takeOwed(visits: Visits | undefined, pauseMs: number): VisitSums | null {
  if (visits === undefined) return null;
  settleVisits(visits, pauseMs);
  const { owed = {} } = visits;
  delete visits.owed;
  return Object.keys(owed).length > 0 ? owed : null;
}
