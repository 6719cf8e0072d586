/** Visitors of whom the truth is known: what they do is drawn, so that the statistics can be held to what they promise. */
import type { Metric } from '../../config/schema-experiments.ts';
import type { Sums } from '../../experiments/schema-counts.ts';
import { noSums } from '../../experiments/sums.ts';
import type { Random } from '../../shared/random.ts';

/** A metric, and how the visitors of an arm come by it. */
export interface World {
  name: string;
  metric: Pick<Metric, 'type' | 'cuped'>;
  /** What so many visitors add up to. @param lift relative, 0 for the control */
  draw(units: number, lift: number, random: Random): Sums;
  /** Mean of the metric in the control; of a ratio its ratio. */
  mean: number;
}

/** Calls back once for each of `units` visitors that does something, which each does with the chance `p`. The gaps between them are geometric. */
function each(units: number, p: number, { random, act }: { random: Random; act: () => void }): void {
  const scale = 1 / Math.log1p(-p);
  for (let at = Math.log1p(-random()) * scale; at < units; at += 1 + Math.floor(Math.log1p(-random()) * scale)) act();
}

/** How many of `units` do what each does with the chance `p`, 0 to 1. */
export function binomial(units: number, p: number, random: Random): number {
  if (p > 0.5) return units - binomial(units, 1 - p, random);
  let count = 0;
  if (p > 0) each(units, p, { random, act: () => void count++ });
  return count;
}

export function proportionWorld(p: number): World {
  return {
    name: `proportion of ${100 * p} %`,
    metric: { type: 'proportion' },
    mean: p,
    draw(units, lift, random) {
      const sums = { ...noSums(), n: units };
      each(units, p * (1 + lift), { random, act: () => void sums.y++ });
      sums.yy = sums.y;
      return sums;
    },
  };
}

/** Revenue of a visitor: a twentieth buys, and spends what somebody once spent. @param cap what counts of an order at most */
export function revenueWorld(orders: readonly number[], cap = Number.POSITIVE_INFINITY): World {
  const buys = 0.05;
  const values = orders.map((value) => Math.min(value, cap));
  return {
    name: Number.isFinite(cap) ? `revenue, capped at ${cap}` : 'revenue',
    metric: { type: 'mean' },
    mean: (buys * values.reduce((sum, value) => sum + value, 0)) / values.length,
    draw(units, lift, random) {
      const sums = { ...noSums(), n: units };
      const act = () => {
        const value = values[Math.floor(random() * values.length)] ?? 0;
        sums.y += value;
        sums.yy += value * value;
      };
      each(units, buys * (1 + lift), { random, act });
      return sums;
    },
  };
}

/** Visits that end in a purchase, over visits: some visitors come often, and half of them hardly ever buy. */
export function ratioWorld(): World {
  const again = 0.5;
  const keen = 0.15;
  const reluctant = 0.02;
  return {
    name: 'ratio of purchases to visits',
    metric: { type: 'ratio' },
    // The reluctant come once more often than the keen.
    mean: (2 * keen + 3 * reluctant) / 5,
    draw(units, lift, random) {
      const sums = { ...noSums(), n: units };
      for (let i = 0; i < units; i++) {
        const isKeen = random() < 0.5;
        let visits = isKeen ? 1 : 2;
        while (random() < again) visits++;
        let purchases = 0;
        for (let visit = 0; visit < visits; visit++)
          if (random() < (isKeen ? keen : reluctant) * (1 + lift)) purchases++;
        sums.y += purchases;
        sums.yy += purchases * purchases;
        sums.d += visits;
        sums.dd += visits * visits;
        sums.yd += purchases * visits;
      }
      return sums;
    },
  };
}

/** Purchases of visitors who are known from before: who bought much goes on to. Three of ten are new, and have no past. */
export function cupedWorld(): World {
  const mean = 0.4;
  return {
    name: 'purchases, with what was bought before (CUPED)',
    metric: { type: 'mean', cuped: true },
    mean,
    draw(units, lift, random) {
      const sums = { ...noSums(), n: units };
      for (let i = 0; i < units; i++) {
        const isNew = random() < 0.3;
        // An exponential habit gives geometric counts, as of many shops.
        const habit = -mean * Math.log1p(-random());
        const before = isNew ? 0 : poisson(2 * habit, random);
        const after = poisson(habit * (1 + lift), random);
        sums.y += after;
        sums.yy += after * after;
        if (!isNew) {
          sums.known++;
          sums.ky += after;
        }
        sums.x += before;
        sums.xx += before * before;
        sums.xy += before * after;
      }
      return sums;
    },
  };
}

/** Knuth's, for small means. */
function poisson(mean: number, random: Random): number {
  const least = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > least; product *= random()) count++;
  return count;
}
