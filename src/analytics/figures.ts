/** The figures of recommendations from their counters. Pure. */
import { ALL } from './attributed.ts';
import { addSlots, type Counters, metricOf, type Slots } from './count.ts';
import type { Figures, RecommendationsAnswer } from './schema-recommendations.ts';

const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

function figuresOf(counters: Counters): Figures {
  const of = (name: string): number => counters[name] ?? 0;
  const weights = of('weights');
  return {
    impressions: of('impressions'),
    clicks: of('clicks'),
    ctr: ratio(of('clicks'), of('impressions')),
    baskets: of('baskets'),
    orders: of('orders'),
    units: of('units'),
    revenue: metricOf(counters, 'revenue'),
    exploration: {
      impressions: of('explored'),
      clicks: of('exploredClicks'),
      snips: ratio(of('rewards'), weights),
      effectiveSampleSize: ratio(weights * weights, of('squares')) ?? 0,
    },
  };
}

/** Sums by name, then as figures. */
function grouped(parts: readonly { name: string; counters: Counters }[]): Record<string, Figures> {
  const sums: Slots = {};
  for (const { name, counters } of parts) addSlots(sums, { [name]: counters });
  return Object.fromEntries(Object.entries(sums).map(([name, counters]) => [name, figuresOf(counters)]));
}

/**
 * What the counters of days amount to. An order with lines of two placements counts for each of them, but once in the total and in its day.
 * @param days slots by `<placement> <strategy>`, see attributed.ts
 */
export function recommendationFigures(
  days: readonly { day: string; slots: Slots }[],
): Omit<RecommendationsAnswer, 'from' | 'to' | 'windowHours'> {
  const rows = days.flatMap(({ day, slots }) =>
    Object.entries(slots).flatMap(([slot, counters]) => {
      const [placement = '', strategy = ''] = slot.split(' ');
      return slot === ALL ? [] : [{ day, placement, strategy, counters }];
    }),
  );
  const everyDay = days.flatMap(({ day, slots }) =>
    Object.entries(slots).map(([slot, counters]) => ({
      name: day,
      counters: slot === ALL ? counters : { ...counters, orders: 0 },
    })),
  );
  const none = days.map(({ slots }) => slots[ALL] ?? {});
  const refused = (why: string): number => none.reduce((sum, counters) => sum + (counters[why] ?? 0), 0);
  return {
    total: grouped(everyDay.map(({ counters }) => ({ name: '', counters })))[''] ?? figuresOf({}),
    placements: grouped(rows.map(({ placement, counters }) => ({ name: placement, counters }))),
    strategies: grouped(rows.map(({ strategy, counters }) => ({ name: strategy, counters }))),
    days: grouped(everyDay),
    rows: rows.map(({ counters, ...row }) => ({ ...row, ...figuresOf(counters) })),
    unattributed: {
      unverified: refused('unverified'),
      dryRun: refused('dryRun'),
      expired: refused('expired'),
      otherItem: refused('otherItem'),
    },
  };
}
