const ENDINGS = /(es|s)$/;

/** A text's words as they are compared: in lower case, without the plural's ending. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 1)
    .map((word) => (word.length > 3 ? word.replace(ENDINGS, '') : word));
}

/** What the search reads of an item. */
export interface Searchable {
  /** Of several items of one product the best match stands for all. */
  productId: string;
  /** Words of a field with what a match in it is worth. */
  fields: [words: string[], worth: number][];
}

/** An item as the search knows it, and as it is listed: HTML. */
export interface Found extends Searchable {
  card: string;
}

function worthOf(entry: Searchable, word: string): number {
  let best = 0;
  for (const [words, worth] of entry.fields) {
    if (words.includes(word)) best = Math.max(best, worth);
    else if (words.some((other) => other.startsWith(word))) best = Math.max(best, worth * 0.6);
  }
  return best;
}

/**
 * Items whose title, category, tags, brand, attributes or text have every word of a query, the best first, one of each product.
 * @returns at most `limit`; none for a query without words
 */
export function searchItems<T extends Searchable>(index: readonly T[], query: string, limit = 60): T[] {
  const words = wordsOf(query.slice(0, 200)).slice(0, 10);
  if (words.length === 0) return [];
  const found = new Map<string, { entry: T; worth: number }>();
  for (const entry of index) {
    const worths = words.map((word) => worthOf(entry, word));
    if (worths.includes(0)) continue;
    const worth = worths.reduce((sum, one) => sum + one, 0);
    const known = found.get(entry.productId);
    if (known === undefined || known.worth < worth) found.set(entry.productId, { entry, worth });
  }
  return [...found.values()]
    .sort((a, b) => b.worth - a.worth)
    .slice(0, limit)
    .map(({ entry }) => entry);
}
