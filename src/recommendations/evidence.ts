/**
 * Decayed views or baskets of an item after which what others did with it has half the say, and what the catalogue says of it the other half. Measured on
 * baskets (Online Retail, Instacart): from 0.5 to 10 every choice gains over behaviour alone, on items of fewer than five baskets most. What somebody did is to
 * be seen at once, hence one of the smallest.
 */
const HALF_EVIDENCE = 1;

/** What the say of behaviour is, 0 to 1. @param evidence decayed views or baskets */
export const sayOf = (evidence: number): number => evidence / (evidence + HALF_EVIDENCE);

/** The mean evidence of some sources, by what each counts; 0 of none. */
export function evidenceOf<S extends { weight: number }>(sources: readonly S[], of: (source: S) => number): number {
  let sum = 0;
  let whole = 0;
  for (const source of sources) {
    sum += source.weight * of(source);
    whole += source.weight;
  }
  return whole === 0 ? 0 : sum / whole;
}
