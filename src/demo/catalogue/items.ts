import { DAY_MS } from '../../shared/decay.ts';
import { fnv1a32 } from '../../shared/hash.ts';
import { seededRandom } from '../../shared/random.ts';
import { BATH } from './bath.ts';
import { CANDLES } from './candles.ts';
import { COOKWARE } from './cookware.ts';
import { GARDEN_TOOLS } from './garden-tools.ts';
import { LINEN } from './linen.ts';
import { PANTRY } from './pantry.ts';
import { POTS } from './pots.ts';
import type { Category, Product, Variant } from './product.ts';
import { readProducts } from './read.ts';
import { SEEDS } from './seeds.ts';
import { TABLEWARE } from './tableware.ts';
import { TEA_AND_COFFEE } from './tea-and-coffee.ts';

export const CURRENCY = 'GBP';

const SHELVES: readonly (Category & { table: string })[] = [
  {
    slug: 'tableware',
    path: 'Kitchen > Tableware',
    title: 'Tableware',
    text: 'Bowls, plates and glasses for people who stay at the table.',
    table: TABLEWARE,
  },
  {
    slug: 'cookware',
    path: 'Kitchen > Cookware',
    title: 'Cookware',
    text: 'Heavy pans, sharp knives and one very good whisk.',
    table: COOKWARE,
  },
  {
    slug: 'tea-and-coffee',
    path: 'Kitchen > Tea and coffee',
    title: 'Tea & coffee',
    text: 'Pots, cups and leaves for the first and the last hour of the day.',
    table: TEA_AND_COFFEE,
  },
  {
    slug: 'pantry',
    path: 'Kitchen > Pantry',
    title: 'Pantry',
    text: 'The shelf that turns nothing in the house into supper.',
    table: PANTRY,
  },
  {
    slug: 'linen',
    path: 'Home > Linen',
    title: 'Linen',
    text: 'Cloth that gets better with every wash.',
    table: LINEN,
  },
  {
    slug: 'candles',
    path: 'Home > Candles and light',
    title: 'Candles & light',
    text: 'Small flames and soft lamps for long evenings.',
    table: CANDLES,
  },
  {
    slug: 'bath',
    path: 'Home > Bath',
    title: 'Bath',
    text: 'Soap, steam and towels worth getting out for.',
    table: BATH,
  },
  {
    slug: 'garden-tools',
    path: 'Garden > Tools',
    title: 'Garden tools',
    text: 'Forged, balanced and easy to find in long grass.',
    table: GARDEN_TOOLS,
  },
  {
    slug: 'seeds',
    path: 'Garden > Seeds and bulbs',
    title: 'Seeds & bulbs',
    text: 'Whole summers in small paper packets.',
    table: SEEDS,
  },
  {
    slug: 'pots',
    path: 'Garden > Pots and planters',
    title: 'Pots & planters',
    text: 'Somewhere good to grow, indoors and out.',
    table: POTS,
  },
];

export const CATEGORIES: readonly Category[] = SHELVES.map(({ table: _, ...category }) => category);
export const PRODUCTS: readonly Product[] = SHELVES.flatMap((shelf) => readProducts(shelf.table, shelf.slug));

/** What can be put in the basket: a product, or one of its variants. */
export interface ShopItem {
  itemId: string;
  product: Product;
  variant: Variant | null;
  price: number;
  /** What is paid: the sale price where there is one. */
  pays: number;
  /** Pieces. */
  stock: number;
  color: string;
}

function itemOf(product: Product, variant: Variant | null): ShopItem {
  const itemId = variant ? `${product.id}-${variant.suffix}` : product.id;
  const extra = variant?.extra ?? 0;
  const price = product.price + extra;
  return {
    ...{ itemId, product, variant, price },
    pays: product.salePrice === null ? price : product.salePrice + extra,
    stock: product.stock ?? 20 + (fnv1a32(itemId) % 180),
    color: variant?.name === 'colour' ? variant.value : product.color,
  };
}

export const ITEMS: readonly ShopItem[] = PRODUCTS.flatMap((product) =>
  product.variants.length === 0 ? [itemOf(product, null)] : product.variants.map((variant) => itemOf(product, variant)),
);
export const CATEGORY_BY_SLUG: ReadonlyMap<string, Category> = new Map(CATEGORIES.map((one) => [one.slug, one]));

/** The items of a product, in the table's order. */
export function itemsOf(productId: string): ShopItem[] {
  return ITEMS.filter((item) => item.product.id === productId);
}

/** One item for each product of a category: what its page lists. */
export function shelf(slug: string): ShopItem[] {
  return PRODUCTS.filter((product) => product.category === slug).flatMap((product) => itemsOf(product.id).slice(0, 1));
}

/** The item's title with its size or colour. */
export function titleOf(item: ShopItem): string {
  return item.variant ? `${item.product.title}, ${item.variant.value}` : item.product.title;
}

function attributesOf(item: ShopItem): Record<string, string> {
  const variant = item.variant?.name === 'size' ? { size: item.variant.value } : {};
  return { ...item.product.attributes, color: item.color, ...variant };
}

/**
 * The catalogue as `PUT /v1/catalog/items` takes it.
 * @param origin where the shop is served, `http://localhost:8787`
 * @param now epoch milliseconds; items were created over the two years before, the same distance on every call
 */
export function catalogueItems(origin: string, now: number) {
  return ITEMS.map((item) => {
    const { product } = item;
    const age = seededRandom(fnv1a32(`created ${product.id}`))() ** 2 * 700 * DAY_MS;
    const isNew = age < 40 * DAY_MS;
    return {
      itemId: item.itemId,
      title: titleOf(item),
      url: `${origin}/demo/items/${item.itemId}`,
      imageUrl: `${origin}/demo/pictures/${item.itemId}.svg`,
      price: item.price,
      ...(item.pays < item.price ? { salePrice: item.pays } : {}),
      currency: CURRENCY,
      availability: item.stock > 0 ? ('in_stock' as const) : ('out_of_stock' as const),
      stock: item.stock,
      brand: product.brand,
      categories: [CATEGORY_BY_SLUG.get(product.category)?.path ?? product.category],
      attributes: attributesOf(item),
      tags: [...product.tags, ...(item.pays < item.price ? ['sale'] : []), ...(isNew ? ['new'] : [])],
      ...(item.variant ? { groupId: product.id } : {}),
      createdAt: new Date(now - age).toISOString(),
    };
  });
}
