/** Clustering of points: k-means and how much two partitions agree. Seeded; nothing the Worker needs. */
import type { Random } from '../shared/random.ts';

/** A point by its coordinates. */
export type Point = readonly number[];

export interface Clustering {
  centres: Point[];
  /** By point: which centre it is nearest to. */
  labels: number[];
  /** Sum of the squared distances to them. */
  within: number;
}

const ITERATIONS = 50;

function distance(a: Point, b: Point): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return sum;
}

/** The centre that each point is nearest to. */
export function assignTo(centres: readonly Point[], points: readonly Point[]): Clustering {
  let within = 0;
  const labels = points.map((point) => {
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    centres.forEach((centre, label) => {
      const away = distance(point, centre);
      if (away < least) [nearest, least] = [label, away];
    });
    within += least;
    return nearest;
  });
  return { centres: [...centres], labels, within };
}

/** First centres far from each other (k-means++: Arthur, Vassilvitskii, SODA 2007). */
function firstCentres(points: readonly Point[], k: number, random: Random): Point[] {
  const centres: Point[] = [];
  let away = points.map(() => 1);
  for (let i = 0; i < k; i++) {
    let left = random() * away.reduce((sum, one) => sum + one, 0);
    const found = away.findIndex((one) => {
      left -= one;
      return left < 0;
    });
    const centre = points[found < 0 ? points.length - 1 : found] ?? [];
    centres.push(centre);
    away = points.map((point, j) =>
      i === 0 ? distance(point, centre) : Math.min(away[j] ?? 0, distance(point, centre)),
    );
  }
  return centres;
}

function meansOf(points: readonly Point[], { labels, centres }: Clustering): Point[] {
  const sums = centres.map((centre) => ({ n: 0, sum: centre.map(() => 0) }));
  points.forEach((point, i) => {
    const to = sums[labels[i] ?? 0];
    if (to === undefined) return;
    to.n += 1;
    for (let d = 0; d < point.length; d++) to.sum[d] = (to.sum[d] ?? 0) + (point[d] ?? 0);
  });
  // A centre that nobody is nearest to stays where it is.
  return sums.map(({ n, sum }, i) => (n === 0 ? (centres[i] ?? []) : sum.map((one) => one / n)));
}

/** k-means (Lloyd 1982), the best of several starts. @param options.k clusters, at most as many as points */
export function kMeans(
  points: readonly Point[],
  { k, starts, random }: { k: number; starts: number; random: Random },
): Clustering {
  let best: Clustering | null = null;
  for (let start = 0; start < starts; start++) {
    let made = assignTo(firstCentres(points, k, random), points);
    for (let i = 0; i < ITERATIONS; i++) {
      const next = assignTo(meansOf(points, made), points);
      const isSettled = next.within >= made.within * (1 - 1e-9);
      made = next;
      if (isSettled) break;
    }
    if (best === null || made.within < best.within) best = made;
  }
  return best ?? { centres: [], labels: [], within: 0 };
}

const pairs = (n: number): number => (n * (n - 1)) / 2;

/** How much two partitions of the same points agree beyond chance: 1 the same, 0 as by chance (adjusted Rand index: Hubert, Arabie 1985). */
export function adjustedRand(one: readonly number[], other: readonly number[]): number {
  const cells = new Map<string, number>();
  const rows = new Map<number, number>();
  const columns = new Map<number, number>();
  one.forEach((a, i) => {
    const b = other[i] ?? 0;
    cells.set(`${a} ${b}`, (cells.get(`${a} ${b}`) ?? 0) + 1);
    rows.set(a, (rows.get(a) ?? 0) + 1);
    columns.set(b, (columns.get(b) ?? 0) + 1);
  });
  const sumOf = (counts: Map<unknown, number>) => [...counts.values()].reduce((sum, n) => sum + pairs(n), 0);
  const [both, inRows, inColumns] = [sumOf(cells), sumOf(rows), sumOf(columns)];
  const expected = (inRows * inColumns) / pairs(one.length);
  const most = (inRows + inColumns) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}
