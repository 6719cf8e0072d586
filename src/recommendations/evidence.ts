/**
 * Decayed views or baskets of an item after which what others did with it has about half the say, and what the catalogue says of it the other half. Measured on
 * baskets (Online Retail, Instacart): from 0.5 to 10 every choice gains over behaviour alone, on items of fewer than five baskets most. What somebody did is to
 * be seen at once, hence one of the smallest.
 */
const HALF_EVIDENCE = 1;

/** Evidence of which content has nothing left to say: a tenth of it would go to content otherwise, which costs more than all scoring and changes little. */
const WHOLE_EVIDENCE = 9;

const ofContent = (evidence: number): number => HALF_EVIDENCE / (evidence + HALF_EVIDENCE);
const LEAST_OF_CONTENT = ofContent(WHOLE_EVIDENCE);

/** What the say of behaviour is, 0 to 1, without a step: 1 from {@link WHOLE_EVIDENCE} on. @param evidence decayed views or baskets */
export const sayOf = (evidence: number): number =>
  evidence >= WHOLE_EVIDENCE ? 1 : 1 - (ofContent(evidence) - LEAST_OF_CONTENT) / (1 - LEAST_OF_CONTENT);

/** With so many candidates behaviour needs nobody to fill up its list. */
const ENOUGH = 24;

/** Whether content is worth working out beside `found` candidates of behaviour. */
export const needsContent = (say: number, found: number): boolean => say < 1 || found < ENOUGH;

/** What is remembered of seen items counts even where there is no evidence of anything else, and content where much evidence brought little. */
export const LEAST_SAY = 0.01;

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
