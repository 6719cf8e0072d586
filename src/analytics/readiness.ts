/** What works already and what it is waiting for. Pure. */
import { EVENT_NAMES } from '../events/schema.ts';
import { LEAST_TRIALS } from '../learning/contexts.ts';
import type { Contexts } from '../learning/schema.ts';
import { LEAST_CUSTOMERS } from '../personas/quantiles.ts';

/** What is there, as counted and as published. */
export interface Evidence {
  /** Items that the catalogue has. */
  items: number;
  /** Views that the published cards know, decayed, whether they came as events or by import. */
  views: number;
  /** Orders of the item that is in most orders, in the published counts: there were at least as many orders. */
  bought: number;
  /** Events taken, by name. */
  byName: Readonly<Record<string, number>>;
  /** Orders claimed. */
  orders: number;
  /** How many different people it takes to show what they bought. */
  leastBuyers: number;
}

/** Below these the answers are mostly chance, and the fallback serves better. */
export const NEEDED = {
  /** Views until "others went on to" says something. */
  views: 100,
  /** Purchases until "bought together" says something. */
  purchases: 20,
  /** Views until a trend is one. */
  trend: 20,
} as const;

/** `12 more purchases`, null when there are enough. */
export function more(needed: number, have: number, [one, many]: readonly [string, string]): string | null {
  const missing = Math.ceil(needed - have);
  if (missing <= 0) return null;
  return `${missing} more ${missing === 1 ? one : many}`;
}

const PUBLICATION = 'the next publication of the cards';

const ITEMS = ['item in the catalogue', 'items in the catalogue'] as const;
const VIEWS = ['view of an item', 'views of items'] as const;
const PURCHASES = ['purchase', 'purchases'] as const;
const EVENTS = ['event', 'events'] as const;

/**
 * What each capability still needs; null: it is live. What reads the cards is live once they are published.
 */
export function assess(evidence: Evidence): Record<string, string | null> {
  const views = Math.max(evidence.views, evidence.byName.view_item ?? 0);
  const orders = Math.max(evidence.orders, evidence.bought);
  const events = Object.values(evidence.byName).reduce((sum, one) => sum + one, 0);
  const shown = more(1, evidence.items, ITEMS);
  const viewed = evidence.views > 0 ? null : PUBLICATION;
  const bought = evidence.bought > 0 ? null : PUBLICATION;
  return {
    catalog: shown,
    events: more(1, events, EVENTS),
    personas: more(1, events, EVENTS),
    also_viewed: shown ?? more(NEEDED.views, views, VIEWS) ?? viewed,
    for_you: shown ?? more(NEEDED.views, views, VIEWS) ?? viewed,
    bought_together: shown ?? more(NEEDED.purchases, orders, PURCHASES) ?? bought,
    trending: shown ?? more(NEEDED.trend, views, VIEWS) ?? viewed,
    recently_viewed: shown ?? more(1, views, VIEWS),
    buy_again: shown ?? more(1, orders, PURCHASES),
    recently_bought: more(1, orders, PURCHASES),
    complete_the_basket: shown ?? more(NEEDED.purchases, orders, PURCHASES) ?? bought,
    basket_filler: shown,
    bestsellers: shown ?? more(1, orders, PURCHASES) ?? bought,
    new_arrivals: shown,
    recently_bought_by_others: shown ?? more(evidence.leastBuyers, orders, PURCHASES),
  };
}

const CUSTOMERS = ['customer', 'customers'] as const;

/** Whether the shop knows enough customers to say who of them spends much. @param customers of whom a sample is kept */
export function tiersOf(customers: number): { live: boolean; needs: string | null; customers: number } {
  const needs = more(LEAST_CUSTOMERS, customers, CUSTOMERS);
  return { live: needs === null, needs, customers };
}

/** Whether what is popular leans towards the visitor's persona, and why. @param trials undefined before there was one */
export function leaningOf(setting: 'auto' | 'on' | 'off', trials: Contexts[string] | undefined) {
  const on = setting === 'on' || (setting === 'auto' && trials?.isOn === true);
  const { trials: n = 0, gain = null, interval = null } = trials ?? {};
  const told =
    gain === null || n < LEAST_TRIALS
      ? `${LEAST_TRIALS - n} more first views of visitors whose persona was known before`
      : trials?.isOn
        ? 'popularity by persona tells more than popularity among everybody'
        : 'popularity by persona has not been shown to tell more than popularity among everybody';
  return { setting, on, trials: n, gain, interval, why: setting === 'auto' ? told : `learning.personas is ${setting}` };
}

/** Names of events that never arrived, in the order of the contract. */
export function unseenEvents(byName: Readonly<Record<string, number>>): string[] {
  return EVENT_NAMES.filter((name) => (byName[name] ?? 0) === 0);
}

/** Which placements do without one of their strategies, since it is not live yet, and therefore answer with the next or with their fallback. */
export function fallbacks(
  placements: Readonly<Record<string, { strategies: readonly { strategy: string }[] }>>,
  needs: Readonly<Record<string, string | null>>,
): { placement: string; strategy: string; needs: string }[] {
  return Object.entries(placements).flatMap(([placement, { strategies }]) =>
    strategies.flatMap(({ strategy }) => {
      const missing = needs[strategy];
      return missing == null ? [] : [{ placement, strategy, needs: missing }];
    }),
  );
}

interface PublishedCounts {
  readonly size: number;
  keyOf(index: number): number;
  views(index: number): number;
  bought(index: number): number;
}

/**
 * What the published counts amount to.
 * @param isKnown whether the catalogue has an item under a card key
 */
export function surveyCounts(
  counts: PublishedCounts,
  isKnown: (key: number) => boolean,
): { views: number; bought: number; unknown: number; items: number } {
  const survey = { views: 0, bought: 0, unknown: 0, items: counts.size };
  for (let index = 0; index < counts.size; index++) {
    survey.views += counts.views(index);
    survey.bought = Math.max(survey.bought, counts.bought(index));
    if (!isKnown(counts.keyOf(index))) survey.unknown += 1;
  }
  return survey;
}
