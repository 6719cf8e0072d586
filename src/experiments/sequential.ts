/** Asymptotic confidence sequences: intervals that hold at every time at once (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas: arXiv 2103.06476). */

/** The number of units at which the intervals are tightest, where nobody says otherwise. */
export const TUNING_UNITS = 5_000;

/** What a confidence sequence is computed from: the variance of an estimate, over how many units. */
interface Seen {
  variance: number;
  n: number;
}

/** The scale of the mixture that makes the interval tightest at `tuning` units (the paper's equation 9). */
function rhoOf(alpha: number, tuning: number): number {
  const log = -2 * Math.log(alpha);
  return Math.sqrt((log + Math.log(log + 1)) / tuning);
}

/** Half the width of the two-sided interval (the paper's equation 9). */
export function twoSidedHalfwidth({ variance, n }: Seen, alpha: number, tuning: number): number {
  const rho = rhoOf(alpha, tuning);
  const grown = n * rho * rho + 1;
  return Math.sqrt(variance * n) * Math.sqrt(((2 * grown) / (n * n * rho * rho)) * Math.log(Math.sqrt(grown) / alpha));
}

/** The distance of the one-sided bound from the estimate (the paper's equation 155). @param designed the level that the mixture is made for @param alpha the level that is asked about */
function oneSidedWidth({ variance, n }: Seen, levels: { designed: number; alpha: number }, tuning: number): number {
  const rho = rhoOf(2 * levels.designed, tuning);
  const grown = n * rho * rho + 1;
  const width = ((2 * grown) / (n * n * rho * rho)) * Math.log(1 + Math.sqrt(grown) / (2 * levels.alpha));
  return Math.sqrt(variance * n) * Math.sqrt(width);
}

/** The level at which the two-sided interval just touches zero; valid whenever it is looked at. */
export function twoSidedP(estimate: number, { variance, n }: Seen, alpha: number, tuning: number): number {
  const rho = rhoOf(alpha, tuning);
  const grown = n * rho * rho + 1;
  const exponent = (n * n * rho * rho * estimate * estimate) / (2 * grown * variance * n);
  return Math.min(1, Math.sqrt(grown) * Math.exp(-exponent));
}

const LEAST_P = 1e-5;
const MOST_P = 0.4999;

/** The same for the one-sided bound, found by bisection between 0.00001 and 0.4999. The mixture stays the one made for `designed`. */
export function oneSidedP(estimate: number, seen: Seen, designed: number, tuning: number): number {
  const excludesZero = (alpha: number): boolean => estimate > oneSidedWidth(seen, { designed, alpha }, tuning);
  if (!excludesZero(MOST_P)) return MOST_P;
  if (excludesZero(LEAST_P)) return LEAST_P;
  let [low, high] = [LEAST_P, MOST_P];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (excludesZero(middle)) high = middle;
    else low = middle;
  }
  return high;
}
