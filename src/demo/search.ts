import { CATEGORY_BY_SLUG, ITEMS, type ShopItem, titleOf } from './catalogue/items.ts';

const ENDINGS = /(es|s)$/;

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 1)
    .map((word) => (word.length > 3 ? word.replace(ENDINGS, '') : word));
}

interface Entry {
  item: ShopItem;
  /** Words of a field with what a match in it is worth. */
  fields: [words: string[], worth: number][];
}

const INDEX: readonly Entry[] = ITEMS.map((item) => ({
  item,
  fields: [
    [wordsOf(titleOf(item)), 5],
    [wordsOf(CATEGORY_BY_SLUG.get(item.product.category)?.path ?? ''), 2],
    [[...wordsOf(item.product.tags.join(' ')), ...(item.pays < item.price ? ['sale', 'reduced'] : [])], 3],
    [wordsOf(`${item.product.brand} ${Object.values(item.product.attributes).join(' ')}`), 2],
    [wordsOf(item.product.text), 1],
  ],
}));

function worthOf(entry: Entry, word: string): number {
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
export function searchItems(query: string, limit = 60): ShopItem[] {
  const words = wordsOf(query.slice(0, 200)).slice(0, 10);
  if (words.length === 0) return [];
  const found = new Map<string, { item: ShopItem; worth: number }>();
  for (const entry of INDEX) {
    const worths = words.map((word) => worthOf(entry, word));
    if (worths.includes(0)) continue;
    const worth = worths.reduce((sum, one) => sum + one, 0);
    const known = found.get(entry.item.product.id);
    if (known === undefined || known.worth < worth) found.set(entry.item.product.id, { item: entry.item, worth });
  }
  return [...found.values()]
    .sort((a, b) => b.worth - a.worth)
    .slice(0, limit)
    .map(({ item }) => item);
}
