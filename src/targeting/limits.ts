/** What a condition may weigh. Whoever publishes or sends one is told at once, so that asking it later costs what it should. */
export const CONDITION_LIMITS = {
  /** Conditions within conditions. */
  depth: 10,
  /** Comparisons in all. */
  clauses: 200,
  /** Values in a list. */
  list: 1000,
  /** Characters of a text to compare with. */
  text: 1000,
  /** Characters of a dotted path. */
  path: 200,
  /** Names in a dotted path. */
  names: 10,
} as const;
