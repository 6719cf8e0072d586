/** What a flush teaches, its items turned into card keys. Pure. */
import type { Catalogue } from '../catalog/catalogue.ts';
import { hourIn } from '../decide/hour.ts';
import { atHour } from '../learning/contexts.ts';
import type { KeyedBasket } from '../learning/learn.ts';
import type { LearnBatch } from '../learning/log.ts';
import { FIRST_VIEWS } from '../learning/persona-trials.ts';
import type { Flush } from '../learning/schema.ts';
import { personaTag } from '../personas/tag.ts';
import { key53 } from '../shared/hash.ts';

/** The card key of an item: the catalogue's (which knows groups), or of the itemId where the catalogue does not know it. */
export function keysBy(catalogue: Pick<Catalogue, 'indexOf' | 'keyOf'>): (itemId: string) => number {
  return (itemId) => {
    const slot = catalogue.indexOf(itemId);
    return slot < 0 ? key53(itemId) : catalogue.keyOf(slot);
  };
}

/**
 * @param claimed orderIds that this flush was the first to report: only their baskets teach, once each
 * @param keyOf see {@link keysBy}
 * @param timeZone of the shop, by whose clock it is morning or evening
 * @returns for the learner; `events` is how many interactions it teaches
 */
export function teach(
  flush: Pick<Flush, 'flushId' | 'network' | 'persona' | 'before' | 'context' | 'views' | 'orders'>,
  claimed: readonly string[],
  { keyOf, timeZone }: { keyOf: (itemId: string) => number; timeZone: string },
): LearnBatch {
  const persona = flush.persona === undefined ? {} : { persona: personaTag(flush.persona) };
  const contextAt = (at: number) => ({ context: atHour(flush.context ?? 0, hourIn(at, timeZone)) });
  const views = flush.views.map((view) => ({
    key: keyOf(view.itemId),
    at: view.at,
    previous: view.previous.map(keyOf),
    length: view.length,
    own: view.own,
    ...(view.session === undefined ? {} : { session: view.session }),
    ...persona,
    ...(flush.before === undefined || view.length > FIRST_VIEWS ? {} : { before: personaTag(flush.before) }),
    ...contextAt(view.at),
  }));
  const unclaimed = new Set(claimed);
  const baskets: KeyedBasket[] = [];
  for (const order of flush.orders) {
    if (!order.learn || !unclaimed.delete(order.orderId)) continue;
    const keys = order.lines.map((line) => keyOf(line.itemId));
    const isKnown = order.lines.some((line) => line.repeat !== undefined);
    const repeats = isKnown ? { repeats: order.lines.map((line) => line.repeat ?? 2) } : {};
    const past = order.past?.map(([itemId, weight]) => ({ key: keyOf(itemId), weight }));
    const told = { ...repeats, ...(past === undefined ? {} : { past }) };
    baskets.push({ keys, at: order.at, learn: true, ...persona, ...contextAt(order.at), ...told });
  }
  const { flushId, network } = flush;
  const events = views.length + baskets.length;
  return { flushId, ...(network === undefined ? {} : { network }), views, baskets, events };
}
