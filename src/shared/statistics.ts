/** Distributions: lower tails, upper tails and quantiles, to the precision of a double. Pure. */

const SQRT2 = Math.SQRT2;
const SQRT_2PI = Math.sqrt(2 * Math.PI);
const TINY = 1e-300;

/** Value of a polynomial; the coefficient of the highest power first. */
function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

/* Rational approximations of erf and erfc (Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23, 1969). */
const ERF_SMALL = {
  top: [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694],
  bottom: [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
};
const ERFC_MIDDLE = {
  top: [
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
    881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
  ],
  bottom: [
    1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
    4362.619090143247, 3439.3676741437216, 1230.3393548037495,
  ],
};
const ERFC_LARGE = {
  top: [
    0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
    0.0006587491615298378,
  ],
  bottom: [1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918],
};

const ratio = (x: number, { top, bottom }: { top: readonly number[]; bottom: readonly number[] }): number =>
  polynomial(x, top) / polynomial(x, bottom);

/** exp(−x²) without the rounding of x². */
function expOfMinusSquare(x: number): number {
  const coarse = Math.trunc(x * 16) / 16;
  return Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse));
}

/** The complementary error function; relative precision 1e-15 down to the smallest double. */
function erfc(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.46875) return 1 - x * ratio(x * x, ERF_SMALL);
  const tail =
    size <= 4
      ? expOfMinusSquare(size) * ratio(size, ERFC_MIDDLE)
      : (expOfMinusSquare(size) / size) *
        (1 / Math.sqrt(Math.PI) - ratio(1 / (size * size), ERFC_LARGE) / (size * size));
  return x < 0 ? 2 - tail : tail;
}

/** P(Z ≤ x) of the standard normal distribution; for the upper tail ask for −x. */
export const normalCdf = (x: number): number => 0.5 * erfc(-x / SQRT2);

export const normalPdf = (x: number): number => Math.exp(-0.5 * x * x) / SQRT_2PI;

/* Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37, 1988. */
const QUANTILE_CENTRE = {
  top: [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
    133.14166789178438, 3.3871328727963665,
  ],
  bottom: [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
    42.31333070160091, 1,
  ],
};
const QUANTILE_NEAR = {
  top: [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  bottom: [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
};
const QUANTILE_FAR = {
  top: [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
    1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  bottom: [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133, 0.014875361290850615,
    0.1369298809227358, 0.599832206555888, 1,
  ],
};

/** The x with P(Z ≤ x) = p. @param p 0 to 1; 0 and 1 give −Infinity and Infinity */
export function normalQuantile(p: number): number {
  const centred = p - 0.5;
  if (Math.abs(centred) <= 0.425) return centred * ratio(0.180625 - centred * centred, QUANTILE_CENTRE);
  const tail = Math.min(p, 1 - p);
  if (tail <= 0) return p <= 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const r = Math.sqrt(-Math.log(tail));
  const size = r <= 5 ? ratio(r - 1.6, QUANTILE_NEAR) : ratio(r - 5, QUANTILE_FAR);
  return centred < 0 ? -size : size;
}

/**
 * P(X > x) of the chi-square distribution, as the finite sum that whole degrees of freedom allow: all its terms are positive, so small tails are as
 * precise as large ones.
 * @param dof whole, 1 or more
 */
export function chiSquareSf(x: number, dof: number): number {
  if (!(x > 0)) return 1;
  const half = x / 2;
  const isOdd = dof % 2 === 1;
  let term = isOdd ? Math.sqrt(half) / Math.sqrt(Math.PI / 4) : 1;
  let sum = 0;
  for (let j = 0; j < Math.floor(dof / 2); j++) {
    sum += term;
    term *= half / (j + (isOdd ? 1.5 : 1));
  }
  return (isOdd ? erfc(Math.sqrt(half)) : 0) + sum * Math.exp(-half);
}

const HALF_LN_2PI = 0.5 * Math.log(2 * Math.PI);

/** What Stirling's formula leaves out: ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π), for x above 0. */
function stirlingError(x: number): number {
  if (x < 15) return stirlingError(x + 1) + (x + 0.5) * Math.log1p(1 / x) - 1;
  return polynomial(1 / (x * x), [-691 / 360_360, 1 / 1_188, -1 / 1_680, 1 / 1_260, -1 / 360, 1 / 12]) / x;
}

/** ln Γ(x) for x above 0. */
const lnGamma = (x: number): number => (x - 0.5) * Math.log(x) - x + HALF_LN_2PI + stirlingError(x);

/** x ln(x/m) + m − x, without cancelling where x is near m (Loader, "Fast and accurate computation of binomial probabilities", 2000). */
function deviance(x: number, m: number): number {
  const difference = x - m;
  const v = difference / (x + m);
  if (Math.abs(v) > 0.1) return x * Math.log(x / m) - difference;
  let sum = difference * v;
  let term = 2 * x * v;
  for (let j = 3; j < 100; j += 2) {
    term *= v * v;
    const next = sum + term / j;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** Lentz's continued fraction of the incomplete beta function. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < TINY ? TINY : d);
  let value = d;
  const step = (term: number): number => {
    d = 1 + term * d;
    d = 1 / (Math.abs(d) < TINY ? TINY : d);
    c = 1 + term / c;
    if (Math.abs(c) < TINY) c = TINY;
    value *= d * c;
    return d * c;
  };
  for (let m = 1; m <= 20_000; m++) {
    step((m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)));
    const change = step((-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)));
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return value;
}

/** ln of x^a y^b / B(a, b) with y = 1 − x, arranged so that large a and b do not cancel. */
function lnBetaWeight(x: number, y: number, a: number, b: number): number {
  const n = a + b;
  const errors = stirlingError(n) - stirlingError(a) - stirlingError(b);
  return errors - deviance(a, n * x) - deviance(b, n * y) + 0.5 * Math.log((a / n) * b) - HALF_LN_2PI;
}

/** The regularised incomplete beta function for x and y = 1 − x, both given so that neither loses digits. */
function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const weight = Math.exp(lnBetaWeight(x, y, a, b));
  return x < (a + 1) / (a + b + 2) ? (weight * betaFraction(x, a, b)) / a : 1 - (weight * betaFraction(y, b, a)) / b;
}

/** P(X ≤ x) of the beta distribution. @param x 0 to 1 */
export const betaCdf = (x: number, a: number, b: number): number => incompleteBeta(x, 1 - x, a, b);

/** Density of the beta distribution. @param x 0 to 1 */
export function betaPdf(x: number, a: number, b: number): number {
  return x <= 0 || x >= 1 ? 0 : Math.exp(lnBetaWeight(x, 1 - x, a, b)) / (x * (1 - x));
}

/** P(T ≤ x) of Student's distribution. @param dof above 0, need not be whole */
export function tCdf(x: number, dof: number): number {
  if (x === 0) return 0.5;
  const square = x * x;
  const tail = 0.5 * incompleteBeta(dof / (dof + square), square / (dof + square), dof / 2, 0.5);
  return x < 0 ? tail : 1 - tail;
}

/** Newton's method between two bounds that it narrows; where it would leave them, the interval is halved. */
function solve(
  { low, high, start }: { low: number; high: number; start: number },
  at: (x: number) => { excess: number; slope: number },
): number {
  let x = start;
  let [from, to] = [low, high];
  for (let tries = 0; tries < 200; tries++) {
    const { excess, slope } = at(x);
    if (excess > 0) to = x;
    else from = x;
    const newton = x - excess / slope;
    if (Math.abs(newton - x) <= 2e-16 * Math.abs(x)) return newton;
    const next = newton > from && newton < to ? newton : (from + to) / 2;
    if (next === x) return x;
    x = next;
  }
  return x;
}

/** The x with P(T ≤ x) = p. @param p between 0 and 1 @param dof 1 or more */
export function tQuantile(p: number, dof: number): number {
  if (p === 0.5) return 0;
  if (p > 0.5) return -tQuantile(1 - p, dof);
  const lnScale = lnGamma((dof + 1) / 2) - lnGamma(dof / 2) - 0.5 * Math.log(dof * Math.PI);
  const pdf = (x: number): number => Math.exp(lnScale - ((dof + 1) / 2) * Math.log1p((x * x) / dof));
  const start = normalQuantile(p);
  let low = start;
  while (tCdf(low, dof) > p) low *= 2;
  return solve({ low: low * 2, high: 0, start }, (x) => ({ excess: tCdf(x, dof) - p, slope: pdf(x) }));
}

/** The x with P(X ≤ x) = p of the beta distribution. @param p between 0 and 1 */
export function betaQuantile(p: number, a: number, b: number): number {
  const start = a / (a + b);
  return solve({ low: 0, high: 1, start }, (x) => ({ excess: betaCdf(x, a, b) - p, slope: betaPdf(x, a, b) }));
}
