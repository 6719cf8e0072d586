import { DAY_MS } from '../shared/decay.ts';
import { fnv1a32 } from '../shared/hash.ts';
import { type Random, sample, seededRandom } from '../shared/random.ts';
import { COMPANIONS } from './catalogue/companions.ts';
import { CURRENCY, ITEMS, itemsOf, PRODUCTS, type ShopItem } from './catalogue/items.ts';
import type { Product } from './catalogue/product.ts';
import { TASTES, type Taste } from './tastes.ts';

export interface SimulatedEvent {
  eventId: string;
  visitorId: string;
  name: 'view_item' | 'search' | 'add_to_cart' | 'purchase';
  timestamp: string;
  items?: { itemId: string; price: number; quantity?: number }[];
  query?: string;
  orderId?: string;
  currency?: string;
  value?: number;
}

export interface Shopper {
  visitorId: string;
  taste: string;
  /** In order of time. */
  events: SimulatedEvent[];
}

export interface Simulation {
  count: number;
  /** The same seed gives the same shoppers, orders and event ids, whatever the time. */
  seed: string;
  /** Epoch milliseconds. All events lie in the 30 days before, and none in the last hour. */
  now: number;
}

const SPAN_MS = 30 * DAY_MS;
const QUIET_MS = 3_600_000;
const PRODUCT_BY_ID = new Map(PRODUCTS.map((product) => [product.id, product]));
const COMPANIONS_OF = companionsByProduct();

/** Some things are simply liked more: a share that falls with a seeded rank. */
const APPEAL = new Map(PRODUCTS.map(({ id }) => [id, 0.25 + seededRandom(fnv1a32(`appeal ${id}`))() ** 3 * 2]));

function companionsByProduct(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const set of COMPANIONS) {
    for (const id of set) found.set(id, [...(found.get(id) ?? []), ...set.filter((other) => other !== id)]);
  }
  return found;
}

function pick<T>(from: readonly T[], weightOf: (one: T) => number, random: Random): T {
  const total = from.reduce((sum, one) => sum + weightOf(one), 0);
  let left = random() * total;
  for (const one of from) {
    left -= weightOf(one);
    if (left <= 0) return one;
  }
  return from[from.length - 1] as T;
}

/** How much a shopper of a taste is drawn to a product. */
function draw(taste: Taste, product: Product): number {
  const bargain = product.salePrice === null ? 1 : taste.likesSales;
  const gift = product.tags.includes('gift') ? taste.likesGifts : 1;
  return (taste.categories[product.category] ?? 0.15) * (APPEAL.get(product.id) ?? 1) * bargain * gift;
}

/** Where somebody who looks at a product goes next: to what belongs with it, to its like on the same shelf, or somewhere else altogether. */
function follow(product: Product, taste: Taste, random: Random): Product {
  const chance = random();
  const companions = COMPANIONS_OF.get(product.id);
  if (chance < 0.5 && companions) {
    const next = PRODUCT_BY_ID.get(pick(companions, (id) => APPEAL.get(id) ?? 1, random));
    if (next) return next;
  }
  if (chance < 0.82) {
    const shelf = PRODUCTS.filter((other) => other.category === product.category && other.id !== product.id);
    return pick(shelf, (other) => draw(taste, other) * (other.shape === product.shape ? 5 : 1), random);
  }
  return pick(PRODUCTS, (other) => draw(taste, other), random);
}

/** A product in the size or colour that this shopper always chooses. */
function variantFor(product: Product, visitorId: string): ShopItem {
  const items = itemsOf(product.id);
  return items[fnv1a32(`${visitorId} ${product.id}`) % items.length] ?? (ITEMS[0] as ShopItem);
}

/** What one shopper does, written down as it happens. */
interface Diary {
  visitorId: string;
  at: number;
  events: SimulatedEvent[];
  basket: Map<string, ShopItem>;
  bought: Product[];
  random: Random;
}

type Said = Omit<SimulatedEvent, 'eventId' | 'visitorId' | 'timestamp'>;

