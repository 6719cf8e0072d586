/** The shop's own measures of its customers: quantiles of a sample, and where between them somebody stands. */
import { DAY_MS } from '../shared/decay.ts';
import { NEVER_DAYS, type Rfm } from './rfm.ts';
import { TIERS } from './schema.ts';
import type { Sample } from './schema-sample.ts';

/**
 * Of fewer nothing is said. The share below a quantile of a sample of n is off by more than ε with a probability of 2·e^(−2nε²) at most (Dvoretzky, Kiefer,
 * Wolfowitz; Massart 1990): with 95 % by 0.19 of 50, and by 0.04 of 1,000.
 */
export const LEAST_CUSTOMERS = 50;

/** Intervals between the published quantiles: thirds and fifths fall on some of them. */
const INTERVALS = 30;

const dayOf = (at: number): number => Math.floor(at / DAY_MS);

/** Values of the sample at evenly spaced probabilities, 0 and 1 included: each is one that there is. */
function quantilesOf(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return Array.from({ length: INTERVALS + 1 }, (_, i) => {
    const at = Math.max(0, Math.ceil((i / INTERVALS) * sorted.length) - 1);
    return Number((sorted[at] ?? 0).toPrecision(4));
  });
}

/** What is published of samples: by measure its quantiles, where enough visitors are known. Recency counts whole days (UTC), so that it changes once a day. */
export function measureSamples(
  { visitors, customers }: { visitors: readonly Sample[]; customers: readonly Sample[] },
  now: number,
): Record<string, number[]> {
  const measured: Record<string, number[]> = {};
  const measure = (name: string, values: readonly (number | undefined)[]): void => {
    const known = values.filter((value) => value !== undefined);
    if (known.length >= LEAST_CUSTOMERS) measured[name] = quantilesOf(known);
  };
  measure(
    'recencyDays',
    customers.map(({ orderedAt }) =>
      orderedAt === undefined ? undefined : Math.max(0, dayOf(now) - dayOf(orderedAt)),
    ),
  );
  measure(
    'frequency',
    customers.map(({ facts }) => facts['rfm.frequency']),
  );
  measure(
    'monetary',
    customers.map(({ facts }) => facts['rfm.monetary']),
  );
  measure(
    'priceLevel',
    visitors.map(({ facts }) => facts['affinity.priceLevel']),
  );
  measure(
    'discountViewed',
    visitors.map(({ facts }) => facts['affinity.discount.viewed']),
  );
  return measured;
}

type Quantiles = Readonly<Record<string, readonly number[]>>;

/** How many of so many equal parts of the shop's customers lie wholly below a value, 0 to `parts − 1`; null where nobody knows. */
function partOf(
  quantiles: Quantiles,
  measure: string,
  { value, parts }: { value: number; parts: number },
): number | null {
  const all = quantiles[measure];
  if (all === undefined) return null;
  let below = 0;
  for (let i = 1; i < parts; i++) if (value > (all[Math.round((i / parts) * (all.length - 1))] ?? value)) below += 1;
  return below;
}

/** A score from 1 to 5, by fifths. @returns null where the shop knows too few */
export function scoreOf(quantiles: Quantiles, measure: string, value: number | null): number | null {
  const below = value === null ? null : partOf(quantiles, measure, { value, parts: 5 });
  return below === null ? null : below + 1;
}

interface RfmScores {
  /** 1 to 5, by fifths of the shop's customers: 5 bought most lately, most often, for most. Null for who never bought, and while the shop knows too few. */
  recencyScore: number | null;
  frequencyScore: number | null;
  monetaryScore: number | null;
  /** By thirds of what the shop's customers have spent. */
  tier: (typeof TIERS)[number] | null;
}

/** Where a customer stands among the shop's. */
export function rfmScores(rfm: Rfm, quantiles: Quantiles): RfmScores {
  if (rfm.recencyDays >= NEVER_DAYS)
    return { recencyScore: null, frequencyScore: null, monetaryScore: null, tier: null };
  const recency = scoreOf(quantiles, 'recencyDays', rfm.recencyDays);
  const third = partOf(quantiles, 'monetary', { value: rfm.monetary, parts: 3 });
  return {
    recencyScore: recency === null ? null : 6 - recency,
    frequencyScore: scoreOf(quantiles, 'frequency', rfm.frequency),
    monetaryScore: scoreOf(quantiles, 'monetary', rfm.monetary),
    tier: third === null ? null : (TIERS[third] ?? null),
  };
}
