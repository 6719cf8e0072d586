/** Two hundred running experiments decided for one visitor, and next to GrowthBook's own SDK: microseconds in one process. */
import { join } from 'node:path';
import { GrowthBookClient } from '@growthbook/growthbook';
import { resolveConfig } from '../../src/config/defaults.ts';
import type { SiteConfig, SiteConfigInput } from '../../src/config/schema.ts';
import { assignedTo } from '../../src/decide/experiments.ts';
import { chooseVariation } from '../../src/experiments/bucket.ts';
import { growthbookFeatures } from '../../src/experiments/growthbook.ts';
import { bucketOf } from '../../src/shared/hash.ts';
import { seededRandom } from '../../src/shared/random.ts';
import type { Facts } from '../../src/targeting/schema.ts';

const EXPERIMENTS = 200;
/** A batch is timed as a whole, each side in its turn, so that what else the machine does falls on both. */
const BATCH = 200;
const WARMING = 3;

type Experiment = NonNullable<SiteConfigInput['experiments']>[string];

/** Of all experiments one in three has an audience, one in four a condition, one in five pages, and every second a hold-out or an exclusion group. */
function experimentAt(i: number): Experiment {
  return {
    status: 'running',
    coverage: 0.8,
    weights: [0.5, 0.3, 0.2],
    variations: ['a', 'b', 'c'].map((key) => ({ key, value: `${i} ${key}` })),
    ...(i % 2 === 0 ? { holdout: 'global' } : {}),
    ...(i % 4 === 1 ? { group: { name: 'checkout', ranges: [[i / 500, (i + 1) / 500 + 0.4]] } } : {}),
    ...(i % 3 === 0 ? { audience: 'dach' } : {}),
    ...(i % 4 === 0 ? { condition: { 'cart.value': { $gte: 20 }, 'visitor.orders': { $gt: 0 } } } : {}),
    ...(i % 5 === 0 ? { urlPatterns: ['/sale*', '/p/*'] } : {}),
    ...(i % 10 === 9 ? { hashAttribute: 'customerId', fallbackAttribute: 'visitorId' } : {}),
  };
}

function configOf(count: number): SiteConfig {
  return resolveConfig({
    audiences: { dach: { 'context.country': { $in: ['DE', 'AT', 'CH'] } } },
    exclusionGroups: { checkout: { seed: 'checkout-2026' } },
    holdouts: { global: { seed: 'holdout-2026', coverage: 0.05 } },
    experiments: Object.fromEntries(Array.from({ length: count }, (_, i) => [`experiment-${i}`, experimentAt(i)])),
  });
}

interface Asker {
  visitorId: string;
  customerId: string | null;
  facts: Facts;
}

function askers(count: number): Asker[] {
  const random = seededRandom(12);
  const hex = (): string => Math.floor(random() * 2 ** 32).toString(16);
  return Array.from({ length: count }, () => {
    const visitorId = `${hex().padStart(8, '0')}-4cc1-4e0e-9b2e-${(hex() + hex()).padStart(12, '0').slice(0, 12)}`;
    const customerId = random() < 0.3 ? `customer-${Math.floor(random() * 1e6)}` : null;
    const facts = {
      visitor: { visitorId, customerId, orders: Math.floor(random() * 3) },
      context: { country: random() < 0.5 ? 'DE' : 'FR' },
      cart: { value: random() * 60 },
      page: { url: 'https://shop.example/p/85123A?utm_source=x' },
    };
    return { visitorId, customerId, facts };
  });
}

/** What one side took for its batches. */
interface Spent {
  /** Wall time of each batch by asker, microseconds. */
  micros: number[];
  cpuMicros: number;
}

