/** How a visitor shops, as facts: ratios of the decayed sums that the profile keeps. Null is what nothing is known of. */
import { scoreOf } from '../personas/quantiles.ts';
import type { Affinities } from '../recommendations/situation.ts';
import { weightAt } from '../visitors/affinities.ts';
import { PAGE } from '../visitors/habits.ts';
import type { Affinity } from '../visitors/schema.ts';

type Habits = Readonly<Record<string, Affinity>>;

function ratio(habits: Habits, [part, whole]: [string, string], now: number): number | null {
  const of = weightAt(habits[whole], now);
  return of > 0 ? weightAt(habits[part], now) / of : null;
}

/** What a visit of this visitor usually amounts to, recent visits counting more. */
export function perVisit(habits: Habits, now: number) {
  const of = (what: string) => ratio(habits, [what, 'visits'], now);
  return {
    pagesPerVisit: of('pages'),
    viewsPerVisit: of('views'),
    searchesPerVisit: of('searches'),
    minutesPerVisit: of('minutes'),
  };
}

const MOST_BAND = 5;

/** The mean of the price bands, 1 to 5. */
function priceLevelOf(bands: Affinities['priceBand']): number | null {
  let sum = 0;
  let whole = 0;
  for (let band = 1; band <= MOST_BAND; band++) {
    const share = bands[band] ?? 0;
    sum += band * share;
    whole += share;
  }
  return whole > 0 ? sum / whole : null;
}

function pageShares(habits: Habits, now: number): Record<string, number> {
  const types = Object.keys(habits).filter((name) => name.startsWith(PAGE));
  const whole = types.reduce((sum, name) => sum + weightAt(habits[name], now), 0);
  const shares: Record<string, number> = Object.create(null);
  if (whole > 0) for (const name of types) shares[name.slice(PAGE.length)] = weightAt(habits[name], now) / whole;
  return shares;
}

/** What a visitor tends to: beside shares of categories, brands and price bands the price level, what share was reduced, and of pages by type. */
export function affinityFacts(
  affinity: Affinities,
  habits: Habits,
  { now, quantiles }: { now: number; quantiles: Readonly<Record<string, readonly number[]>> },
) {
  const priceLevel = priceLevelOf(affinity.priceBand);
  const viewed = ratio(habits, ['reducedViewed', 'pricedViewed'], now);
  return {
    ...affinity,
    priceLevel,
    priceScore: scoreOf(quantiles, 'priceLevel', priceLevel),
    discount: {
      viewed,
      score: scoreOf(quantiles, 'discountViewed', viewed),
      bought: ratio(habits, ['reducedBought', 'pricedBought'], now),
    },
    pageType: pageShares(habits, now),
  };
}
