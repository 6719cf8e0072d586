/**
 * What a delivery costs the learner of a large shop, with its real store over SQLite in this process: milliseconds and rows written for each delivery, and
 * memory. `node --expose-gc test/bench/large-learner.ts [ITEMS] [DELIVERIES]`.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type Learner, openLearner } from '../../src/learning/learner.ts';
import { learnerStore } from '../../src/learning/learner-store.ts';
import type { LearnBatch } from '../../src/learning/log.ts';
import { appliedIds } from '../../src/shared/applied.ts';
import { DAY_MS } from '../../src/shared/decay.ts';
import { key53 } from '../../src/shared/hash.ts';
import { seededRandom } from '../../src/shared/random.ts';
import { itemIdOf, nextItem } from './shop.ts';

const [items = 100_000, deliveries = 3_000] = process.argv.slice(2).map(Number);
const random = seededRandom(7);
const START = Date.UTC(2026, 0, 1);

/** Visitors in one delivery, and a delivery's distance from the next. */
const VISITORS = 10;
const STEP_MS = 2_000;

const database = new DatabaseSync(':memory:');
let rowsWritten = 0;

/** The part of Durable Objects' SQL that the learner uses. */
const sql = {
  exec(query: string, ...values: unknown[]) {
    const statement = database.prepare(query);
    const bound = values.map((value) => (value instanceof ArrayBuffer ? new Uint8Array(value) : value));
    const isRead = /^\s*SELECT/i.test(query);
    if (!isRead) rowsWritten += Number(statement.run(...(bound as SQLInputValue[])).changes);
    const rows = isRead ? statement.all(...(bound as SQLInputValue[])) : [];
    for (const row of rows)
      for (const [name, value] of Object.entries(row))
        if (value instanceof Uint8Array)
          row[name] = value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength) as never;
    return { toArray: () => rows, one: () => rows[0], [Symbol.iterator]: () => rows[Symbol.iterator]() };
  },
} as unknown as SqlStorage;

function transact<T>(work: () => T): T {
  database.exec('BEGIN');
  const result = work();
  database.exec('COMMIT');
  return result;
}

const settings = () => ({ blend: 'auto', bigBaskets: 'auto', ownClicks: 0.5 }) as const;

function open(): Learner {
  return openLearner({
    store: learnerStore(sql),
    applied: appliedIds(sql, 'applied'),
    transact,
    halfLifeMs: 60 * DAY_MS,
    settings,
  });
}

/** One visit: a few views that follow each other, and now and then an order. */
function visit(n: number, at: number): LearnBatch {
  const first = Math.floor(items * random() * random());
  const seen: number[] = [first];
  const length = 1 + Math.floor(random() * 8);
  for (let i = 1; i < length; i++) seen.unshift(nextItem(seen[0] ?? 0, items, random));
  const keys = seen.map((item) => key53(itemIdOf(item)));
  const session = Math.floor(random() * 2 ** 50);
  const views = keys
    .map((key, i) => ({ key, at, previous: keys.slice(i + 1, i + 11), length: length - i, own: false, session }))
    .reverse();
  const baskets = random() < 0.1 && length > 2 ? [{ keys: keys.slice(0, 3), at, learn: true }] : [];
  return { flushId: `visitor-${n}.1`, views, baskets, events: views.length + baskets.length };
}

function memoryMB(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

const figures = (values: number[]) => {
  values.sort((a, b) => a - b);
  const at = (share: number) => Math.round((values[Math.floor(values.length * share)] ?? 0) * 100) / 100;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean: Math.round(mean * 100) / 100, p50: at(0.5), p99: at(0.99), max: at(0.9999) };
};

/** Deliveries, with the checkpoints that the alarm would do at once. @returns milliseconds of each */
function deliver(learner: Learner, from: number, count: number) {
  const took: number[] = [];
  const checkpoints: number[] = [];
  let memory = 0;
  for (let n = from; n < from + count; n++) {
    const now = START + n * STEP_MS;
    const batches = Array.from({ length: VISITORS }, (_, i) => visit(n * VISITORS + i, now));
    const started = performance.now();
    learner.apply(batches, now);
    const applied = performance.now();
    took.push(applied - started);
    if ((learner.checkpointAt ?? Number.POSITIVE_INFINITY) <= now) {
      learner.checkpoint(now);
      checkpoints.push(performance.now() - applied);
    }
    if (n % 100 === 0) memory = Math.max(memory, memoryMB());
  }
  return { took, checkpoints, memory };
}

const empty = memoryMB();
const learner = open();
const keys = Array.from({ length: items }, (_, item) => key53(itemIdOf(item)));
for (let at = 0; at < items; at += 10_000) {
  const views = keys.slice(at, at + 10_000).map((key, i, all) => ({
    key,
    at: START,
    previous: all.slice(Math.max(0, i - 10), i).reverse(),
    length: 11,
    own: false,
  }));
  learner.apply([{ flushId: `all-${at}.1`, views, baskets: [], events: views.length }], START);
  if (at % 50_000 === 0) learner.checkpoint(START);
}
learner.checkpoint(START);
const before = rowsWritten;
const { took, checkpoints, memory } = deliver(learner, 0, deliveries);
const reopened = performance.now();
open();
console.log(
  JSON.stringify(
    {
      items,
      chunks: 2 ** learner.cards.shelf.bits,
      deliveries,
      eventsEach: Math.round(learner.events / deliveries),
      deliveryMs: figures(took),
      checkpoints: checkpoints.length,
      checkpointMs: figures(checkpoints),
      rowsPerDelivery: (rowsWritten - before) / deliveries,
      memoryMB: memory - empty,
      memoryAtEndMB: memoryMB() - empty,
      arrayBuffersMB: process.memoryUsage().arrayBuffers / 1e6,
      openMs: performance.now() - reopened,
    },
    null,
    1,
  ),
);
