/** The demo shop as files: its pages with their blanks, its pictures, and what its script and its search read. */
import type { Child } from 'hono/jsx';
import { CATEGORIES, ITEMS, titleOf } from '../catalogue/items.ts';
import { pictureOf } from '../pictures/picture.ts';
import type { Found } from '../search.ts';
import { indexItems } from '../search-index.ts';
import { CategoryPage, HomePage, NotFoundPage, SearchPage } from './browse.tsx';
import { AccountPage, BasketPage, CheckoutPage, ThanksPage } from './buy.tsx';
import { Card } from './cards.tsx';
import { ItemPage } from './item.tsx';
import { NotOpenPage } from './not-open.tsx';

const html = (page: Child): string => `<!doctype html>${page}`;

function pages(): [path: string, page: Child][] {
  return [
    ['home', <HomePage />],
    ['search', <SearchPage />],
    ['basket', <BasketPage />],
    ['checkout', <CheckoutPage />],
    ['thanks', <ThanksPage />],
    ['account', <AccountPage />],
    ['not-found', <NotFoundPage />],
    ['not-open', <NotOpenPage />],
    ...CATEGORIES.map((category): [string, Child] => [
      `categories/${category.slug}`,
      <CategoryPage category={category} />,
    ]),
    ...ITEMS.map((item): [string, Child] => [`items/${item.itemId}`, <ItemPage item={item} />]),
  ];
}

/** What the page's script needs to know of an item that somebody puts in the basket. */
const sold = () =>
  ITEMS.map((item) => ({
    itemId: item.itemId,
    title: titleOf(item),
    price: item.price,
    pays: item.pays,
    stock: item.stock,
  }));

const searched = (): Found[] =>
  indexItems().map(({ item, ...words }) => ({ ...words, card: String(<Card item={item} />) }));

/** Text by its path below the folder `demo` of the assets. @throws when an item has no picture */
export function demoFiles(): Map<string, string> {
  const files = new Map(pages().map(([path, page]) => [`pages/${path}.html`, html(page)]));
  for (const item of ITEMS) {
    const picture = pictureOf(item);
    if (picture === null) throw new Error(`${item.itemId} has no picture.`);
    files.set(`pictures/${item.itemId}.svg`, picture);
  }
  files.set('items.json', JSON.stringify(sold()));
  files.set('search.json', JSON.stringify(searched()));
  return files;
}
