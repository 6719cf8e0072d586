/** Corrections for looking at many metrics at once: p-values that may be compared with one level. */

interface Ranked {
  p: number;
  at: number;
}

const ranked = (pValues: readonly number[]): Ranked[] =>
  pValues.map((p, at) => ({ p, at })).sort((a, b) => a.p - b.p || a.at - b.at);

/** Puts values back to where their p-values stood. */
function inPlace(order: readonly Ranked[], values: readonly number[]): number[] {
  const placed = new Array<number>(order.length).fill(1);
  for (const [rank, { at }] of order.entries()) placed[at] = values[rank] ?? 1;
  return placed;
}

/** Holm (1979): the chance of one false alarm among all of them stays below the level. For guardrails. @returns adjusted p-values, in the order given */
export function holm(pValues: readonly number[]): number[] {
  const order = ranked(pValues);
  let largest = 0;
  const adjusted = order.map(({ p }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (order.length - rank)));
    return largest;
  });
  return inPlace(order, adjusted);
}

/** Benjamini and Hochberg (1995): the share of false alarms among those raised stays below the level. For secondary metrics. @returns adjusted p-values, in the order given */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = ranked(pValues);
  const adjusted = new Array<number>(order.length).fill(1);
  let smallest = 1;
  for (let rank = order.length - 1; rank >= 0; rank--) {
    smallest = Math.min(smallest, ((order[rank]?.p ?? 1) * order.length) / (rank + 1));
    adjusted[rank] = smallest;
  }
  return inPlace(order, adjusted);
}
