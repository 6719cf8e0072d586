/**
 * Who bought what in the last hours, to say what several people bought without knowing who: by hour and item, salted hashes of buyers that are dropped after
 * {@link BUYERS_HOURS}.
 */
import { fnv1a32 } from '../shared/hash.ts';
import type { LearnBatch } from './log.ts';
import { HOUR_MS } from './networks.ts';

/** How long it is kept who bought what. */
export const BUYERS_HOURS = 72;

/** Purchases kept of one hour: what lies beyond is not listed. */
const MOST_AN_HOUR = 20_000;

/** The hashes of those who bought an item, by the hour (since 1970) and by card key. */
export type Buyers = Map<number, Map<number, Set<number>>>;

/** An item that enough different people bought lately. */
export interface OthersPurchase {
  key: number;
  /** The hour since which so many as are needed bought it: the one thing that is said about when. */
  since: number;
  /** How many different people did, within the shop's window. */
  buyers: number;
}

export const hourOf = (at: number): number => Math.floor(at / HOUR_MS);

/** @returns the hour that changed, null when nothing did */
export function noteBuyer(
  buyers: Buyers,
  { keys, at, buyer }: { keys: readonly number[]; at: number; buyer?: number },
  now: number,
): number | null {
  const hour = hourOf(at);
  if (buyer === undefined || hour <= hourOf(now) - BUYERS_HOURS) return null;
  const items = buyers.get(hour) ?? new Map<number, Set<number>>();
  buyers.set(hour, items);
  let size = 0;
  for (const known of items.values()) size += known.size;
  if (size >= MOST_AN_HOUR) return null;
  for (const key of new Set(keys)) items.set(key, (items.get(key) ?? new Set()).add(buyer));
  return hour;
}

/** Drops what is older than it may be. @returns the oldest hour that is left, null when nothing is */
export function forgetBuyers(buyers: Buyers, now: number): number | null {
  for (const hour of buyers.keys()) if (hour <= hourOf(now) - BUYERS_HOURS) buyers.delete(hour);
  return buyers.size === 0 ? null : Math.min(...buyers.keys());
}

/**
 * The items that at least `buyers` different people bought within the last `hours` clock hours, the running one included.
 * @param now epoch milliseconds
 */
export function purchasesOfOthers(
  known: Buyers,
  { buyers: least, hours, now }: { buyers: number; hours: number; now: number },
): OthersPurchase[] {
  const first = hourOf(now) - hours + 1;
  const lastHours = new Map<number, Map<number, number>>();
  for (const [hour, items] of known) {
    if (hour < first) continue;
    for (const [key, hashes] of items) {
      const last = lastHours.get(key) ?? new Map<number, number>();
      lastHours.set(key, last);
      for (const hash of hashes) last.set(hash, Math.max(last.get(hash) ?? 0, hour));
    }
  }
  const purchases: OthersPurchase[] = [];
  for (const [key, last] of lastHours) {
    const since = [...last.values()].sort((a, b) => b - a)[least - 1];
    if (since !== undefined) purchases.push({ key, since, buyers: last.size });
  }
  return purchases.sort((a, b) => a.key - b.key);
}

/** An hour as it is stored: pairs of card key and hash. */
export function packHour(items: ReadonlyMap<number, ReadonlySet<number>>): Float64Array<ArrayBuffer> {
  return Float64Array.from([...items].flatMap(([key, hashes]) => [...hashes].flatMap((hash) => [key, hash])));
}

export function unpackHour(pairs: Float64Array): Map<number, Set<number>> {
  const items = new Map<number, Set<number>>();
  for (let at = 0; at < pairs.length; at += 2) {
    const key = pairs[at] ?? 0;
    items.set(key, (items.get(key) ?? new Set()).add(pairs[at + 1] ?? 0));
  }
  return items;
}

/** A batch whose orders say who bought, as nothing but a hash under the learner's own salt; of whom is not known, nothing. */
export function withBuyer({ sender, ...batch }: LearnBatch, salt: string): LearnBatch {
  if (sender === undefined) return batch;
  const buyer = fnv1a32(`${salt} ${sender}`) || 1;
  return { ...batch, baskets: batch.baskets.map((basket) => ({ ...basket, buyer })) };
}