function write(diary: Diary, said: Said): void {
  diary.at += 12_000 + Math.floor(diary.random() * 70_000);
  diary.events.push({
    eventId: `${diary.visitorId}-${diary.events.length}`,
    visitorId: diary.visitorId,
    timestamp: new Date(diary.at).toISOString(),
    ...said,
  });
}

function view(diary: Diary, product: Product): ShopItem {
  const item = variantFor(product, diary.visitorId);
  write(diary, { name: 'view_item', items: [{ itemId: item.itemId, price: item.pays }] });
  return item;
}

function add(diary: Diary, item: ShopItem): void {
  if (item.stock === 0 || diary.basket.has(item.itemId)) return;
  diary.basket.set(item.itemId, item);
  write(diary, { name: 'add_to_cart', items: [{ itemId: item.itemId, price: item.pays, quantity: 1 }] });
}

function checkOut(diary: Diary): void {
  const items = [...diary.basket.values()].map((item) => ({
    itemId: item.itemId,
    price: item.pays,
    quantity: item.product.againWeeks !== null && diary.random() < 0.3 ? 2 : 1,
  }));
  const value = Math.round(items.reduce((sum, item) => sum + item.price * item.quantity, 0) * 100) / 100;
  const orderId = `${diary.visitorId}-order-${diary.events.length}`;
  write(diary, { name: 'purchase', orderId, currency: CURRENCY, value, items });
  diary.bought.push(...[...diary.basket.values()].map((item) => item.product));
  diary.basket.clear();
}

/** One visit: a search or a first look, some wandering, perhaps a basket, perhaps an order. */
function visit(diary: Diary, taste: Taste): void {
  const { random } = diary;
  let product = pick(PRODUCTS, (one) => draw(taste, one), random);
  if (random() < 0.25)
    write(diary, { name: 'search', query: sample(product.title.toLowerCase().split(' '), 1, random)[0] ?? product.id });
  const usual = diary.bought.filter((one) => one.againWeeks !== null && one.againWeeks <= 4);
  if (usual.length > 0 && random() < 0.75) for (const one of sample(usual, 2, random)) add(diary, view(diary, one));
  const steps = 2 + Math.floor(random() ** 1.6 * 9);
  for (let step = 0; step < steps; step++) {
    const item = view(diary, product);
    if (random() < (product.againWeeks === null ? 0.17 : 0.26) * taste.buys) {
      add(diary, item);
      for (const id of sample(COMPANIONS_OF.get(product.id) ?? [], 2, random)) {
        const companion = PRODUCT_BY_ID.get(id);
        if (companion && random() < 0.55) add(diary, view(diary, companion));
      }
    }
    product = follow(product, taste, random);
  }
  if (diary.basket.size > 0 && random() < 0.72) checkOut(diary);
}

function simulate(index: number, { seed, now }: Simulation): Shopper {
  const visitorId = `simulated-shopper-${String(index).padStart(5, '0')}`;
  const random = seededRandom(fnv1a32(`${seed} ${visitorId}`));
  const taste = pick(TASTES, (one) => one.share, random);
  const diary: Diary = { visitorId, at: 0, events: [], basket: new Map(), bought: [], random };
  const visits = 1 + Math.floor(random() ** 2.2 * 4);
  // Visits are parted by hours at least, lie in order, and the last one ends before the quiet hour: a visit lasts 40 minutes at most.
  const starts = Array.from({ length: visits }, () => random()).sort((a, b) => a - b);
  for (const start of starts) {
    const earliest = now - SPAN_MS + start * (SPAN_MS - QUIET_MS - 4 * QUIET_MS);
    diary.at = Math.max(Math.floor(earliest), diary.at + QUIET_MS);
    if (diary.at > now - 2 * QUIET_MS) break;
    visit(diary, taste);
  }
  return { visitorId, taste: taste.key, events: diary.events };
}

/**
 * Simulated shoppers of the demo shop: each has a taste, browses from one thing to what belongs with it, buys, and comes back for what is used up.
 * Their ids say that they are simulated. Pure: the same arguments give the same events.
 */
export function simulateShoppers(simulation: Simulation): Shopper[] {
  return Array.from({ length: simulation.count }, (_, index) => simulate(index, simulation));
}
