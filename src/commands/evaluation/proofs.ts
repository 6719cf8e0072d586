/** Whether the statistics keep what they promise: false alarms of A/A tests, coverage of A/B tests, alarms of the sample-ratio check. */
import { absoluteInterval, type Level, liftOf, pValueOf, reachOf, relativeInterval } from '../../experiments/lift.ts';
import { checkRatio } from '../../experiments/ratio-check.ts';
import type { Sums } from '../../experiments/schema-counts.ts';
import { addSums, noSums, samplesOf } from '../../experiments/sums.ts';
import type { Random } from '../../shared/random.ts';
import type { World } from './worlds.ts';

export const FIXED: Level = { alpha: 0.05, isSequential: false };
export const SEQUENTIAL: Level = { alpha: 0.05, isSequential: true };
const DAYS = 14;

type Arms = readonly [control: Sums, treatment: Sums];

const lifted = ({ metric }: World, arms: Arms) => liftOf(...samplesOf(metric, ...arms));

const isCalled = (world: World, arms: Arms, level: Level): boolean => {
  const lift = lifted(world, arms);
  return lift !== null && pValueOf(lift, level) <= level.alpha;
};

/** Shares of the runs, 0 to 1. */
export interface FalseAlarms {
  /** Read once, at the end. */
  fixed: number;
  /** Read every day of a fortnight, and called if any day calls. */
  sequential: number;
}

/** How many units the control has, and how many times as many the treatment, as over a holdout; once where that is not said. */
export interface Sizes {
  units: number;
  times?: number;
}

/** Runs A/A tests whose units come evenly over a fortnight. */
export function falseAlarms(world: World, { units, times = 1 }: Sizes, { runs, random }: Runs): FalseAlarms {
  let fixed = 0;
  let sequential = 0;
  for (let run = 0; run < runs; run++) {
    const arms: Arms = [noSums(), noSums()];
    let wasCalled = false;
    for (let day = 1; day <= DAYS; day++) {
      const come = Math.round((units * day) / DAYS) - arms[0].n;
      addSums(arms[0], world.draw(come, 0, random));
      addSums(arms[1], world.draw(times * come, 0, random));
      wasCalled ||= isCalled(world, arms, SEQUENTIAL);
    }
    if (wasCalled) sequential++;
    if (isCalled(world, arms, FIXED)) fixed++;
  }
  return { fixed: fixed / runs, sequential: sequential / runs };
}

export interface Runs {
  runs: number;
  random: Random;
}

/** Shares of the runs in which the interval holds the truth. Where nothing can be said, nothing is excluded. */
export interface Coverage {
  absolute: number;
  relative: number;
}

/** Runs A/B tests with a true lift, and asks how often the intervals of 95 % hold it. */
export function coverage(
  world: World,
  { units, times = 1, lift: truth }: Sizes & { lift: number },
  { runs, random }: Runs,
): Coverage {
  let absolute = 0;
  let relative = 0;
  for (let run = 0; run < runs; run++) {
    const lift = lifted(world, [world.draw(units, 0, random), world.draw(times * units, truth, random)]);
    const reach = lift === null ? 0 : reachOf(lift, FIXED);
    const holds = (interval: [number, number] | null, value: number) =>
      interval === null || (interval[0] <= value && value <= interval[1]);
    if (holds(lift && absoluteInterval(lift, reach), truth * world.mean)) absolute++;
    if (holds(lift && relativeInterval(lift, reach), truth)) relative++;
  }
  return { absolute: absolute / runs, relative: relative / runs };
}

/** How many of `units` are dealt to the first of two equal arms. */
function deal(units: number, random: Random): number {
  let first = 0;
  for (let left = units; left > 0; left -= BITS) {
    let bits = Math.floor(random() * 2 ** BITS);
    if (left < BITS) bits >>>= BITS - left;
    for (; bits > 0; bits &= bits - 1) first++;
  }
  return first;
}
const BITS = 30;

/** @returns the share of the runs in which the sample-ratio check, overall or by day, sounds the alarm, 0 to 1 @param lost of the second arm's exposures */
export function ratioAlarms({ units, lost }: { units: number; lost: number }, { runs, random }: Runs): number {
  const arms = ['control', 'b'];
  let alarms = 0;
  for (let run = 0; run < runs; run++) {
    const cells = Array.from({ length: DAYS }, (_, day) => {
      const come = Math.round((2 * units * (day + 1)) / DAYS) - Math.round((2 * units * day) / DAYS);
      const first = deal(come, random);
      let kept = come - first;
      for (let unit = kept; unit > 0; unit--) if (random() < lost) kept--;
      const of = { experiment: 'e', phase: 0, day: `day ${day}`, since: 0, metric: '', ...noSums() };
      return [
        { ...of, arm: 'control', n: first },
        { ...of, arm: 'b', n: kept },
      ];
    }).flat();
    const { isSound, days } = checkRatio(cells, arms, () => [0.5, 0.5]);
    if (!isSound || days.some((day) => !day.isSound)) alarms++;
  }
  return alarms / runs;
}
