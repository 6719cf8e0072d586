/** Bandits among visitors of whom the truth is known: what they cost against dealing evenly and against the best arm, and whether their results can be believed. */
import { banditLift, valueOfArm } from '../../experiments/aipw.ts';
import {
  type BanditSettings,
  type BanditWeights,
  maturedBatches,
  nextWeights,
  propensities,
  sharesFor,
} from '../../experiments/bandit.ts';
import { absoluteInterval, reachOf } from '../../experiments/lift.ts';
import type { Cell } from '../../experiments/schema-counts.ts';
import { noSums } from '../../experiments/sums.ts';
import { DAY_MS, isoDay } from '../../shared/decay.ts';
import type { Random } from '../../shared/random.ts';
import type { Runs } from './proofs.ts';
import { FIXED } from './proofs.ts';
import type { Table } from './tables.ts';
import { binomial } from './worlds.ts';

interface Scenario {
  name: string;
  /** Conversion of each arm, the control first. */
  rates: readonly number[];
  unitsADay: number;
  days: number;
  /** All rates rise and fall by this share from week to week. */
  swing: number;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'two arms, 5 and 6 %', rates: [0.05, 0.06], unitsADay: 500, days: 60, swing: 0 },
  { name: 'the same, swinging by 50 %', rates: [0.05, 0.06], unitsADay: 500, days: 60, swing: 0.5 },
  { name: 'three arms, 5, 5 and 6 %', rates: [0.05, 0.05, 0.06], unitsADay: 500, days: 60, swing: 0 },
  { name: 'five arms, 4 to 6 %', rates: [0.05, 0.04, 0.045, 0.055, 0.06], unitsADay: 1_000, days: 60, swing: 0 },
  { name: 'four equal arms, 5 %', rates: [0.05, 0.05, 0.05, 0.05], unitsADay: 500, days: 60, swing: 0 },
];

export const BANDIT: BanditSettings = {
  metric: 'conversion',
  isBetter: 'up',
  windowHours: 72,
  floor: 0.05,
  burnIn: 100,
  burnInConversions: 40,
  halfLifeDays: 60,
};

const START = Date.parse('2026-01-01');
const nameOf = (arm: number): string => `arm-${arm}`;

/** What a unit of an arm brings on a day, on average. */
const rateOf = ({ rates, swing }: Scenario, arm: number, day: number): number =>
  (rates[arm] ?? 0) * (1 + swing * Math.sin((2 * Math.PI * day) / 14));

/** Deals a day's units by shares. */
function dealt(units: number, shares: readonly number[], random: Random): number[] {
  let [left, whole] = [units, 1];
  return shares.map((share, i) => {
    const taken = i === shares.length - 1 ? left : binomial(left, Math.min(1, share / whole), random);
    left -= taken;
    whole -= share;
    return taken;
  });
}

interface Life {
  cells: Cell[];
  log: BanditWeights[];
  /** Conversions that the best arm would have brought beyond those of the arms that were dealt. */
  regret: number;
  /** Share of the last week that the best arm got. */
  settled: number;
}

function live(scenario: Scenario, isBandit: boolean, random: Random): Life {
  const { rates, unitsADay, days } = scenario;
  const arms = rates.map((_, arm) => nameOf(arm));
  const best = rates.indexOf(Math.max(...rates));
  const life: Life = { cells: [], log: [], regret: 0, settled: 0 };
  for (let day = 0; day < days; day++) {
    const now = START + day * DAY_MS;
    const next = isBandit
      ? nextWeights({ cells: life.cells, arms, phase: 0, log: life.log }, { settings: BANDIT, now, isPersonal: false })
      : null;
    if (next !== null) life.log.push(next);
    const current = life.log.at(-1);
    const units = dealt(unitsADay, sharesFor(current, arms, null), random);
    for (const [arm, n] of units.entries()) {
      const rate = rateOf(scenario, arm, day);
      const y = binomial(n, rate, random);
      const of = {
        experiment: 'e',
        phase: 0,
        arm: nameOf(arm),
        day: isoDay(now),
        since: 0,
        weights: current?.version ?? 0,
      };
      life.cells.push({ ...of, ...noSums(), metric: '', n }, { ...of, ...noSums(), metric: BANDIT.metric, y, yy: y });
      life.regret += n * (rateOf(scenario, best, day) - rate);
      if (arm === best && day >= days - 7) life.settled += n / unitsADay / 7;
    }
  }
  return life;
}

/** Of one arm over all runs. */
interface Believed {
  plainBias: number;
  bias: number;
  held: number;
}

function believe(scenario: Scenario, lives: readonly Life[]): { worst: Believed; lift: number } {
  const { rates, days } = scenario;
  const arms = rates.map((_, arm) => nameOf(arm));
  const meanOf = (arm: number) =>
    Array.from({ length: days }, (_, day) => rateOf(scenario, arm, day)).reduce((a, b) => a + b, 0) / days;
  const worst = rates.indexOf(Math.min(...rates));
  const other = rates.length - 1;
  const believed = { plainBias: 0, bias: 0, held: 0 };
  let lift = 0;
  for (const { cells, log } of lives) {
    const now = START + (days + 10) * DAY_MS;
    const batches = maturedBatches(cells, arms, { metric: BANDIT.metric, windowHours: BANDIT.windowHours, now });
    const { value, variance } = valueOfArm(batches, worst, propensities(log, arms));
    const own = batches.map((batch) => batch.arms[worst] ?? noSums());
    const plain = own.reduce((sum, one) => sum + one.y, 0) / own.reduce((sum, one) => sum + one.n, 0);
    const truth = meanOf(worst);
    believed.plainBias += (plain - truth) / truth / lives.length;
    believed.bias += (value - truth) / truth / lives.length;
    if (Math.abs(value - truth) <= 1.96 * Math.sqrt(variance)) believed.held += 1 / lives.length;
    const found = banditLift(batches, other, propensities(log, arms));
    const [low, high] = found === null ? [Number.NEGATIVE_INFINITY, 1] : absoluteInterval(found, reachOf(found, FIXED));
    const difference = meanOf(other) - meanOf(0);
    if (low <= difference && difference <= high) lift += 1 / lives.length;
  }
  return { worst: believed, lift };
}

const percent = (share: number): string => (100 * share).toFixed(1);

/** @param runs lives of each scenario */
export function banditTable({ runs, random }: Runs): Table {
  const rows = SCENARIOS.map((scenario) => {
    const lives = Array.from({ length: runs }, () => live(scenario, true, random));
    const even = Array.from({ length: runs }, () => live(scenario, false, random));
    const mean = (of: (life: Life) => number, over: readonly Life[]) =>
      over.reduce((sum, life) => sum + of(life), 0) / runs;
    const { worst, lift } = believe(scenario, lives);
    return [
      scenario.name,
      mean((life) => life.regret, even).toFixed(0),
      mean((life) => life.regret, lives).toFixed(0),
      '0',
      percent(mean((life) => life.settled, lives)),
      percent(worst.plainBias),
      percent(worst.bias),
      percent(worst.held),
      percent(lift),
    ];
  });
  return {
    title: `Bandits over 60 days, ${runs} runs: conversions lost against the best arm, and (percent) the best arm's share of the last week, the bias of the plain mean and of the estimate (AIPW) for the worst arm, and how often intervals of 95 % hold its value and the last arm's lift`,
    columns: ['', 'evenly', 'bandit', 'best arm', 'settled', 'plain bias', 'bias', 'value held', 'lift held'],
    rows,
  };
}
