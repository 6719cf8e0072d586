import type { Attention, Offer } from './schema.ts';

/** Offers that are remembered one by one; older ones count in the totals only. */
const MOST_OFFERS = 200;
/** Messages whose totals and dismissals are remembered. */
const MOST_KEYS = 500;

function trimmed(record: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(record);
  return Object.fromEntries(entries.slice(Math.max(0, entries.length - MOST_KEYS)));
}

/** The attention after something was offered. */
export function spend(spent: Attention, offers: readonly Offer[]): Attention {
  if (offers.length === 0) return spent;
  const totals = { ...spent.totals };
  for (const { key } of offers) {
    const before = totals[key] ?? 0;
    delete totals[key];
    totals[key] = before + 1;
  }
  return { ...spent, offers: [...spent.offers, ...offers].slice(-MOST_OFFERS), totals: trimmed(totals) };
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
  for (const { key } of offers) totals[key] = (totals[key] ?? 0) + 1;
  return {
    offers,
    totals,
    dismissed: Object.fromEntries(Object.entries(spent.dismissed).filter((one) => one[1] >= at)),
  };
}
