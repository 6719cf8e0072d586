/** Orders as the events of their customers: what is posted so that each customer's object knows what was bought. */
import { createHash } from 'node:crypto';
import { key53 } from '../../shared/hash.ts';
import { type ImportedLine, type ImportedOrder, worthOf } from './orders.ts';

/** What is left of the lines of a customer's orders, so that what was given back finds the order it came from. */
interface Account {
  orderIds: string[];
  /** Triples: key of the item, index of its order, pieces that are left. Flat, since there are as many as the file has lines. */
  left: number[];
}

export type Ledger = Map<string, Account>;

function remember(account: Account, order: ImportedOrder): void {
  const index = account.orderIds.push(order.orderId) - 1;
  for (const line of order.lines) account.left.push(key53(line.itemId), index, line.quantity);
}

/**
 * Finds the orders that a refund takes from: those with the item, the newest first. Changes what is left of them.
 * @returns the lines by order, and those for which no order has enough left
 */
function settle(
  account: Account,
  refund: ImportedOrder,
): { byOrder: Map<string, ImportedLine[]>; open: ImportedLine[] } {
  const byOrder = new Map<string, ImportedLine[]>();
  const open: ImportedLine[] = [];
  for (const line of refund.lines) {
    const key = key53(line.itemId);
    let wanted = line.quantity;
    for (let at = account.left.length - 3; at >= 0 && wanted > 0; at -= 3) {
      const available = account.left[at + 2] ?? 0;
      if (account.left[at] !== key || available <= 0) continue;
      const quantity = Math.min(wanted, available);
      account.left[at + 2] = available - quantity;
      wanted -= quantity;
      const orderId = account.orderIds[account.left[at + 1] ?? -1] ?? '';
      byOrder.set(orderId, [...(byOrder.get(orderId) ?? []), { ...line, quantity }]);
    }
    if (wanted > 0) open.push({ ...line, quantity: wanted });
  }
  return { byOrder, open };
}

/** The same part of the same order has the same id, whichever file it comes from: a repeat is known where it arrives. */
function eventIdOf(...parts: readonly string[]): string {
  return `import-${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22)}`;
}

export interface HistoryEvent {
  at: number;
  /** JSON. */
  text: string;
  /** Of the file. */
  line: number;
}

function eventOf(
  name: 'purchase' | 'refund',
  order: ImportedOrder,
  parts: { orderId: string; lines: readonly ImportedLine[]; currency: string | null },
): HistoryEvent {
  const customerId = order.customerId ?? '';
  const currency = order.currency ?? parts.currency;
  const items = parts.lines.map(({ itemId, quantity, price }) =>
    price === null ? { itemId, quantity } : { itemId, price, quantity },
  );
  const isPriced = parts.lines.every((line) => line.price !== null);
  const event = {
    eventId: eventIdOf(name, customerId, order.orderId, parts.orderId),
    name,
    customerId,
    timestamp: new Date(order.at).toISOString(),
    orderId: parts.orderId,
    ...(currency === null ? {} : { currency }),
    ...(isPriced ? { value: worthOf(parts.lines) } : {}),
    ...(order.gift ? { gift: true } : {}),
    items,
    learn: false,
  };
  return { at: order.at, text: JSON.stringify(event), line: order.line };
}

/**
 * Consent to what follows, as of the customer's first order: without any, the shop's default would decide whether the history may be shown. Whatever
 * the customer says or has said later is newer, and stays.
 */
function consentOf(order: ImportedOrder & { customerId: string }): HistoryEvent {
  const event = {
    eventId: eventIdOf('consent', order.customerId),
    name: 'custom',
    key: 'consent',
    properties: { consent: 'personal' },
    customerId: order.customerId,
    timestamp: new Date(order.at).toISOString(),
    learn: false,
  };
  return { at: order.at, text: JSON.stringify(event), line: order.line };
}

/**
 * The events of one order of a known customer. Orders must come before what is given back of them.
 * @param currency where the order names none; null leaves it to the shop
 * @returns the events, and lines that were given back without having been bought before
 */
export function eventsOf(
  order: ImportedOrder & { customerId: string },
  ledger: Ledger,
  currency: string | null,
): { events: HistoryEvent[]; open: ImportedLine[] } {
  const known = ledger.get(order.customerId);
  const account = known ?? { orderIds: [], left: [] };
  const first = known === undefined ? [consentOf(order)] : [];
  if (known === undefined) ledger.set(order.customerId, account);
  if (!order.refund) {
    remember(account, order);
    const purchase = { orderId: order.orderId, lines: order.lines, currency };
    return { events: [...first, eventOf('purchase', order, purchase)], open: [] };
  }
  const { byOrder, open } = settle(account, order);
  const refunds = [...byOrder].map(([orderId, lines]) => eventOf('refund', order, { orderId, lines, currency }));
  return { events: [...first, ...refunds], open };
}

/**
 * Gathers events by customer, so that a customer's object is called once for many orders rather than once for each.
 * Holds a bounded number of bytes; whoever fills it empties it.
 */
export interface Spool {
  byCustomer: Map<string, HistoryEvent[]>;
  bytes: number;
}

/** UTF-16 code units of JSON. */
export const SPOOL_FULL = 48_000_000;

export function createSpool(): Spool {
  return { byCustomer: new Map(), bytes: 0 };
}

export function gather(spool: Spool, customerId: string, events: readonly HistoryEvent[]): void {
  const known = spool.byCustomer.get(customerId);
  if (known === undefined) spool.byCustomer.set(customerId, [...events]);
  else known.push(...events);
  for (const event of events) spool.bytes += event.text.length;
}

/** Empties the spool: customers in the order in which they came, each one's events by time. */
export function* emptied(spool: Spool): Generator<{ customerId: string; events: HistoryEvent[] }> {
  const { byCustomer } = spool;
  spool.byCustomer = new Map();
  spool.bytes = 0;
  for (const [customerId, events] of byCustomer) yield { customerId, events: events.sort((a, b) => a.at - b.at) };
}
