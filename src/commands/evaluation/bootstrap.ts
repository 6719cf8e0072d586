/** Intervals by the bootstrap (Efron 1979), over visits: the questions of one visit depend on each other, and would pretend to be more than they are. */
import { type Random, seededRandom } from '../../shared/random.ts';

const RESAMPLES = 200;
/** Of the normal distribution, for 95 %. */
const Z = 1.96;
const SEED = 20_260_601;

export interface Estimate {
  value: number;
  /** Half the width of the 95 % interval. */
  margin: number;
}

/** How often each of n visits is drawn in n draws with replacement. */
function draw(n: number, random: Random): Uint16Array {
  const times = new Uint16Array(n);
  for (let i = 0; i < n; i++) {
    const visit = Math.floor(random() * n);
    times[visit] = (times[visit] ?? 0) + 1;
  }
  return times;
}

/**
 * Measures the whole, and its standard error from 200 seeded resamples. The interval is the normal one around the measured value, not that of the resamples'
 * percentiles: a resample repeats visits, so that it always covers less of a catalogue than the whole.
 * @param measure of visits, each counted so many times; the same measures in the same order at every call
 */
export function bootstrap(visits: number, measure: (times: Uint16Array) => number[]): Estimate[] {
  const values = measure(new Uint16Array(visits).fill(1));
  const sums = values.map(() => 0);
  const squares = values.map(() => 0);
  const random = seededRandom(SEED);
  for (let i = 0; i < RESAMPLES; i++)
    for (const [m, value] of measure(draw(visits, random)).entries()) {
      // Around the measured value, so that little is lost to rounding.
      const off = value - (values[m] ?? 0);
      sums[m] = (sums[m] ?? 0) + off;
      squares[m] = (squares[m] ?? 0) + off * off;
    }
  return values.map((value, m) => {
    const mean = (sums[m] ?? 0) / RESAMPLES;
    const variance = Math.max(0, ((squares[m] ?? 0) - RESAMPLES * mean * mean) / (RESAMPLES - 1));
    return { value, margin: Z * Math.sqrt(variance) };
  });
}
