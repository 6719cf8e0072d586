import { recentlyBought } from '../purchases/recently-bought.ts';
import { refill } from '../purchases/refill.ts';
import { keyOfItem } from '../recommendations/situation.ts';
import { iso } from '../shared/iso.ts';
import type { Scene } from './scene.ts';
import type { BoughtItemAnswer, RefillAnswer } from './schema-lists.ts';
import { standInsFor } from './stand-ins.ts';

/** Items of an answer for which something else is looked for: the first time each costs as much as a placement. */
const MOST_ALTERNATIVES = 5;

/** What stands in for an item that cannot be had: the best that can, and that the visitor has not hidden. */
function standIn(scene: Scene, itemId: string, hidden: ReadonlySet<number>): BoughtItemAnswer['alternative'] {
  const { catalogue, situation } = scene;
  const { market, locale } = situation;
  const found = standInsFor(scene, itemId).find(
    ({ slot }) => catalogue.isAvailable(slot, market) && !hidden.has(catalogue.keyOf(slot)),
  );
  if (found === undefined) return null;
  const price = catalogue.price(found.slot, market);
  return {
    itemId: catalogue.itemId(found.slot),
    title: catalogue.title(found.slot, locale),
    price: Number.isNaN(price) ? null : price,
    currency: Number.isNaN(price) ? null : catalogue.currency(found.slot, market) || scene.currency,
    reasons: found.reasons,
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
