import type { DeadLetter, ListedLetter } from '../dead-letters/schema.ts';
import { type DeadLetterStore, deadLetterStore } from '../dead-letters/store.ts';
import { customerObject, type Env, visitorObject } from '../env.ts';
import { measureSamples } from '../personas/quantiles.ts';
import { openSamples, type Samples } from '../personas/samples.ts';
import type { Sample } from '../personas/schema-sample.ts';
import { DAY_MS } from '../shared/decay.ts';
import { type DirectoryStore, directoryStore } from './directory-store.ts';
import { samplesStore } from './samples-store.ts';
import type { FlushWindow } from './schema.ts';
import { WatchersObject } from './watchers-object.ts';
import { type OpenWindows, type OpenWindowsOverview, openWindows } from './windows.ts';

/** A window that is open for longer has missed its flush, or its flush is on a long way. */
const OVERDUE_MS = 60_000;
/** The same visitor is not woken more often. */
const WAKE_INTERVAL_MS = 60_000;
/** However many isolates start. */
const START_INTERVAL_MS = 60_000;
/** Wakes of one call; the rest follows by alarm. An object may make 1,000 calls to others before it must be called anew. */
const WAKES = 100;
const WAKES_AT_ONCE = 10;
const CONTINUE_MS = 1_000;
/** When what could not be told is tried again. */
const NEWS_RETRY_MS = 10_000;
/** As long as a flush may come late: older ones are refused. */
const STRUCK_MS = 15 * DAY_MS;

interface Sweep {
  shop: string;
  /** Windows opened before this time are looked after. */
  openedBefore: number;
}

