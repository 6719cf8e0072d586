import { DurableObject } from 'cloudflare:workers';
import { directoryObject, type Env } from '../env.ts';
import { bitsFor, chunkOf, encodeChunk } from './chunks.ts';
import { COLUMNS_FORMAT, encodeColumns } from './columns.ts';
import { type CatalogState, type ItemStore, itemStore } from './item-store.ts';
import { detailsDiffer, settle } from './merge.ts';
import { isNews, termsOf } from './news.ts';
import { mergePatches } from './patches.ts';
import type { ChangeOptions, ChangesAnswer, Item, ItemInput, ItemPatch, PatchAnswer } from './schema.ts';
import { catalogStore } from './store.ts';

/** A version of the log holds at most this much JSON, so that it fits into one answer (32 MiB). */
const VERSION_MAXIMUM_LENGTH = 4_000_000;
const DEFAULT_DELAY_SECONDS = 5;
/** Readers whom KV answered with columns of a minute ago still find what came after them in the log. */
const LOG_KEPT_MS = 3_600_000;
/** Of one alarm: KV takes 1,000 operations from an invocation. */
const WRITES_PER_ALARM = 500;
const WRITES_AT_ONCE = 6;
const RETRY_MAXIMUM_MS = 300_000;
const REPUBLISH_AFTER_MS = 600_000;
/** Changes that wait to be told at once; a feed that brings more reprices the assortment, and that is no news. */
const MOST_NEWS = 2_000;

