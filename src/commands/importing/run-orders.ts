import { createCards } from '../../learning/cards.ts';
import { createSpool, emptied, eventsOf, gather, type Ledger, SPOOL_FULL } from './histories.ts';
import { type ImportedOrder, ordersOf } from './orders.ts';
import type { Work } from './progress.ts';
import { type Row, rowsOf } from './read.ts';
import { numeral, type Report, refuse } from './report.ts';
import { finish, type Prepared, type Run, resume, shown } from './run.ts';
import { createSender, type EventSender } from './run-events.ts';
import { keysBy, orderTeacher } from './teach.ts';
import { uploadCards } from './upload.ts';

interface Counted {
  purchases: number;
  refunds: number;
  lines: number;
  customers: Set<string>;
  /** Orders and refunds of known customers: what is posted as history. */
  histories: number;
  anonymous: number;
}

function count(counted: Counted, order: ImportedOrder): void {
  if (order.refund) counted.refunds++;
  else {
    counted.purchases++;
    counted.lines += order.lines.length;
    if (order.customerId === null) counted.anonymous++;
  }
  if (order.customerId === null) return;
  counted.histories++;
  counted.customers.add(order.customerId);
}

const hasCustomer = (order: ImportedOrder): order is ImportedOrder & { customerId: string } =>
  order.customerId !== null;

/** Reads the file once to learn from its baskets, and to know how much there is to send. */
async function learnOrders(run: Run, prepared: Prepared, report: Report): Promise<Counted> {
  const counted: Counted = {
    purchases: 0,
    refunds: 0,
    lines: 0,
    customers: new Set(),
    histories: 0,
    anonymous: 0,
  };
  const cards = createCards({ halfLifeMs: run.shop.halfLifeMs });
  const teacher = orderTeacher(cards, { keyOf: keysBy(await run.groups()), timeZone: run.shop.timeZone });
  const refused = (reason: string, row: Row) => refuse(report, reason, { line: row.line });
  const rows = shown(run, prepared, 'Orders');
  for await (const order of ordersOf(rows, prepared.columns, { isSkipped: run.isSkipped, refused })) {
    if (order.refund && order.customerId === null)
      refuse(report, 'given back by a customer who is not named', { line: order.line, detail: order.orderId });
    else count(counted, order);
    teacher.teach(order);
  }
  const { trials, again } = teacher.finish();
  run.progress.end();
  await uploadCards(run, cards, { prepared, report, what: 'bought together', trials, again });
  return counted;
}

async function post(run: Run, sender: EventSender, spool: ReturnType<typeof createSpool>): Promise<void> {
  for (const { customerId, events } of emptied(spool)) {
    run.signal.throwIfAborted();
    for (const event of events) await sender.add(`customers/${encodeURIComponent(customerId)}`, event);
  }
  await sender.flush();
}

/** Reads the file once more and posts what each customer bought and gave back. */
async function postHistories(run: Run, prepared: Prepared, { report, total }: { report: Report; total: number }) {
  const state = await resume(run, prepared, report);
  const ledger: Ledger = new Map();
  const spool = createSpool();
  const work: Work = { label: 'Histories', unit: 'events', total: null };
  run.progress.start(work);
  const sender = createSender(run, { state, report, dealt: (events) => run.progress.update(events) });
  const { rows } = rowsOf(prepared.file, prepared.opened);
  const options = { isSkipped: run.isSkipped, refused: () => undefined };
  let orders = 0;
  let made = 0;
  for await (const order of ordersOf(rows, prepared.columns, options)) {
    if (!hasCustomer(order)) continue;
    const { events, open } = eventsOf(order, ledger, run.options.currency);
    orders++;
    made += events.length;
    // A refund may be several events, or none: how many there will be is known when the last order is read, and estimated before.
    work.total = Math.round((made * total) / orders);
    for (const line of open)
      refuse(report, 'given back without having been bought in this file', {
        line: order.line,
        detail: `${line.quantity} × ${line.itemId} in ${order.orderId}`,
      });
    gather(spool, order.customerId, events);
    if (spool.bytes > SPOOL_FULL) await post(run, sender, spool);
  }
  await post(run, sender, spool);
  finish(run, state);
  run.progress.end();
  return sender.counts;
}

/** Turns the orders of a file into cards and into the histories of their customers. */
export async function importOrders(run: Run, prepared: Prepared, report: Report): Promise<void> {
  const counted = await learnOrders(run, prepared, report);
  report.taken.push(`${numeral(counted.purchases)} orders with ${numeral(counted.lines)} different items in them`);
  if (counted.histories === 0) {
    report.taken.push('no customers are named, so these orders teach what is bought together, and nothing else');
    return;
  }
  const sent = await postHistories(run, prepared, { report, total: counted.histories });
  report.taken.push(
    `${numeral(counted.customers.size)} customers: ${numeral(sent.accepted)} events${
      sent.duplicates > 0 ? `, ${numeral(sent.duplicates)} were there already` : ''
    }`,
    `${numeral(counted.refunds)} orders that give something back`,
  );
  if (counted.anonymous > 0)
    report.taken.push(`${numeral(counted.anonymous)} orders name no customer: they teach, and are in no history`);
}