/** Lists who has events that are not yet delivered: objects cannot be enumerated, so whoever must be found later is listed here. */
export class DirectoryObject extends WatchersObject {
  readonly #store: DirectoryStore;
  readonly #windows: OpenWindows;
  readonly #letters: DeadLetterStore;
  readonly #rows: ReturnType<typeof samplesStore>;
  readonly #samples: Samples;
  readonly #wokenAt = new Map<string, number>();
  /** What was opened before belongs to an earlier life of this object. */
  readonly #startedAt = Date.now();
  #startSweptAt = 0;
  #unfinished: Sweep | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = directoryStore(ctx.storage.sql);
    this.#windows = openWindows(this.#store.segments());
    this.#letters = deadLetterStore(ctx.storage.sql);
    this.#rows = samplesStore(ctx.storage.sql);
    this.#samples = openSamples(this.#rows.segments());
  }

  /** A visitor has acknowledged events and will flush them. On disk when this returns. */
  opened(window: FlushWindow): void {
    const segment = this.#windows.open({ ...window, openedAt: Date.now() });
    if (segment !== null) this.#store.write(segment);
  }

  /**
   * The flushes that close these windows were applied everywhere. Harmless when repeated, and in any order.
   * @param samples what they tell of their visitors: kept as far as it belongs to a sample of them
   */
  settled(windows: readonly { sender: string; window: number }[], samples: readonly Sample[] = []): void {
    this.ctx.storage.transactionSync(() => {
      this.#rows.write(this.#samples.take(samples));
      for (const segment of this.#windows.settle(windows)) this.#store.write(segment);
    });
  }

  /** A visitor may not be known to the statistics any more: what is still on its way is not taken either. */
  strikeSample(key: number, now: number): void {
    this.ctx.storage.transactionSync(() => this.#rows.write(this.#samples.strike(key, now + STRUCK_MS)));
  }

  /** Quantiles of the shop's visitors and customers, by measure; what is past its time goes first. */
  quantiles(now: number): Record<string, number[]> {
    this.ctx.storage.transactionSync(() => this.#rows.write(this.#samples.forget(now)));
    const [visitors, customers] = [this.#samples.visitors(), this.#samples.customers()];
    return measureSamples({ visitors, customers }, now);
  }

  /** A sample of the shop's visitors, without what tells one from another; customers are in it as often as among all. */
  samples(now: number): Omit<Sample, 'key' | 'until'>[] {
    const alive = this.#samples.visitors().filter((one) => one.until > now);
    return alive.map(({ key: _key, until: _until, ...sample }) => sample);
  }

  /** A visitor was erased: the windows are nobody's any more, and of the visitor's flushes no dead letter stays. The visitor's object still sends what may be counted. */
  erased(windows: readonly { sender: string; window: number }[], flushIds: readonly string[]): void {
    this.settled(windows);
    this.strikeLetters(flushIds);
  }

  /** Events that opened windows which are not settled: at least as many are still to be delivered, and exactly none when it is 0. */
  pending(): number {
    return this.#windows.pending();
  }

  /** How delivery stands: open windows, dead letters, the events of flushes that were given up; and how many customers are in the sample. */
  delivery(
    now: number,
  ): OpenWindowsOverview & { pending: number; deadLetters: number; losses: number; customers: number } {
    return {
      ...this.#windows.overview(),
      pending: this.#windows.pending(),
      deadLetters: this.#letters.page('', now).total,
      losses: this.#letters.losses(),
      customers: this.#samples.customers().length,
    };
  }

  /** Keeps flushes that could not be delivered. On disk when this returns; harmless when repeated. */
  keepLetters(letters: readonly DeadLetter[], now: number): void {
    this.ctx.storage.transactionSync(() => this.#letters.keep(letters, now));
  }

  /** @param after the id of the last letter of the page before, '' for the first page */
  listLetters(after: string, now: number): { items: ListedLetter[]; cursor: string | null; total: number } {
    return this.#letters.page(after, now);
  }

  findLetters(letterIds: readonly string[]): ListedLetter[] {
    return letterIds.flatMap((letterId) => this.#letters.find(letterId) ?? []);
  }

  letterBodies(letterIds: readonly string[]): { letterId: string; body: string }[] {
    return this.#letters.bodies(letterIds);
  }

  strikeLetters(letterIds: readonly string[]): void {
    this.ctx.storage.transactionSync(() => this.#letters.strike(letterIds));
  }

  /** A visitor has given up flushes, since no shard confirmed them in time: these events are acknowledged, and not counted. */
  gaveUp(flushes: readonly { flushId: string; events: number }[], now: number): void {
    console.error(JSON.stringify({ delivery: 'given up', flushes }));
    this.ctx.storage.transactionSync(() => this.#letters.lose(flushes, now));
  }

  /**
   * Wakes visitors whose windows have been open for too long, so that they flush, or send again what the shards lack; windows that their visitor knows to be
   * delivered are closed. What is more than a call may do follows by alarm.
   * @param now epoch milliseconds
   * @param options.isolateStart an isolate has just started. If this object has too, both may have been killed, and with them alarms and queue: then what
   * was opened in an earlier life is overdue at any age. At most once a minute
   * @returns how many were woken
   */
  async sweep(
    shop: string,
    now: number,
    options: { isolateStart: boolean } = { isolateStart: false },
  ): Promise<number> {
    let openedBefore = now - OVERDUE_MS;
    if (options.isolateStart) {
      if (now - this.#startSweptAt < START_INTERVAL_MS) return 0;
      this.#startSweptAt = now;
      openedBefore = Math.max(openedBefore, this.#startedAt + 1);
    }
    return this.#wakeDue({ shop, openedBefore }, now);
  }

  override async alarm(): Promise<void> {
    await this.#continueSweep();
    try {
      await this.tellNews(Date.now());
    } catch (error) {
      console.error(JSON.stringify({ directory: this.ctx.id.name, news: 'failed', error: String(error) }));
      await this.ctx.storage.setAlarm(Date.now() + NEWS_RETRY_MS);
    }
  }

  async #continueSweep(): Promise<void> {
    const sweep = this.#unfinished;
    this.#unfinished = null;
    // An alarm of an object that was evicted in between finds nothing to continue: the next job of the cron begins anew.
    if (sweep === null) return;
    try {
      await this.#wakeDue(sweep, Date.now());
    } catch (error) {
      console.error(JSON.stringify({ shop: sweep.shop, sweep: 'failed', error: String(error) }));
    }
  }

  async #wakeDue(sweep: Sweep, now: number): Promise<number> {
    for (const [sender, at] of this.#wokenAt) if (now - at >= WAKE_INTERVAL_MS) this.#wokenAt.delete(sender);
    const due = this.#windows.senders(sweep.openedBefore).filter((sender) => !this.#wokenAt.has(sender));
    const chosen = due.slice(0, WAKES);
    for (const sender of chosen) this.#wokenAt.set(sender, now);
    const delivered: { sender: string; window: number }[] = [];
    for (let i = 0; i < chosen.length; i += WAKES_AT_ONCE) {
      const some = chosen.slice(i, i + WAKES_AT_ONCE).map((sender) => this.#wake(sweep.shop, sender));
      delivered.push(...(await Promise.all(some)).flat());
    }
    if (delivered.length > 0) this.settled(delivered);
    if (due.length > chosen.length) {
      this.#unfinished = sweep;
      await this.ctx.storage.setAlarm(now + CONTINUE_MS);
    }
    return chosen.length;
  }

  /** @returns the windows of this sender that are listed here although they are delivered */
  async #wake(shop: string, sender: string): Promise<{ sender: string; window: number }[]> {
    const listed = this.#windows.windowsOf(sender);
    const id = sender.slice(2);
    const stub = sender.startsWith('c:') ? customerObject(this.env, shop, id) : visitorObject(this.env, shop, id);
    try {
      const undelivered = new Set((await stub.wake()).undelivered);
      return listed.filter((window) => !undelivered.has(window)).map((window) => ({ sender, window }));
    } catch (error) {
      console.error(JSON.stringify({ shop, wake: 'failed', error: String(error) }));
      return [];
    }
  }
}
