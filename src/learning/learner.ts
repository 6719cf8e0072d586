/**
 * The learner: cards in chunks, counts, and a log of what is not yet written to them. Synchronous and without a clock; its object provides the storage, the
 * transactions and the time.
 */
import type { AppliedIds } from '../shared/applied.ts';
import { type BasketLearner, openBasketLearner, PAUSE_MS } from './basket-learner.ts';
import {
  BUYERS_HOURS,
  type Buyers,
  forgetBuyers,
  noteBuyer,
  type OthersPurchase,
  purchasesOfOthers,
} from './buyers.ts';
import { type Card, createCards, scaleCard, scaleCounts } from './cards.ts';
import { type ChunkedCards, chunkShelf } from './chunk-shelf.ts';
import { dropCounts, dropNeighbours } from './drop.ts';
import { trialsIn } from './holdout.ts';
import { countedBy, learnBasket, learnView } from './learn.ts';
import type { LearnerStore, Learnt } from './learner-store.ts';
import { type LearnBatch, withoutSessions } from './log.ts';
import { factorBetween, mergeUpload, rescaled } from './merge.ts';
import { HOUR_MS } from './networks.ts';
import type { UploadPart } from './schema.ts';
import { chunkOf } from './schema-published.ts';
import { type BlendSettings, openSessionLearner, type SessionLearner } from './session-learner.ts';
import type { PastSessions } from './sessions.ts';
import { decodeCountRows, encodeCards, encodeCountRows, type Upload } from './stored.ts';

/** Items in a chunk before the number of chunks is doubled. */
export const CHUNK_ITEMS = 256;

/** Slots of the counts in one stored page: with the rows by persona, by day and by context it is 1.1 MB at most, where a row may have 2. */
const PAGE_SLOTS = 1024;

/** The log is written into the chunks when it has a row for each chunk, and at least so many, or is this long, or this old. */
const LOG_ROWS = 64;
const LOG_EVENTS = 50_000;
const LOG_MS = 600_000;

const NOBODY: ReadonlySet<number> = new Set();

export interface LearnerOptions {
  store: LearnerStore;
  applied: AppliedIds;
  /** Runs the work in one transaction of the storage. */
  transact<T>(work: () => T): T;
  /** Of a store that has learnt nothing yet. */
  halfLifeMs: number;
  /** As they are now; null before they were read. */
  settings?(): BlendSettings | null;
}

/** Until the settings were read. */
const UNREAD: BlendSettings = { blend: 'auto', bigBaskets: 'auto', ownClicks: 0.5 };

export interface Learner {
  readonly cards: ChunkedCards;
  readonly sessions: SessionLearner;
  readonly baskets: BasketLearner;
  /** Events applied so far. */
  readonly events: number;
  /** Counts what changed: batches and uploads. */
  readonly sequence: number;
  /** What different people bought within the last `hours` (at most {@link BUYERS_HOURS}). */
  purchases(of: { buyers: number; hours: number; now: number }): OthersPurchase[];
  /** When the log should be written into the chunks, or buyers be forgotten, epoch milliseconds; null when neither is due. */
  readonly checkpointAt: number | null;
  /** Applies each flush once. Durable when it returns: one row. @returns whether there was anything new */
  apply(batches: readonly LearnBatch[], now: number): boolean;
  lacking(flushIds: readonly string[]): string[];
  /** Adds uploaded cards or sessions, once for each import and chunk. @returns false when they were there already */
  upload(part: UploadPart & { upload: Upload | PastSessions }, now: number): boolean;
  /** Writes what the log holds into chunks and counts, and empties it. */
  checkpoint(now: number): void;
  setHalfLife(halfLifeMs: number, now: number): void;
  /** Notes durably which chunks wait for a publication. */
  noteWaiting(): void;
  /** Takes items out of everything: their cards, their counts, and what other cards say of them. Reads and writes every chunk. */
  forget(keys: ReadonlySet<number>, now: number): void;
}