/** A shop's items, the source of truth: every call is one transaction, and what has changed is published to KV by the alarm. */
export class CatalogObject extends DurableObject<Env> {
  private readonly items: ItemStore;
  private state: CatalogState;
  /** Chunks on their way to KV that have not changed since they were read. */
  private readonly writing = new Set<number>();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.items = itemStore(ctx.storage.sql);
    this.state = this.items.loadState();
    const outdated = this.state.version > 0 && this.state.publishedFormat !== COLUMNS_FORMAT;
    if (!outdated && this.state.dueAt === null) return;
    ctx.blockConcurrencyWhile(async () => {
      if ((await ctx.storage.getAlarm()) === null) this.wakeAt(Date.now());
    });
  }

  /**
   * Adds items or replaces them whole; where an itemId occurs twice the last one counts. What is already there as it is writes nothing.
   * @param items checked ones
   * @param now epoch milliseconds
   */
  put(shop: string, items: ItemInput[], now: number, options: ChangeOptions = {}): { version: number } {
    const last = new Map(items.map((item): [string, Item] => [item.itemId, settle(item)]));
    return this.change(shop, now, { ...options, next: last });
  }

  /** Merges patches into items, in their order (see {@link mergePatches}). A patch that does not fit is answered and leaves its item as it was. */
  patch(shop: string, patches: ItemPatch[], now: number, options: ChangeOptions = {}): PatchAnswer {
    const { merged, rejected } = mergePatches(patches, (itemId) => this.get(itemId));
    return { ...this.change(shop, now, { ...options, next: merged }), rejected };
  }

  /** @returns how many of the items there were */
  remove(
    shop: string,
    itemIds: string[],
    now: number,
    options: ChangeOptions = {},
  ): { version: number; removed: number } {
    const before = this.state.count;
    const next = new Map(itemIds.map((itemId): [string, null] => [itemId, null]));
    const { version } = this.change(shop, now, { ...options, next });
    return { version, removed: before - this.state.count };
  }

  get(itemId: string): Item | null {
    const stored = this.items.read(itemId);
    return stored === null ? null : (JSON.parse(stored.body) as Item);
  }

  /**
   * A page of the catalogue, in an order of its own that changes do not upset.
   * @param cursor the `cursor` of the page before, null for the first
   * @param limit items, at least 1; a page of large items may have fewer
   */
  list(cursor: string | null, limit: number): { items: Item[]; cursor: string | null } {
    const items: Item[] = [];
    let length = 0;
    for (const body of this.items.after(cursor)) {
      if (items.length === limit || length >= VERSION_MAXIMUM_LENGTH)
        return { items, cursor: items.at(-1)?.itemId ?? null };
      items.push(JSON.parse(body) as Item);
      length += body.length;
    }
    return { items, cursor: null };
  }

  count(): number {
    return this.state.count;
  }

  version(): number {
    return this.state.version;
  }

  /**
   * What has changed since a version, each item as it is now. An item that changed again later is left to the later version.
   * @param limit changes to stop after; versions are not split, so that there may be up to a thousand more
   */
  changesSince(version: number, limit: number): ChangesAnswer {
    const { state } = this;
    if (version < state.trimmedTo || version > state.version) {
      if (version === 0) this.republish();
      return { version: state.version, changes: [], more: false, reload: true };
    }
    const answer: ChangesAnswer = { version, changes: [], more: false, reload: false };
    let length = 0;
    for (const row of this.items.logAfter(version)) {
      if (answer.changes.length >= limit || length >= VERSION_MAXIMUM_LENGTH) return { ...answer, more: true };
      for (const itemId of row.itemIds) {
        const stored = this.items.read(itemId);
        if (stored !== null && stored.version > row.version) continue;
        length += stored?.body.length ?? 0;
        answer.changes.push({ itemId, item: stored === null ? null : (JSON.parse(stored.body) as Item) });
      }
      answer.version = row.version;
    }
    return { ...answer, version: state.version };
  }

  private change(
    shop: string,
    now: number,
    options: ChangeOptions & { next: Iterable<[string, Item | null]> },
  ): { version: number } {
    // Worked out on a copy: a transaction that fails leaves the state in memory as the rows are.
    const state: CatalogState = { ...this.state, shop };
    const changed = this.ctx.storage.transactionSync(() => {
      if (!this.writeItems(state, now, options)) return false;
      const bits = bitsFor(state.count, state.chunkBits);
      if (bits !== state.chunkBits) Object.assign(state, { chunkBits: bits, dirty: 'all' });
      const delay = (options.delaySeconds ?? DEFAULT_DELAY_SECONDS) * 1_000;
      state.waitingSince ??= now;
      // A large catalogue may wait longer, since changes reach the readers by the log: KV only has to follow.
      const latest = state.waitingSince + Math.max(6 * delay, state.count);
      state.dueAt = state.failures > 0 && state.dueAt !== null ? state.dueAt : Math.min(now + delay, latest);
      this.items.saveState(state);
      this.ctx.storage.setAlarm(state.dueAt);
      return true;
    });
    if (changed) this.state = state;
    return { version: this.state.version };
  }

  /** @returns whether anything changed; `state` then has the new version, count and dirty chunks */
  private writeItems(
    state: CatalogState,
    now: number,
    { next, tellsNews }: ChangeOptions & { next: Iterable<[string, Item | null]> },
  ): boolean {
    const before = state.version;
    const news = [...state.news];
    const dirty = new Set(state.dirty === 'all' ? [] : state.dirty);
    let itemIds: string[] = [];
    let length = 0;
    const close = (): void => {
      if (itemIds.length === 0) return;
      state.version++;
      this.items.log(state.version, now, itemIds);
      itemIds = [];
      length = 0;
    };
    for (const [itemId, item] of next) {
      const stored = this.items.read(itemId);
      const body = item === null ? null : JSON.stringify(item);
      if ((stored?.body ?? null) === body) continue;
      if (length + (body?.length ?? 0) > VERSION_MAXIMUM_LENGTH) close();
      if (body === null) this.items.remove(itemId);
      else this.items.write(itemId, state.version + 1, body);
      const earlier = stored === null ? null : (JSON.parse(stored.body) as Item);
      if (tellsNews && earlier !== null && item !== null && isNews(earlier, item))
        news.push({ version: state.version + 1, at: now, before: termsOf(earlier), after: item });
      if (!earlier || !item || detailsDiffer(earlier, item)) {
        const chunk = chunkOf(itemId, state.chunkBits);
        dirty.add(chunk);
        this.writing.delete(chunk);
      }
      state.count += (body === null ? 0 : 1) - (stored === null ? 0 : 1);
      itemIds.push(itemId);
      length += body?.length ?? 0;
    }
    close();
    if (state.dirty !== 'all') state.dirty = [...dirty];
    state.news = news.slice(0, MOST_NEWS);
    return state.version > before;
  }

  /** Somebody started from nothing and the log does not begin there: the columns in KV are lost, unless they were written just now. */
  private republish(): void {
    if (this.state.dueAt !== null || Date.now() - this.state.publishedAt < REPUBLISH_AFTER_MS) return;
    this.state = { ...this.state, dirty: 'all' };
    this.wakeAt(Date.now());
  }

  private wakeAt(at: number): void {
    this.ctx.storage.transactionSync(() => {
      this.state.dueAt = at;
      this.items.saveState(this.state);
      this.ctx.storage.setAlarm(at);
    });
  }

  override async alarm(): Promise<void> {
    if (this.state.shop === '') return;
    try {
      await this.tellNews();
      const done = await this.publish();
      if (!done) this.wakeAt(Date.now());
    } catch (error) {
      console.warn(JSON.stringify({ shop: this.state.shop, publishing: String(error) }));
      this.state.failures++;
      this.wakeAt(Date.now() + Math.min(RETRY_MAXIMUM_MS, 1_000 * 2 ** this.state.failures));
    }
  }

  /** Hands what is news to whoever knows who looked at it. */
  private async tellNews(): Promise<void> {
    const { shop, news } = this.state;
    if (news.length === 0) return;
    await directoryObject(this.env, shop).changed(news);
    const told = new Set(news);
    this.state.news = this.state.news.filter((one) => !told.has(one));
    this.items.saveState(this.state);
  }

  /** Item details first, then the columns: a reader whose columns are behind gets the rest from the log. @returns false when there is more to write */
  private async publish(): Promise<boolean> {
    const { state } = this;
    if (
      state.dirty.length === 0 &&
      state.version === state.publishedVersion &&
      state.publishedFormat === COLUMNS_FORMAT
    ) {
      this.settlePublication(state.version, state.publishedAt);
      return true;
    }
    const store = catalogStore(this.env.CATALOG);
    for (let written = 0; this.state.dirty.length > 0; written += WRITES_AT_ONCE) {
      if (written >= WRITES_PER_ALARM) return false;
      await this.publishChunks(store);
    }
    const { shop, version, chunkBits } = this.state;
    await store.writeColumns(shop, encodeColumns(this.eachItem(), version, { chunkBits }));
    this.settlePublication(version, Date.now());
    return true;
  }

  private *eachItem(): Iterable<Item> {
    for (const body of this.items.after(null)) yield JSON.parse(body) as Item;
  }

  /** The next chunks to write. */
  private nextChunks(): number[] {
    const { state } = this;
    if (state.dirty === 'all') state.dirty = Array.from({ length: 2 ** state.chunkBits }, (_, chunk) => chunk);
    return state.dirty.slice(0, WRITES_AT_ONCE);
  }

  private async publishChunks(store: ReturnType<typeof catalogStore>): Promise<void> {
    const { shop, chunkBits: bits } = this.state;
    const chunks = this.nextChunks();
    this.writing.clear();
    for (const chunk of chunks) this.writing.add(chunk);
    await Promise.all(
      chunks.map((chunk) => store.writeItems(shop, chunk, encodeChunk(bits, this.items.bodiesOf(chunk, bits)))),
    );
    // Calls were answered in the meantime: what they changed stays to be written, and more bits mean all of it.
    const { dirty } = this.state;
    if (dirty !== 'all') this.state.dirty = dirty.filter((chunk) => !this.writing.has(chunk));
    this.writing.clear();
  }

  private settlePublication(version: number, now: number): void {
    const state: CatalogState = {
      ...this.state,
      publishedVersion: version,
      publishedAt: now,
      publishedFormat: COLUMNS_FORMAT,
      failures: 0,
    };
    // Changes that came while writing have set an alarm of their own.
    const behind = state.version > version || state.dirty.length > 0;
    state.waitingSince = behind ? now : null;
    if (!behind) state.dueAt = null;
    this.ctx.storage.transactionSync(() => {
      state.trimmedTo = this.items.trim(version, now - LOG_KEPT_MS) ?? state.trimmedTo;
      this.items.saveState(state);
    });
    this.state = state;
  }
}
