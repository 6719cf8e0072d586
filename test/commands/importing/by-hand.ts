/** What a file of invoices says, counted without any of the code that imports it. */

export interface Line {
  invoice: string;
  sku: string;
  /** Negative where something was given back. */
  quantity: number;
  /** Epoch milliseconds. */
  at: number;
  price: number;
  customer: string;
}

export interface Bought {
  itemId: string;
  lastBoughtAt: string;
  times: number;
  quantity: number;
}

/** @param noGoods skus to leave out; those that end in `*` stand for all that begin so */
export function linesOf(text: string, noGoods: readonly string[]): Line[] {
  const isGood = (sku: string) =>
    !noGoods.some((no) => (no.endsWith('*') ? sku.startsWith(no.slice(0, -1)) : sku === no));
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'))
    .map(([invoice = '', sku = '', quantity, time, price, customer = '']) => ({
      invoice,
      sku,
      quantity: Number(quantity),
      at: Number(time) * 1000,
      price: Number(price),
      customer,
    }))
    .filter((line) => isGood(line.sku) && line.price > 0);
}

/** Those who gave nothing back, by the number of their invoices. */
export function busiestCustomers(lines: readonly Line[]): string[] {
  const gaveBack = new Set(lines.filter((line) => line.quantity < 0).map((line) => line.customer));
  const invoices = Map.groupBy(lines, (line) => line.customer);
  const count = (customer: string) => new Set(invoices.get(customer)?.map((line) => line.invoice)).size;
  return [...invoices.keys()]
    .filter((customer) => customer !== '' && !gaveBack.has(customer))
    .sort((a, b) => count(b) - count(a));
}

/** The purchases of a customer who gave nothing back. */
export function boughtIn(lines: readonly Line[], customer: string): Bought[] {
  const items = Map.groupBy(
    lines.filter((line) => line.customer === customer),
    (line) => line.sku,
  );
  return [...items].map(([itemId, rows]) => ({
    itemId,
    lastBoughtAt: new Date(Math.max(...rows.map((row) => row.at))).toISOString(),
    times: new Set(rows.map((row) => row.invoice)).size,
    quantity: rows.reduce((sum, row) => sum + row.quantity, 0),
  }));
}

function invoicesWith(lines: readonly Line[], sku: string): Set<string> {
  return new Set(lines.filter((line) => line.sku === sku && line.quantity > 0).map((line) => line.invoice));
}

/** How many invoices have both items. */
export function together(lines: readonly Line[], a: string, b: string): number {
  return invoicesWith(lines, a).intersection(invoicesWith(lines, b)).size;
}

/** Of items that are in 20 to 60 invoices: the two that share most of theirs. */
export function closestPair(lines: readonly Line[]): [string, string] {
  const often = [...new Set(lines.map((line) => line.sku))]
    .map((sku) => ({ sku, invoices: invoicesWith(lines, sku) }))
    .filter(({ invoices }) => invoices.size >= 20 && invoices.size <= 60);
  let best: { share: number; pair: [string, string] } = { share: 0, pair: ['', ''] };
  for (const [i, a] of often.entries())
    for (const b of often.slice(i + 1)) {
      const shared = a.invoices.intersection(b.invoices).size;
      const share = shared / Math.sqrt(a.invoices.size * b.invoices.size);
      if (share > best.share) best = { share, pair: [a.sku, b.sku] };
    }
  return best.pair;
}