/** Opens the learner that the storage holds: its counts, and the log on top of what was written last. Chunks are read when they are needed. */
export function openLearner(options: LearnerOptions): Learner {
  const { store, applied, transact } = options;
  const learnt = store.readLearnt();
  const cards: ChunkedCards = {
    ...createCards({ halfLifeMs: learnt?.halfLifeMs ?? options.halfLifeMs, contexts: learnt?.contexts }),
    shelf: chunkShelf(learnt?.bits ?? 0, store.readChunk, () => cards),
  };
  cards.landmark = learnt?.landmark ?? Number.NaN;
  cards.trendingLandmark = learnt?.trendingLandmark ?? Number.NaN;
  cards.newest = learnt?.newest ?? Number.NEGATIVE_INFINITY;
  const { counts, shelf } = cards;
  const sessions = openSessionLearner(store, learnt?.blend);
  const baskets = openBasketLearner(cards, learnt?.bigBaskets);
  const settings = () => options.settings?.() ?? UNREAD;
  let sequence = learnt?.sequence ?? 0;
  let events = learnt?.events ?? 0;
  let isNoted = learnt !== null;
  let savedLandmarks = `${cards.landmark} ${cards.trendingLandmark}`;
  let askedAt = Number.NEGATIVE_INFINITY;
  const dirtyPages = new Set<number>();
  const touch = (key: number) => dirtyPages.add(Math.floor((counts.slots.get(key) ?? 0) / PAGE_SLOTS));
  const buyers: Buyers = new Map(store.readBuyers());
  const changedHours = new Set<number>();
  let log = { rows: 0, events: 0, since: 0, ids: [] as string[] };

  for (const bytes of store.readCounts())
    if (decodeCountRows(bytes, counts) === null) throw new Error('The counts of the items cannot be read.');
  replay();

  /** What was published before stays published: only changes after the note make a chunk wait. */
  function replay(): void {
    const waiting = store.readWaiting();
    let isRestored = false;
    const restore = () => {
      isRestored = true;
      shelf.unpublished.clear();
      const { bits, chunks } = waiting ?? { bits: 0, chunks: [0] };
      for (const chunk of chunks)
        for (let child = chunk; child < 2 ** shelf.bits; child += 2 ** bits) shelf.unpublished.add(child);
    };
    for (const row of store.readLog()) {
      if (!isRestored && row.sequence > (waiting?.sequence ?? 0)) restore();
      noteLogged(row.batches, row.at);
      sessions.take(row.trials);
      baskets.take(row.orderTrials);
      for (const batch of row.batches) learn(batch, row.at);
      sequence = row.sequence;
    }
    if (!isRestored && learnt !== null) restore();
  }

  function noteLogged(batches: readonly LearnBatch[], at: number): void {
    const ids = batches.map((batch) => batch.flushId);
    applied.hold(ids);
    log.ids.push(...ids);
    log.since = log.rows === 0 ? at : log.since;
    log.rows++;
    for (const batch of batches) log.events += batch.events;
  }

  function learn(batch: LearnBatch, now: number): void {
    for (const view of batch.views) {
      learnView(cards, view);
      sessions.learn(view, now);
      touch(view.key);
    }
    for (const basket of batch.baskets) {
      learnBasket(cards, basket);
      for (const key of countedBy(basket)) touch(key);
      const hour = noteBuyer(buyers, basket, now);
      if (hour !== null) changedHours.add(hour);
    }
    events += batch.events;
  }

  function note(): Learnt {
    const known = (number: number) => (Number.isFinite(number) ? number : null);
    return {
      halfLifeMs: cards.halfLifeMs,
      landmark: known(cards.landmark),
      trendingLandmark: known(cards.trendingLandmark),
      newest: known(cards.newest),
      bits: shelf.bits,
      events,
      sequence,
      blend: sessions.state,
      bigBaskets: baskets.state,
      contexts: cards.contexts.trials,
    };
  }

  /** Writes everything that differs; with other chunks, or another half-life, simply everything. */
  function save(now: number, halfLifeMs: number, gone: ReadonlySet<number> = NOBODY): void {
    const bits = Math.max(shelf.bits, Math.ceil(Math.log2(counts.size / CHUNK_ITEMS)));
    const landmarks = () => `${cards.landmark} ${cards.trendingLandmark}`;
    const isOutdated = store.isOutdated();
    if (bits !== shelf.bits || halfLifeMs !== cards.halfLifeMs || gone.size > 0) rewrite(bits, halfLifeMs, gone);
    else for (const chunk of shelf.unsaved()) store.writeChunk(chunk, shelf.encode(chunk, cards));
    for (let page = 0; page * PAGE_SLOTS < counts.size; page++)
      if (dirtyPages.has(page) || isOutdated || landmarks() !== savedLandmarks)
        store.writeCounts(
          page,
          encodeCountRows(counts, cards, { from: page * PAGE_SLOTS, to: (page + 1) * PAGE_SLOTS }),
        );
    if (isOutdated) store.migrated();
    store.writeBuyers(buyers, changedHours, forgetBuyers(buyers, now));
    changedHours.clear();
    sessions.save(settings());
    store.clearLog();
    applied.add(log.ids, now);
    store.writeLearnt(note());
    noteWaiting();
    shelf.saved();
    dirtyPages.clear();
    savedLandmarks = landmarks();
    log = { rows: 0, events: 0, since: 0, ids: [] };
  }

  function noteWaiting(): void {
    store.writeWaiting({ sequence, bits: shelf.bits, chunks: [...shelf.unpublished] });
  }

  function rewrite(bits: number, halfLifeMs: number, gone: ReadonlySet<number>): void {
    const to = rescaled(cards, halfLifeMs);
    const factor = Number.isNaN(cards.landmark) ? 1 : factorBetween(cards, to);
    const step = 2 ** shelf.bits;
    for (let chunk = 0; chunk < step; chunk++) {
      const children = new Map<number, Card[]>();
      for (let child = chunk; child < 2 ** bits; child += step) children.set(child, []);
      for (const card of shelf.chunk(chunk)) {
        if (gone.has(card.key)) continue;
        if (gone.size > 0) for (const slots of [card.viewed, card.bought]) dropNeighbours(slots, gone);
        if (factor !== 1) scaleCard(card, factor);
        children.get(chunkOf(card.key, bits))?.push(card);
      }
      for (const [child, members] of children) store.writeChunk(child, encodeCards(members, to));
      if (factor !== 1) shelf.unpublished.add(chunk);
    }
    if (gone.size > 0) {
      dropCounts(counts, gone);
      store.dropCounts();
      for (let page = 0; page * PAGE_SLOTS < counts.size; page++) dirtyPages.add(page);
    }
    if (factor !== 1) scaleCounts(counts, factor);
    Object.assign(cards.contexts, { sums: null, personaSums: null });
    Object.assign(cards, to);
    shelf.saved();
    shelf.resize(bits);
  }

  return {
    cards,
    sessions,
    baskets,
    get events() {
      return events;
    },
    get sequence() {
      return sequence;
    },
    get checkpointAt() {
      const oldest = buyers.size === 0 ? null : (Math.min(...buyers.keys()) + BUYERS_HOURS) * HOUR_MS;
      if (log.rows === 0) return oldest;
      const due =
        log.rows >= Math.max(LOG_ROWS, 2 ** shelf.bits) || log.events >= LOG_EVENTS ? log.since : log.since + LOG_MS;
      return Math.min(due, oldest ?? due);
    },
    purchases: (of) => purchasesOfOthers(buyers, of),
    lacking: (flushIds) => applied.lacking(flushIds),
    apply(batches, now) {
      const ids = new Set<string>();
      const unknown = batches.filter(({ flushId }) => !applied.has(flushId) && !ids.has(flushId) && ids.add(flushId));
      if (unknown.length === 0) return false;
      const fresh = settings().blend === 'off' ? unknown.map(withoutSessions) : unknown;
      const isAsking = shelf.isSmall || Math.abs(now - askedAt) >= PAUSE_MS;
      const trials = sessions.ask(isAsking ? fresh.flatMap((batch) => batch.views) : [], cards, settings());
      if (trials.n > 0) askedAt = now;
      const orderTrials = baskets.ask(fresh, settings(), now);
      transact(() => {
        if (!isNoted) store.writeLearnt(note());
        store.appendLog({ sequence: sequence + 1, at: now, batches: fresh, trials, orderTrials });
      });
      isNoted = true;
      sequence++;
      noteLogged(fresh, now);
      sessions.take(trials);
      baskets.take(orderTrials);
      for (const batch of fresh) learn(batch, now);
      // Where no alarm comes in between.
      if (shelf.isOverfull) transact(() => save(now, cards.halfLifeMs));
      return true;
    },
    upload({ importId, chunk, upload, ...told }, now) {
      if (store.hasUpload(importId, chunk)) return false;
      if (upload instanceof Float64Array) {
        sessions.takePast(upload);
        sessions.take(trialsIn(told.trials));
      } else {
        mergeUpload(cards, upload);
        baskets.takeImported(told);
        if (told.isLast === true) shelf.publishAll();
        for (const key of upload.counts.keys.subarray(0, upload.counts.size)) touch(key);
      }
      sequence++;
      isNoted = true;
      transact(() => {
        store.addUpload(importId, chunk);
        save(now, cards.halfLifeMs);
      });
      return true;
    },
    checkpoint: (now) => transact(() => save(now, cards.halfLifeMs)),
    setHalfLife: (halfLifeMs, now) => transact(() => save(now, halfLifeMs)),
    noteWaiting,
    forget: (keys, now) => transact(() => save(now, cards.halfLifeMs, keys)),
  };
}
