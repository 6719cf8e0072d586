import { CATEGORY_BY_SLUG, ITEMS, type ShopItem, titleOf } from './catalogue/items.ts';
import { type Searchable, wordsOf } from './search.ts';

/** All items with the words that they are found by. */
export function indexItems(): (Searchable & { item: ShopItem })[] {
  return ITEMS.map((item) => ({
    item,
    productId: item.product.id,
    fields: [
      [wordsOf(titleOf(item)), 5],
      [wordsOf(CATEGORY_BY_SLUG.get(item.product.category)?.path ?? ''), 2],
      [[...wordsOf(item.product.tags.join(' ')), ...(item.pays < item.price ? ['sale', 'reduced'] : [])], 3],
      [wordsOf(`${item.product.brand} ${Object.values(item.product.attributes).join(' ')}`), 2],
      [wordsOf(item.product.text), 1],
    ],
  }));
}
