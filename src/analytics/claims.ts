/**
 * Who reported an order, and what it counts. An order counts once per shop, with the figures of its most trusted reporter, less what was given back. What an
 * order counts depends on what was reported of it and not on the order in which the reports arrived. Pure.
 */
import type { OrderClaim } from '../experiments/schema-exposures.ts';
import type { AttributedLine, Order, OrderSource, Refund } from '../learning/schema.ts';
import type { CreditedMessage } from '../learning/schema-messages.ts';
import type { Counters } from './count.ts';

const RANK: Record<OrderSource, number> = { browser: 0, webhook: 1, server: 2 };

/** Where and as what an order is counted. */
export interface Figures {
  source: OrderSource;
  row: string;
  slot: string;
  /** ISO 4217, '?' when it was not said. */
  currency: string;
  value: number;
}

/** What is known of an order id. */
export interface Claim {
  /** The flush whose report of the order teaches; '' before there is one. */
  flushId: string;
  /** Whether that report teaches indeed. */
  teaches: boolean;
  /** Null before the order itself was reported, and for orders claimed before figures were kept: those stay as they are. */
  figures: Figures | null;
  refunds: Omit<Refund, 'orderId'>[];
  /** What recommendations brought about of it, by the most trusted reporter who knows of any; absent where nobody does. */
  attribution?: { source: OrderSource; at: number; currency: string; lines: AttributedLine[] };
  /** The messages that it came after, by the most trusted reporter who knows of any; absent where nobody does. */
  heard?: { source: OrderSource; at: number; messages: CreditedMessage[] };
  /** The part of a visitor's history, by its random name, whose unit counts the order in experiments; absent before anybody has asked for it. */
  countedBy?: string;
}

export const UNCLAIMED: Claim = { flushId: '', teaches: false, figures: null, refunds: [] };

/** The refunds that count: nobody who is less trusted than the order's reporter gives anything back, and nobody in another currency. */
export function givenBack({ figures, refunds }: Claim): Claim['refunds'] {
  if (figures === null) return [];
  const { currency, source } = figures;
  return refunds.filter(
    (refund) => RANK[refund.source] >= RANK[source] && (refund.currency === '' || refund.currency === currency),
  );
}

/** What an order adds to the counters of its hour, by currency. */
export function standing(claim: Claim): Counters {
  if (claim.figures === null) return {};
  const { currency, value } = claim.figures;
  let back = 0;
  for (const refund of givenBack(claim)) back += refund.value ?? value;
  back = Math.min(value, back);
  const counters: Counters = { [`orders ${currency}`]: 1, [`revenue ${currency}`]: value - back };
  if (back > 0) counters[`refunded ${currency}`] = back;
  return counters;
}

/**
 * The claim after a report of the order.
 * @param place the row and the slot in which the order is counted
 * @returns null when the report changes nothing
 */
export function claimed(
  before: Claim,
  order: Order,
  { flushId, place }: { flushId: string; place: { row: string; slot: string } },
): Claim | null {
  const source = order.source ?? 'browser';
  // An order that was claimed before figures were kept cannot be corrected by a difference.
  if (before.flushId !== '' && before.figures === null) return null;
  const after = withHeard(withAttribution(before, order, source), order, source);
  if (before.figures !== null && RANK[source] <= RANK[before.figures.source]) return after === before ? null : after;
  const { value, currency } = order;
  const figures = { source, ...place, currency: currency === '' ? '?' : currency, value };
  // What was taught is not taught again by somebody else.
  const teacher = before.teaches ? { flushId: before.flushId, teaches: true } : { flushId, teaches: order.learn };
  return { ...after, ...teacher, figures };
}

/** Who reports an order need not know by what it was brought about: a shop's server reports what a browser has clicked its way to. */
function withAttribution(before: Claim, { at, currency, attributed }: Order, source: OrderSource): Claim {
  if (attributed === undefined) return before;
  if (before.attribution !== undefined && RANK[source] <= RANK[before.attribution.source]) return before;
  return { ...before, attribution: { source, at, currency: currency === '' ? '?' : currency, lines: attributed } };
}

function withHeard(before: Claim, { at, heard }: Order, source: OrderSource): Claim {
  if (heard === undefined || (before.heard !== undefined && RANK[source] <= RANK[before.heard.source])) return before;
  return { ...before, heard: { source, at, messages: heard } };
}

/** The claim after a unit has asked to count the order in its experiments: the first one does. @returns null where somebody does already */
export function countedFor(before: Claim, { parts: [part] }: OrderClaim): Claim | null {
  return before.countedBy !== undefined || part === undefined ? null : { ...before, countedBy: part };
}

/** The claim after a refund. @returns null when it is known already */
export function refunded(before: Claim, refund: Refund): Claim | null {
  if (before.refunds.some((known) => known.refundId === refund.refundId)) return null;
  const { orderId: _orderId, ...kept } = refund;
  return { ...before, refunds: [...before.refunds, kept] };
}
