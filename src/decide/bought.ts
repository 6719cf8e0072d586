import { recentlyBought } from '../purchases/recently-bought.ts';
import { refill } from '../purchases/refill.ts';
import { keyOfItem } from '../recommendations/situation.ts';
import { alternatives } from '../recommendations/strategies/alternatives.ts';
import type { Scene } from './scene.ts';
import type { BoughtItemAnswer, RefillAnswer } from './schema-lists.ts';

/** Items of an answer for which something else is looked for: each costs as much as a placement. */
const MOST_ALTERNATIVES = 5;

const iso = (at: number): string => new Date(at).toISOString();

/** What stands in for an item that cannot be had: the best by the shop's own terms, which the visitor has not hidden. */
function standIn(scene: Scene, itemId: string, hidden: ReadonlySet<number>): BoughtItemAnswer['alternative'] {
  const { catalogue, situation, config } = scene;
  const page = { itemId, key: keyOfItem(catalogue, itemId), category: null };
  const isOpen = (slot: number): boolean => !hidden.has(catalogue.keyOf(slot));
  const found = alternatives({ ...situation, page }, { alternatives: config.alternatives, isOpen });
  const slot = found.size === 0 ? -1 : found.slot(0);
  if (slot < 0) return null;
  const price = catalogue.price(slot, situation.market);
  return {
    itemId: catalogue.itemId(slot),
    title: catalogue.title(slot, situation.locale),
    price: Number.isNaN(price) ? null : price,
    currency: Number.isNaN(price) ? null : catalogue.currency(slot, situation.market) || scene.currency,
    reasons: found.reasons(0),
  };
}

/** What the visitor bought, newest first, against today; and the basket that buys it again. */
export function boughtOf(scene: Scene, count: number): { recentlyBought: BoughtItemAnswer[]; basket: RefillAnswer } {
  const { catalogue, situation, currency, cart } = scene;
  const { market, locale } = situation;
  const { orders = [], hidden = [] } = scene.asker.profile ?? {};
  const bought = recentlyBought(orders, { catalogue, hidden, count, locale, market, currency });
  const unwanted = new Set(hidden.map((itemId) => keyOfItem(catalogue, itemId)));
  let looked = 0;
  const answered = bought.map((entry): BoughtItemAnswer => {
    const isThere = entry.title !== null && catalogue.isAvailable(catalogue.indexOf(entry.itemId), market);
    const alternative = isThere || looked >= MOST_ALTERNATIVES ? null : standIn(scene, entry.itemId, unwanted);
    if (!isThere) looked += 1;
    return {
      ...entry,
      lastBoughtAt: iso(entry.lastBoughtAt),
      dueAt: entry.dueAt === null ? null : iso(entry.dueAt),
      alternative,
    };
  });
  return { recentlyBought: answered, basket: refill(bought, { catalogue, market, currency, cart }) };
}
