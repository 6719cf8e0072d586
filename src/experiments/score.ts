/**
 * What two proportions tell of their difference and of their ratio, by the score test: an estimate varies as it would if what is supposed were true, and an
 * interval holds whatever is not rejected (Mee and Koopman, both Biometrics 40, 1984; Miettinen and Nurminen, Statistics in Medicine 4, 1985). Supposing no
 * difference, it is Pearson's χ². Pure.
 */

/** Units of an arm, and how many of them converted. */
interface Arm {
  n: number;
  sum: number;
}

/** The control, and the treatment. */
export type Shares = readonly [Arm, Arm];

const HALVINGS = 60;

const within = (share: number): number => Math.min(1, Math.max(0, share));
const spread = (share: number, n: number): number => (share * (1 - share)) / n;

/** The variance of the difference, were it `supposed`: at the likeliest shares that differ by so much (a cubic's root: Miettinen and Nurminen's appendix). */
export function differenceVariance([control, treatment]: Shares, supposed: number): number {
  const [p, q] = [treatment.sum / treatment.n, control.sum / control.n];
  const theta = control.n / treatment.n;
  const a = 1 + theta;
  const b = -(a + p + theta * q + supposed * (theta + 2));
  const c = supposed * supposed + supposed * (2 * p + a) + p + theta * q;
  const d = -p * supposed * (1 + supposed);
  const third = b / (3 * a);
  const v = third ** 3 - (b * c) / (6 * a * a) + d / (2 * a);
  const u = Math.sign(v || 1) * Math.sqrt(Math.max(0, third * third - c / (3 * a)));
  const turn = u === 0 ? 0 : Math.acos(Math.min(1, Math.max(-1, v / u ** 3)));
  const own = within(2 * u * Math.cos((Math.PI + turn) / 3) - third);
  return spread(own, treatment.n) + spread(within(own - supposed), control.n);
}

/** The variance of the treatment's share less `supposed` times the control's, were the one so many times the other. @param supposed above 0 */
export function ratioVariance([control, treatment]: Shares, supposed: number): number {
  const a = (control.n + treatment.n) * supposed;
  const b = supposed * (treatment.n + control.sum) + treatment.sum + control.n;
  const likeliest = (b - Math.sqrt(Math.max(0, b * b - 4 * a * (control.sum + treatment.sum)))) / (2 * a);
  return spread(within(likeliest * supposed), treatment.n) + supposed * supposed * spread(within(likeliest), control.n);
}

/** Where what is not rejected ends, between something that is not and something that may be. */
function edge(inside: number, outside: number, isRejected: (supposed: number) => boolean): number {
  if (!isRejected(outside)) return outside;
  let [held, rejected] = [inside, outside];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (held + rejected) / 2;
    if (isRejected(middle)) rejected = middle;
    else held = middle;
  }
  return held;
}

/** The differences that are within reach. @param reach standard errors to each side */
export function differenceInterval(shares: Shares, reach: number): [number, number] {
  const [control, treatment] = shares;
  const seen = treatment.sum / treatment.n - control.sum / control.n;
  const isRejected = (supposed: number): boolean =>
    (seen - supposed) ** 2 > reach * reach * differenceVariance(shares, supposed);
  return [edge(seen, -1, isRejected), edge(seen, 1, isRejected)];
}

/** The ratios of the treatment's share to the control's that are within reach; null where nobody in the control converted: then none is too large. */
export function ratioInterval(shares: Shares, reach: number): [number, number] | null {
  const [control, treatment] = shares;
  const [p, q] = [treatment.sum / treatment.n, control.sum / control.n];
  if (q === 0) return null;
  const isRejected = (supposed: number): boolean =>
    supposed === 0 ? p > 0 : (p - supposed * q) ** 2 > reach * reach * ratioVariance(shares, supposed);
  let most = 2 * (p / q) + 1;
  while (!isRejected(most)) most *= 2;
  return [edge(p / q, 0, isRejected), edge(p / q, most, isRejected)];
}
