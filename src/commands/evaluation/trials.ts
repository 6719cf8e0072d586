/** The statistics held to what they promise, as tables. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fnv1a32 } from '../../shared/hash.ts';
import { type Random, seededRandom } from '../../shared/random.ts';
import { banditTable } from './bandit-trials.ts';
import { beliefTable } from './exact.ts';
import { longRandom } from './long-random.ts';
import { coverage, falseAlarms, ratioAlarms } from './proofs.ts';
import { readLines } from './read.ts';
import type { Table } from './tables.ts';
import { cupedWorld, proportionWorld, ratioWorld, revenueWorld, type World } from './worlds.ts';

const UNITS = [200, 500, 1_000, 2_000, 5_000, 20_000];
/** Of holdouts: a tenth of all units, against the rest. */
const HELD = [200, 1_000];
const REST = 9;
const LIFT = 0.2;
/** A bandit's sixty days are run once for so many runs of a test. */
const RUNS_A_LIFE = 50;
/** Of orders without a data set: like many shops', with a tail that reaches a hundred times the median. */
const LOGNORMAL = { orders: 20_000, median: 40, spread: 1.2 };

const percent = (share: number): string => (100 * share).toFixed(2);

/** The values of the invoices of the online-retail set, or, where it is not there, of a lognormal shop. */
export function orderValues(folder: string): number[] {
  const path = join(folder, 'online-retail', 'invoices.tsv.gz');
  if (!existsSync(path)) {
    const random = seededRandom(fnv1a32('orders'));
    return Array.from(
      { length: LOGNORMAL.orders },
      () => LOGNORMAL.median * Math.exp(LOGNORMAL.spread * normal(random)),
    );
  }
  const invoices = new Map<string, number>();
  for (const line of readLines(path).slice(1)) {
    const [invoice = '', , quantity, , price] = line.split('\t');
    const value = Number(quantity) * Number(price);
    if (value > 0) invoices.set(invoice, (invoices.get(invoice) ?? 0) + value);
  }
  return [...invoices.values()];
}

/** Box and Muller's. */
const normal = (random: Random): number => Math.sqrt(-2 * Math.log1p(-random())) * Math.cos(2 * Math.PI * random());

const quantile = (values: readonly number[], p: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(p * values.length)] ?? 0;

/** The metrics of the tables. @param orders values of orders to draw from */
export const worldsOf = (orders: readonly number[]): World[] => [
  proportionWorld(0.005),
  proportionWorld(0.05),
  revenueWorld(orders),
  revenueWorld(orders, Math.round(quantile(orders, 0.99))),
  ratioWorld(),
  cupedWorld(),
];

/** Each a seed of its own, so that a row is the same whatever else is asked for. */
const seeded = (...name: (string | number)[]): Random => longRandom(fnv1a32(name.join(' ')));

function* rowsOf(worlds: readonly World[], runs: number): Generator<string[]> {
  for (const world of worlds)
    for (const { units, times } of [
      ...UNITS.map((one) => ({ units: one, times: 1 })),
      ...HELD.map((one) => ({ units: one, times: REST })),
    ]) {
      const of = times === 1 ? [world.name, units] : [world.name, units, times];
      const alarms = falseAlarms(world, { units, times }, { runs, random: seeded(...of, 'a/a') });
      const held = coverage(world, { units, times, lift: LIFT }, { runs, random: seeded(...of, 'a/b') });
      const figures = [alarms.fixed, alarms.sequential, held.absolute, held.relative];
      yield [world.name, times === 1 ? String(units) : `${units}, ${times * units}`, ...figures.map(percent)];
    }
}

function ratioTable(runs: number): Table {
  const row = (units: number, lost: number) => [
    lost === 0 ? 'nothing lost' : `${100 * lost} % of one arm lost`,
    String(units),
    percent(ratioAlarms({ units, lost }, { runs, random: seeded('ratio', units, lost) })),
  ];
  return {
    title: `Sample-ratio check, overall and by day, ${runs} runs: alarms in percent`,
    columns: ['', 'units an arm', 'alarms'],
    rows: [...UNITS.map((units) => row(units, 0)), row(20_000, 0.05)],
  };
}

/** @param folder of the data sets */
export function* trialTables(folder: string, runs: number): Generator<Table> {
  yield {
    title: `A/A tests of a fortnight (false alarms at 5 %, read once at the end, and read daily) and A/B tests (lift of ${100 * LIFT} %: how often intervals of 95 % hold it), ${runs} runs each, percent`,
    columns: ['metric', 'units an arm', 'fixed', 'sequential', 'absolute held', 'relative held'],
    rows: [...rowsOf(worldsOf(orderValues(folder)), runs)],
  };
  yield ratioTable(runs);
  yield beliefTable();
  yield banditTable({ runs: Math.ceil(runs / RUNS_A_LIFE), random: seeded('bandits') });
}
