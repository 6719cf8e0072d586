/**
 * Personas that a shop's own visitors fall into, if they do: clusters of how they shop that come out the same whichever of them are looked at, and that are
 * closer than the same habits would be if they had nothing to do with each other.
 */
import { type Random, sample } from '../shared/random.ts';
import { adjustedRand, assignTo, type Clustering, kMeans, type Point } from './cluster.ts';
import type { Sample } from './schema-sample.ts';

export type Observed = Pick<Sample, 'facts'>;

/** A habit as it is compared. */
export interface Feature {
  path: string;
  mean: number;
  /** Standard deviation, above 0, of the transformed values. */
  spread: number;
  /** Counts and sums are compared by their logarithms. */
  isSkewed: boolean;
}

/** How stable a number of clusters is. */
interface Stability {
  k: number;
  /** Mean adjusted Rand index between the clusters of all visitors and those of a resample, over the resamples. */
  rand: number;
  /** Share of permutations (each habit shuffled by itself) whose clusters are as close as these. */
  chance: number;
}

export interface Discovery {
  visitors: number;
  features: Feature[];
  tried: Stability[];
  /** Null: no stable personas. */
  found: { k: number; clustering: Clustering; observed: Observed[] } | null;
  /** Why there are none. */
  why: string | null;
}

/** Of fewer visitors nothing is said. */
export const LEAST_VISITORS = 100;
export const LEAST_RAND = 0.7;
const MOST_CHANCE = 0.05;
const RESAMPLES = 20;
const PERMUTATIONS = 40;
const STARTS = 6;
const MOST_CLUSTERS = 8;
/** The smallest cluster that is a persona, as a share of all visitors. */
const LEAST_SHARE = 0.03;
const MOST_CATEGORIES = 20;
/** As stable as the most stable: then rather more personas than fewer. */
const AS_STABLE = 0.01;
/** Who did less says nothing about habits. */
const LEAST_EVIDENCE = 3;
/** A habit of which less is known is left out. */
const LEAST_KNOWN = 0.2;

const CATEGORY = 'affinity.category.';
/** How much is known of a visitor is no habit. */
const NO_HABITS: ReadonlySet<string> = new Set(['visitor.evidence']);
const SKEWED = /^(visitor|rfm)\./;

/** A value as it is compared: what is not known of a share is 0. */
export function transformed(observed: Observed, { path, isSkewed }: Pick<Feature, 'path' | 'isSkewed'>): number | null {
  const value = observed.facts[path] ?? (path.startsWith(CATEGORY) || path.startsWith('rfm.') ? 0 : undefined);
  if (value === undefined) return null;
  return isSkewed ? Math.log1p(Math.max(0, value)) : value;
}

function featuresOf(all: readonly Observed[]): Feature[] {
  const known = new Map<string, number>();
  for (const { facts } of all) for (const path of Object.keys(facts)) known.set(path, (known.get(path) ?? 0) + 1);
  const shares = (path: string) => all.reduce((sum, { facts }) => sum + (facts[path] ?? 0), 0);
  const categories = [...known.keys()].filter((path) => path.startsWith(CATEGORY));
  categories.sort((a, b) => shares(b) - shares(a) || (a < b ? -1 : 1));
  const others = [...known.keys()].filter((path) => !path.startsWith(CATEGORY) && !NO_HABITS.has(path)).sort();
  const enough = others.filter((path) => path.startsWith('rfm.') || (known.get(path) ?? 0) >= LEAST_KNOWN * all.length);
  return [...enough, ...categories.slice(0, MOST_CATEGORIES)].flatMap((path) => {
    const isSkewed = SKEWED.test(path);
    const values = all.flatMap((one) => transformed(one, { path, isSkewed }) ?? []);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return spread > 1e-6 ? [{ path, mean, spread, isSkewed }] : [];
  });
}

/** What is not known of a habit is as of everybody. */
export const pointOf = (observed: Observed, features: readonly Feature[]): Point =>
  features.map((feature) => ((transformed(observed, feature) ?? feature.mean) - feature.mean) / feature.spread);

function shuffledBy(points: readonly Point[], random: Random): Point[] {
  const dimensions = points[0]?.length ?? 0;
  const columns = Array.from({ length: dimensions }, (_, d) =>
    sample(
      points.map((point) => point[d] ?? 0),
      points.length,
      random,
    ),
  );
  return points.map((_, i) => columns.map((column) => column[i] ?? 0));
}

function stabilityOf(points: readonly Point[], whole: Clustering, random: Random): Stability {
  const k = whole.centres.length;
  let rand = 0;
  for (let i = 0; i < RESAMPLES; i++) {
    const drawn = points.map(() => points[Math.floor(random() * points.length)] ?? []);
    const again = assignTo(kMeans(drawn, { k, starts: STARTS, random }).centres, points);
    rand += adjustedRand(whole.labels, again.labels) / RESAMPLES;
  }
  return { k, rand, chance: 1 };
}

/** How many of the permutations are as close, until too many are. */
function chanceOf(points: readonly Point[], whole: Clustering, random: Random): number {
  let asClose = 0;
  for (let i = 0; i < PERMUTATIONS && asClose <= MOST_CHANCE * PERMUTATIONS; i++) {
    const shuffled = kMeans(shuffledBy(points, random), { k: whole.centres.length, starts: STARTS / 2, random });
    if (shuffled.within <= whole.within) asClose += 1;
  }
  return asClose / PERMUTATIONS;
}

const sizesOf = ({ centres, labels }: Clustering): number[] =>
  centres.map((_, label) => labels.filter((one) => one === label).length);

/** Looks for clusters among visitors. The same samples and seed give the same answer. */
export function discover(samples: readonly Observed[], random: Random): Discovery {
  const observed = samples.filter(({ facts }) => (facts['visitor.evidence'] ?? 0) >= LEAST_EVIDENCE);
  const nothing = { visitors: observed.length, features: [], tried: [], found: null };
  if (observed.length < LEAST_VISITORS)
    return {
      ...nothing,
      why: `${LEAST_VISITORS - observed.length} more visitors with ${LEAST_EVIDENCE} views or more`,
    };
  const features = featuresOf(observed);
  const points = observed.map((one) => pointOf(one, features));
  const tried: (Stability & { clustering: Clustering })[] = [];
  for (let k = 2; k <= MOST_CLUSTERS; k++) {
    const clustering = kMeans(points, { k, starts: 2 * STARTS, random });
    if (Math.min(...sizesOf(clustering)) < LEAST_SHARE * points.length) continue;
    const stability = stabilityOf(points, clustering, random);
    const chance = stability.rand >= LEAST_RAND ? chanceOf(points, clustering, random) : 1;
    tried.push({ ...stability, chance, clustering });
  }
  const stable = tried.filter(({ rand, chance }) => rand >= LEAST_RAND && chance <= MOST_CHANCE);
  const best = Math.max(...stable.map((one) => one.rand));
  const chosen = stable.findLast((one) => one.rand >= best - AS_STABLE);
  return {
    visitors: observed.length,
    features,
    tried: tried.map(({ clustering: _clustering, ...one }) => one),
    found: chosen === undefined ? null : { k: chosen.k, clustering: chosen.clustering, observed },
    why: chosen === undefined ? 'no stable personas' : null,
  };
}
