/** Where visitors leave: the figures of pages and of the steps of the checkout, from their counters. Pure. */
import { CHECKOUT_STEPS, type CheckoutStep } from '../events/schema.ts';
import { pageKey, pageTypeOf, stepKey } from '../learning/schema-visits.ts';
import { DAY_MS, isoDay } from '../shared/decay.ts';
import { OTHERS } from './attributed.ts';
import { addSlots, type Counters, type Slots } from './count.ts';
import type { Aggregates } from './schema-aggregates.ts';
import type { PageFigures, StepFigures, VisitsAnswer } from './schema-visits.ts';

/** Views and entries under which nothing is said: from them on the standard error of a rate is at most five hundredths. */
const LEAST = 100;

const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

function pageFigures({ views = 0, entries = 0, exits = 0, bounces = 0 }: Counters): PageFigures {
  return { views, entries, exits, bounces, exitRate: share(exits, views), bounceRate: share(bounces, entries) };
}

/** Pages by their keys; what no row had a name left for is `other`. */
function pagesIn(slots: Slots): { key: string; counters: Counters }[] {
  return Object.entries(slots).flatMap(([slot, counters]) => {
    const key = slot === OTHERS ? pageKey('other') : slot;
    return pageTypeOf(key) === null ? [] : [{ key, counters }];
  });
}

function summed(parts: readonly { key: string; counters: Counters }[]): Record<string, PageFigures> {
  const sums: Slots = {};
  for (const { key, counters } of parts) addSlots(sums, { [key]: counters });
  return Object.fromEntries(
    Object.entries(sums).map(([key, counters]) => [pageTypeOf(key) ?? key, pageFigures(counters)]),
  );
}

function funnel(slots: readonly Slots[]): Record<CheckoutStep, StepFigures> {
  const sums = slots.reduce<Slots>((all, one) => addSlots(all, one), {});
  const steps = CHECKOUT_STEPS.map((step, i): [CheckoutStep, StepFigures] => {
    const { visits = 0, exits = 0 } = sums[stepKey(i)] ?? {};
    return [step, { visits, exits, exitRate: share(exits, visits) }];
  });
  return Object.fromEntries(steps) as Record<CheckoutStep, StepFigures>;
}

/** What the counters of days amount to. @param days slots by type of page, and by step of the checkout (`@purchase`) */
export function visitFigures(days: readonly { day: string; slots: Slots }[]): Omit<VisitsAnswer, 'from' | 'to'> {
  const rows = days.flatMap(({ day, slots }) => pagesIn(slots).map((one) => ({ day, ...one })));
  return {
    total: summed(rows.map(({ counters }) => ({ key: '', counters })))[''] ?? pageFigures({}),
    pages: summed(rows),
    days: summed(rows.map(({ day, counters }) => ({ key: day, counters }))),
    rows: rows.map(({ day, key, counters }) => ({ day, page: pageTypeOf(key) ?? key, ...pageFigures(counters) })),
    checkout: {
      steps: funnel(days.map(({ slots }) => slots)),
      days: Object.fromEntries(days.map(({ day, slots }) => [day, funnel([slots])])),
    },
  };
}

/** Days whose visits say where visitors leave. */
const EXIT_DAYS = 28;

export const exitDays = (now: number) => ({ from: isoDay(now - (EXIT_DAYS - 1) * DAY_MS), to: isoDay(now) });

const rounded = (rate: number): number => Math.round(rate * 100) / 100;

/**
 * What conditions may be asked of: rates by type of page, to a hundredth, so that they change seldom. Of a type with fewer than a hundred views nothing is
 * said, nor of bounces where fewer than a hundred visits began there.
 */
export function exitRatesOf(days: readonly { slots: Slots }[]): Aggregates['exitRates'] {
  const pages = summed(days.flatMap(({ slots }) => pagesIn(slots)));
  const known = Object.entries(pages).filter(([, { views }]) => views >= LEAST);
  // In a fixed order: the same rates are the same text.
  known.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    known.map(([page, { exits, views, bounces, entries }]) => [
      page,
      { exit: rounded(exits / views), bounce: entries >= LEAST ? rounded(bounces / entries) : null },
    ]),
  );
}
