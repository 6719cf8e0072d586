import type { Attention, Offer } from './schema.ts';

/** Offers that are remembered one by one; older ones count in the totals only. */
const MOST_OFFERS = 200;
/** Of them such as waited in vain: the page may still say that it did show them. */
const MOST_LAPSED = 50;
/** Messages whose totals and dismissals are remembered. */
const MOST_KEYS = 500;

function trimmed(record: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(record);
  return Object.fromEntries(entries.slice(Math.max(0, entries.length - MOST_KEYS)));
}

/** One more of each, those counted last at the end. */
function more(totals: Attention['totals'], offers: readonly Offer[]): Attention['totals'] {
  const sums = { ...totals };
  for (const { key } of offers) {
    const before = sums[key] ?? 0;
    delete sums[key];
    sums[key] = before + 1;
  }
  return trimmed(sums);
}

const isLapsed = ({ waits }: Offer, now: number): boolean => waits !== undefined && waits.lapsesAt <= now;

/** The attention after something was offered. */
export function spend(spent: Attention, offers: readonly Offer[]): Attention {
  const [last] = offers;
  if (last === undefined) return spent;
  const lapsed = spent.offers.filter((one) => isLapsed(one, last.at));
  const forgotten = new Set(lapsed.slice(0, Math.max(0, lapsed.length - MOST_LAPSED)));
  const known = forgotten.size === 0 ? spent.offers : spent.offers.filter((one) => !forgotten.has(one));
  const totals = more(
    spent.totals,
    offers.filter((one) => one.waits === undefined),
  );
  return { ...spent, offers: [...known, ...offers].slice(-MOST_OFFERS), totals };
}

/** What stands against more of it at a time: what was spent, and what has a place held until its moment comes. */
export function standing(spent: Attention, now: number): Attention {
  const waiting = spent.offers.filter((one) => one.waits !== undefined);
  if (waiting.length === 0) return spent;
  const offers = spent.offers.filter((one) => !isLapsed(one, now));
  const held = waiting.filter((one) => !isLapsed(one, now));
  return { ...spent, offers, totals: more(spent.totals, held) };
}

/** The attention after pages were left on which these found no moment: their places are free. @param ids impressionIds */
export function release(spent: Attention, ids: readonly string[]): Attention {
  const isLeft = ({ waits }: Offer): boolean => waits !== undefined && waits.lapsesAt > 0 && ids.includes(waits.id);
  if (!spent.offers.some(isLeft)) return spent;
  const offers = spent.offers.map((one) =>
    isLeft(one) && one.waits !== undefined ? { ...one, waits: { ...one.waits, lapsesAt: 0 } } : one,
  );
  return { ...spent, offers };
}

/** The attention after these were shown, however long they had waited. @param shown when, by impressionId */
export function settled(spent: Attention, shown: ReadonlyMap<string, number>): Attention {
  const isShown = ({ waits }: Offer): boolean => waits !== undefined && shown.has(waits.id);
  const now = spent.offers.filter(isShown);
  if (now.length === 0) return spent;
  const counted = now.map(
    ({ waits, ...one }): Offer => ({ ...one, at: Math.max(one.at, shown.get(waits?.id ?? '') ?? 0) }),
  );
  const offers = [...spent.offers.filter((one) => !isShown(one)), ...counted].sort((a, b) => a.at - b.at);
  return { ...spent, offers, totals: more(spent.totals, now) };
}

/** The attention after a visitor has sent something away. */
export function dismiss(spent: Attention, key: string, at: number): Attention {
  if ((spent.dismissed[key] ?? Number.NEGATIVE_INFINITY) >= at) return spent;
  return { ...spent, dismissed: trimmed({ ...spent.dismissed, [key]: at }) };
}

/** What two devices of one customer have spent together. Offers of both count; of dismissals the later. */
export function mergeAttention(a: Attention, b: Attention): Attention {
  const offers = [...a.offers, ...b.offers].sort((one, other) => one.at - other.at).slice(-MOST_OFFERS);
  const totals = { ...a.totals };
  for (const [key, times] of Object.entries(b.totals)) totals[key] = (totals[key] ?? 0) + times;
  const dismissed = { ...a.dismissed };
  for (const [key, at] of Object.entries(b.dismissed)) dismissed[key] = Math.max(dismissed[key] ?? at, at);
  return { offers, totals: trimmed(totals), dismissed: trimmed(dismissed) };
}

/** What was spent from a time on, and nothing that was remembered from before it. */
export function attentionSince(spent: Attention, at: number): Attention {
  const offers = spent.offers.filter((offer) => offer.at >= at);
  const totals: Record<string, number> = {};
  for (const { key, waits } of offers) if (waits === undefined) totals[key] = (totals[key] ?? 0) + 1;
  return {
    offers,
    totals,
    dismissed: Object.fromEntries(Object.entries(spent.dismissed).filter((one) => one[1] >= at)),
  };
}