/** Times two sides in turn. @returns per asker, and the median of the batches' ratios, theirs over ours */
function inTurn(batches: number, ours: (batch: number) => void, theirs: (batch: number) => void) {
  const spent: [Spent, Spent] = [
    { micros: [], cpuMicros: 0 },
    { micros: [], cpuMicros: 0 },
  ];
  for (let batch = -WARMING; batch < batches; batch++)
    [ours, theirs].forEach((side, i) => {
      const cpu = process.cpuUsage();
      const started = performance.now();
      side(Math.max(0, batch));
      const took = performance.now() - started;
      const { user, system } = process.cpuUsage(cpu);
      const one = spent[i];
      if (batch < 0 || one === undefined) return;
      one.micros.push((took * 1000) / BATCH);
      one.cpuMicros += (user + system) / (batches * BATCH);
    });
  return { ours: spent[0], theirs: spent[1] };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

interface Compared {
  /** Median of the batches, and processor time. */
  oursMicros: number;
  oursCpuMicros: number;
  theirsMicros: number;
  theirsCpuMicros: number;
  /** Processor time of theirs over ours. */
  ratio: number;
}

function compared({ ours, theirs }: ReturnType<typeof inTurn>): Compared {
  return {
    oursMicros: median(ours.micros),
    oursCpuMicros: ours.cpuMicros,
    theirsMicros: median(theirs.micros),
    theirsCpuMicros: theirs.cpuMicros,
    ratio: theirs.cpuMicros / ours.cpuMicros,
  };
}

export interface ExperimentCost {
  experiments: number;
  /** All experiments for one visitor. */
  deciding: Compared;
  /** The bucket and the variation alone, of all experiments. */
  bucketing: Compared;
}

/** GrowthBook's own hash and choice, which its package does not export. */
interface GrowthBookInternals {
  hash(seed: string, value: string, version: number): number | null;
  chooseVariation(n: number, ranges: [number, number][]): number;
}

async function internals(): Promise<GrowthBookInternals> {
  const path = join(import.meta.dirname, '../../node_modules/@growthbook/growthbook/dist/esm/util.mjs');
  return (await import(path)) as GrowthBookInternals;
}

function compareDeciding(batches: number, people: readonly Asker[], config: SiteConfig): Compared {
  // Its answers are what it would give a page, so its log for developers is off.
  process.env.NODE_ENV = 'production';
  const features = growthbookFeatures(config);
  const client = new GrowthBookClient().initSync({ payload: JSON.parse(JSON.stringify({ features })) });
  const keys = Object.keys(features);
  const counts = [0, 0];
  const of = (batch: number): readonly Asker[] => people.slice(batch * BATCH, (batch + 1) * BATCH);
  const timed = inTurn(
    batches,
    (batch) => {
      for (const { facts } of of(batch)) counts[0] = (counts[0] ?? 0) + assignedTo({ config }, () => facts).length;
    },
    (batch) => {
      for (const { facts, visitorId, customerId } of of(batch)) {
        const attributes = { ...facts, visitorId, customerId };
        for (const key of keys)
          if (client.evalFeature(key, { attributes }).value !== null) counts[1] = (counts[1] ?? 0) + 1;
      }
    },
  );
  if (counts[0] !== counts[1] || counts[0] === 0) throw new Error(`the two disagree: ${counts.join(' and ')}`);
  return compared(timed);
}

async function compareBucketing(batches: number, people: readonly Asker[]): Promise<Compared> {
  const growthbook = await internals();
  const seeds = Array.from({ length: EXPERIMENTS }, (_, i) => `experiment-${i}`);
  const ranges: [number, number][] = [
    [0, 0.4],
    [0.5, 0.74],
    [0.8, 0.96],
  ];
  const lots = seeds.map(bucketOf);
  const sums = [0, 0];
  const of = (batch: number): readonly Asker[] => people.slice(batch * BATCH, (batch + 1) * BATCH);
  const timed = inTurn(
    batches,
    (batch) => {
      for (const { visitorId } of of(batch))
        for (const lot of lots) sums[0] = (sums[0] ?? 0) + chooseVariation(lot(visitorId), ranges);
    },
    (batch) => {
      for (const { visitorId } of of(batch))
        for (const seed of seeds)
          sums[1] = (sums[1] ?? 0) + growthbook.chooseVariation(growthbook.hash(seed, visitorId, 2) ?? 0, ranges);
    },
  );
  if (sums[0] !== sums[1]) throw new Error(`the two disagree: ${sums.join(' and ')}`);
  return compared(timed);
}

/** @param batches of 200 visitors each */
export async function measureExperiments(batches: number): Promise<ExperimentCost> {
  const people = askers(batches * BATCH);
  return {
    experiments: EXPERIMENTS,
    deciding: compareDeciding(batches, people, configOf(EXPERIMENTS)),
    bucketing: await compareBucketing(batches, people),
  };
}

const spentText = (micros: number, cpuMicros: number): string =>
  `${micros.toFixed(1)} µs (median of batches), ${cpuMicros.toFixed(1)} µs of CPU`;

export function printExperiments({ experiments, deciding, bucketing }: ExperimentCost): void {
  const print = (what: string, one: Compared, bound: string): void => {
    console.log(
      `${what}: ${spentText(one.oursMicros, one.oursCpuMicros)}${bound}; GrowthBook's SDK ${spentText(one.theirsMicros, one.theirsCpuMicros)}: ${one.ratio.toFixed(1)} times as much`,
    );
  };
  console.log('');
  print(`${experiments} running experiments decided`, deciding, ' (bound 100)');
  print(`${experiments} buckets and their variations`, bucketing, ' (bound: the SDK)');
}
