/** Rows of an orders file as orders: purchases, and what was given back. */
import type { Columns } from './columns.ts';
import { grouped, tooLate } from './group.ts';
import type { Row } from './read.ts';
import { countryOf, flagOf, momentOf, numberOf, textOf } from './values.ts';

export interface ImportedLine {
  itemId: string;
  /** Above 0, also of refunds. */
  quantity: number;
  /** Of one piece, null when the file does not say. */
  price: number | null;
}

export interface ImportedOrder {
  orderId: string;
  customerId: string | null;
  /** Epoch milliseconds. */
  at: number;
  /** Null: the shop's. */
  currency: string | null;
  gift: boolean;
  refund: boolean;
  /** Two letters (ISO 3166); null when the file does not say. */
  country: string | null;
  /** Distinct items. */
  lines: ImportedLine[];
  /** Of the file, where it begins. */
  line: number;
}

interface OrderRow extends ImportedLine {
  orderId: string;
  customerId: string;
  at: number;
  currency: string;
  gift: boolean;
  refund: boolean;
  country: string | null;
  line: number;
}

export interface OrderOptions {
  isSkipped: (itemId: string) => boolean;
  /** Told of every row that is not taken. */
  refused: (reason: string, row: Row) => void;
}

type Cell = (field: string) => unknown;

function priceOf(cell: Cell, quantity: number): number | null {
  const price = numberOf(cell('price'));
  if (price !== null) return price;
  const total = numberOf(cell('total'));
  return total === null ? null : Math.abs(total / quantity);
}

/** @returns the row as a line of an order, or why it is refused */
function orderRow(row: Row, columns: Columns, options: OrderOptions): OrderRow | string {
  const cell: Cell = (field) => (columns[field] === undefined ? undefined : row.fields[columns[field]]);
  if (row.broken !== null) return row.broken;
  const orderId = textOf(cell('orderId'));
  const itemId = textOf(cell('itemId'));
  const at = momentOf(cell('at'));
  if (orderId === '') return 'no order id';
  if (itemId === '') return 'no item id';
  if (Number.isNaN(at)) return 'the time is not understood (unix seconds, milliseconds or ISO 8601)';
  if (options.isSkipped(itemId)) return 'not merchandise (--skip-items)';
  const quantity = columns.quantity === undefined ? 1 : (numberOf(cell('quantity')) ?? 1);
  if (Number.isNaN(quantity)) return 'the quantity is not a number';
  if (quantity === 0) return 'the quantity is 0';
  const price = priceOf(cell, quantity);
  if (Number.isNaN(price)) return 'the price is not a number';
  if (price !== null && price <= 0) return 'the price is 0 or negative';
  return {
    orderId,
    itemId,
    at,
    price,
    quantity: Math.abs(quantity),
    customerId: textOf(cell('customerId')),
    currency: textOf(cell('currency')).toUpperCase(),
    gift: flagOf(cell('gift')),
    refund: quantity < 0 || flagOf(cell('cancelled')),
    country: countryOf(cell('country')),
    line: row.line,
  };
}

/** An NDJSON row may be a whole order with its lines in a list: each is then read like a row, with the order's own fields beside. */
function* spread(row: Row, columns: Columns): Generator<Row> {
  const list = columns.items === undefined ? undefined : row.fields[columns.items];
  if (!Array.isArray(list)) {
    yield row;
    return;
  }
  for (const inner of list) {
    const fields = typeof inner === 'object' && inner !== null ? { ...row.fields, ...inner } : { ...row.fields };
    yield { line: row.line, fields, broken: row.broken };
  }
}

async function* orderRows(rows: AsyncIterable<Row>, columns: Columns, options: OrderOptions): AsyncGenerator<OrderRow> {
  for await (const outer of rows) {
    for (const row of spread(outer, columns)) {
      const line = orderRow(row, columns, options);
      if (typeof line === 'string') options.refused(line, row);
      else yield line;
    }
  }
}

/** Rows of one item become one line: quantities are added up, the price is their mean, so that the order's value stays. */
function linesOf(rows: readonly OrderRow[]): ImportedLine[] {
  const lines = new Map<string, ImportedLine>();
  for (const { itemId, quantity, price } of rows) {
    const known = lines.get(itemId);
    if (known === undefined) {
      lines.set(itemId, { itemId, quantity, price });
      continue;
    }
    const paid = known.price === null || price === null ? null : known.price * known.quantity + price * quantity;
    known.quantity += quantity;
    known.price = paid === null ? (known.price ?? price) : Math.round((paid / known.quantity) * 1e4) / 1e4;
  }
  return [...lines.values()];
}

function orderOf(rows: readonly OrderRow[], refund: boolean): ImportedOrder | null {
  const chosen = rows.filter((row) => row.refund === refund);
  const first = chosen[0];
  if (first === undefined) return null;
  return {
    orderId: first.orderId,
    customerId: rows.find((row) => row.customerId !== '')?.customerId ?? null,
    at: first.at,
    currency: first.currency || null,
    gift: first.gift,
    refund,
    country: first.country,
    lines: linesOf(chosen),
    line: first.line,
  };
}

/**
 * The orders of a file, in the order in which they end. An order with lines of both signs is a purchase and a refund.
 * @param columns see `columnsOf`
 */
export async function* ordersOf(
  rows: AsyncIterable<Row>,
  columns: Columns,
  options: OrderOptions,
): AsyncGenerator<ImportedOrder> {
  const late = ({ line }: OrderRow) => options.refused(tooLate('order'), { line, fields: {}, broken: null });
  for await (const { rows: together } of grouped(orderRows(rows, columns, options), (row) => row.orderId, late)) {
    for (const refund of [false, true]) {
      const order = orderOf(together, refund);
      if (order !== null) yield order;
    }
  }
}

/** Money of the lines whose price is known, in whole hundredths. */
export function worthOf(lines: readonly ImportedLine[]): number {
  return Math.round(lines.reduce((sum, line) => sum + (line.price ?? 0) * line.quantity, 0) * 100) / 100;
}

/**
 * A test for item ids that are no merchandise.
 * @param patterns ids, exact and with their letter case; a `*` at the end stands for any rest
 */
export function skipping(patterns: readonly string[]): (itemId: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  const beginnings = patterns.filter((pattern) => pattern.endsWith('*')).map((pattern) => pattern.slice(0, -1));
  return (itemId) => exact.has(itemId) || beginnings.some((beginning) => itemId.startsWith(beginning));
}
