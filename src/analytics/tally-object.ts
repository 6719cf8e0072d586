import { DurableObject } from 'cloudflare:workers';
import { resolveConfig } from '../config/defaults.ts';
import { configStore } from '../config/store.ts';
import type { Env } from '../env.ts';
import type { BanditWeights } from '../experiments/bandit.ts';
import type { Cell } from '../experiments/schema-counts.ts';
import { kvShares } from '../learning/publication.ts';
import { type AppliedIds, appliedIds } from '../shared/applied.ts';
import { planAggregates } from './aggregates.ts';
import { aggregatesStore } from './aggregates-store.ts';
import { ARCHIVE_MS, patience, withTaught } from './archive.ts';
import { addAttributed, withinBounds } from './attributed.ts';
import { type ArchiveBuffer, archiveBuffer } from './buffer-store.ts';
import { type CellsStore, cellsStore } from './cells-store.ts';
import { claimOrders, countedElsewhere, teachingOrders } from './claim-orders.ts';
import {
  addSlots,
  type Counters,
  count,
  type EventsByDay,
  eventsCounted,
  lackingOf,
  metricOf,
  type Slots,
  sumOf,
} from './count.ts';
import { type DailyKind, type DailyStore, dailyStore, type Period, present } from './daily-store.ts';
import { exitDays, exitRatesOf } from './exits.ts';
import type { EventsCounted, TalliedFlush } from './schema.ts';
import { type Aggregates, NO_AGGREGATES } from './schema-aggregates.ts';
import { type TallyStore, tallyStore } from './tally-store.ts';
import { weighBandits } from './weigh-bandits.ts';

/** Counts what the visitors of a shop did, claims each order once, and keeps the buffer of the archive. Fed by the queue. */
export class TallyObject extends DurableObject<Env> {
  readonly #store: TallyStore;
  readonly #cells: CellsStore;
  readonly #daily: DailyStore;
  #applied: AppliedIds;
  #shop: string | null;
  /** Sums over all rows, kept so that reading the total does not read them all each time; null: not summed up yet. */
  #sums: Counters | null = null;
  readonly #buffer: ArchiveBuffer;
  #alarmAt: number | null = null;
  #refusals = 0;
  #publishing: Promise<void> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = tallyStore(ctx.storage.sql);
    this.#cells = cellsStore(ctx.storage.sql);
    this.#daily = dailyStore(ctx.storage.sql);
    this.#applied = appliedIds(ctx.storage.sql, 'applied');
    this.#shop = this.#store.shop();
    this.#buffer = archiveBuffer(this.#store);
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
      if (this.#alarmAt === null && this.#buffer.bytes() > 0) this.#wakeAt(Date.now());
    });
  }

  /**
   * Counts flushes that were not applied before, and says which of their orders each of them claims: an order teaches by the first report of it that teaches,
   * so a flush that is delivered again gets the answer it got before. Its figures are those of its most trusted reporter (see claims.ts).
   * @param now epoch milliseconds
   * @returns by flushId the claimed orderIds, and, of the orders that it asks to count in experiments, those that another unit counts
   */
  apply(
    shop: string,
    flushes: readonly TalliedFlush[],
    now: number,
  ): { claimed: Record<string, string[]>; elsewhere: Record<string, Record<string, string>> } {
    try {
      const { claimed, elsewhere, added } = this.ctx.storage.transactionSync(() => this.#apply(shop, flushes, now));
      if (this.#sums !== null) {
        const rows = [...added].map(([row, slots]) => ({ row, slots }));
        this.#sums = sumOf([{ row: '', slots: { '': this.#sums } }, ...rows]);
      }
      return { claimed, elsewhere };
    } catch (error) {
      // The rows were rolled back; what is remembered of them must not be ahead.
      this.#buffer.read();
      this.#applied = appliedIds(this.ctx.storage.sql, 'applied');
      this.#alarmAt = null;
      throw error;
    }
  }

  /** Which of the flushes were not applied. */
  lacking(flushIds: readonly string[]): string[] {
    return this.#applied.lacking(flushIds);
  }

  /**
   * The events counted, in all and by name.
   * @param days only these days (UTC, like 2026-11-22), both ends included
   */
  events(days: { from?: string | undefined; to?: string | undefined } = {}): EventsCounted {
    if (days.from === undefined && days.to === undefined) return eventsCounted(this.#totals());
    return eventsCounted(sumOf(this.#store.allSlots(), days.from ?? null, days.to ?? null));
  }

  /** Orders claimed and their revenue, less what was given back, by currency. */
  orders(): { claimed: Record<string, number>; revenue: Record<string, number> } {
    const sums = this.#totals();
    return { claimed: metricOf(sums, 'orders'), revenue: metricOf(sums, 'revenue') };
  }

  /** What is counted of a phase of an experiment, by its experiment key; `with` names the other one in cells of pairs. */
  experimentCells(experiment: string, phase: number): Cell[] {
    return this.#cells.of(experiment, phase);
  }

  /** The versions of the weights by which units of a bandit's phase were dealt, oldest first. */
  weightsLog(experiment: string, phase: number): BanditWeights[] {
    return this.#store.weights(experiment, phase).log;
  }

  /** What recommendations did, by day (UTC, like 2026-11-22; both ends included) and `<placement> <strategy>`. */
  recommendations(from: string, to: string): { day: string; slots: Slots }[] {
    return this.#store.allShown(from, to);
  }

  /** Counters of a kind by day (UTC, like 2026-11-22; both ends included). */
  daily(kind: DailyKind, period: Period): { day: string; slots: Slots }[] {
    return this.#daily.between(kind, period);
  }

  /**
   * Writes everything that was counted so far to the archive.
   * @returns `until`: the last segment of the buffer that is in it; `lastKey`: the value that was written last, null when none ever was; `newest`: hashes of
   * the flushes that were counted last and are therefore in it. Null when KV refuses
   */
  async fence(): Promise<{ until: number; lastKey: string | null; newest: number[] } | null> {
    const until = this.#buffer.last();
    const newest = this.#applied.newest();
    try {
      await this.#publish();
    } catch (error) {
      console.error(JSON.stringify({ shop: this.#shop, archive: 'refused', error: String(error) }));
      return null;
    }
    return { until, lastKey: this.#store.lastKey(), newest };
  }

  /** Raises the counters of days to what is known to have happened on them. @returns how many events were added */
  raise(known: EventsByDay): number {
    const missing = lackingOf(this.#store.allSlots(), known);
    this.ctx.storage.transactionSync(() => {
      for (const [row, slots] of missing) this.#store.setSlots(row, addSlots(this.#store.slots(row), slots));
    });
    this.#sums = null;
    return eventsCounted(sumOf([...missing].map(([row, slots]) => ({ row, slots })))).total;
  }

  /**
   * Writes to KV what decisions need of the counters and of `others`, when it has changed and the budget allows it. What KV refuses is written next time.
   * @param others sections that are computed elsewhere
   */
  async writeAggregates(shop: string, others: Partial<Aggregates>, now: number): Promise<void> {
    const config = await this.#config(shop);
    const perDay = kvShares(config.freshness.kvWritesPerDay).aggregates;
    const aggregates = {
      ...NO_AGGREGATES,
      ...others,
      exitRates: exitRatesOf(this.#daily.between('pages', exitDays(now))),
      weights: weighBandits(config, now, { store: this.#store, cells: this.#cells }),
    };
    const written = planAggregates(this.#store.written(), aggregates, { now, perDay });
    if (written === null) return;
    await aggregatesStore(this.env.CONFIG).write(shop, written.content);
    this.#store.setWritten(written);
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    try {
      await this.#publish();
      this.#refusals = 0;
      if (this.#buffer.bytes() > 0 && this.#alarmAt === null) this.#wakeAt(Date.now() + ARCHIVE_MS);
    } catch (error) {
      this.#refusals += 1;
      console.error(
        JSON.stringify({ shop: this.#shop, archive: 'refused', times: this.#refusals, error: String(error) }),
      );
      this.#wakeAt(Date.now() + patience(this.#refusals));
    }
  }

  #apply(shop: string, flushes: readonly TalliedFlush[], now: number) {
    const claimed: Record<string, string[]> = {};
    const fresh: TalliedFlush[] = [];
    if (this.#shop !== shop) this.#name(shop);
    const isNew = new Map(flushes.map((flush) => [flush.flushId, !this.#applied.has(flush.flushId)]));
    const distinct = [...new Map(flushes.map((flush) => [flush.flushId, flush])).values()];
    for (const flush of distinct) if (isNew.get(flush.flushId)) fresh.push(flush);
    const added = count(
      fresh.flatMap((flush) => flush.counted),
      now,
    );
    const shown = new Map<string, Slots>();
    const heard = new Map<string, Slots>();
    for (const flush of fresh) {
      claimOrders(this.#store, flush, { now, sums: { added, shown, heard } });
      addAttributed(shown, flush.attributed ?? []);
    }
    this.#daily.add('pages', present(fresh.map((flush) => flush.visits)));
    this.#daily.add('messages', [Object.fromEntries(heard), ...present(fresh.map((flush) => flush.messages))]);
    const elsewhere: Record<string, Record<string, string>> = {};
    for (const flush of distinct) {
      claimed[flush.flushId] = teachingOrders(this.#store, flush);
      if (flush.claims !== undefined) elsewhere[flush.flushId] = countedElsewhere(this.#store, flush);
    }
    for (const [row, slots] of added) this.#store.setSlots(row, addSlots(this.#store.slots(row), slots));
    for (const [day, slots] of shown) {
      const before = this.#store.shown(day);
      this.#store.setShown(day, addSlots(before, withinBounds(before, slots)));
    }
    this.#cells.add(fresh.flatMap((flush) => flush.increments ?? []));
    const archived = fresh.flatMap((flush) => withTaught(flush, claimed[flush.flushId] ?? []));
    this.#wakeForArchive(this.#buffer.take(archived, now), now);
    const ids = fresh.map((flush) => flush.flushId);
    if (ids.length > 0) this.#applied.add(ids, now);
    return { claimed, elsewhere, added };
  }

  #name(shop: string): void {
    this.#store.setShop(shop);
    this.#shop = shop;
  }

  #totals(): Counters {
    this.#sums ??= sumOf(this.#store.allSlots());
    return this.#sums;
  }

  #wakeForArchive({ buffered, isFull }: { buffered: boolean; isFull: boolean }, now: number): void {
    if (!buffered) return;
    // After a refusal the next attempt is due when it is due, however full the buffer.
    const full = isFull && this.#refusals === 0;
    if (this.#alarmAt === null) this.#wakeAt(full ? now : now + ARCHIVE_MS);
    else if (full && this.#alarmAt > now) this.#wakeAt(now);
  }

  #wakeAt(at: number): void {
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }

  /** One at a time: two at once would write the same values and strike them off twice. */
  async #publish(): Promise<void> {
    while (this.#publishing !== null) await this.#publishing.catch(() => undefined);
    this.#publishing = this.#writeArchive().finally(() => {
      this.#publishing = null;
    });
    await this.#publishing;
  }

  async #writeArchive(): Promise<void> {
    if (this.#shop === null) return;
    const shop = this.#shop;
    await this.#buffer.writeOut(this.env.ARCHIVE, shop, {
      archiveDays: async () => (await this.#config(shop)).retention.archiveDays,
      transact: (work) => this.ctx.storage.transactionSync(work),
    });
  }

  async #config(shop: string) {
    const published = await configStore(this.env.CONFIG).read(shop);
    return resolveConfig(published?.config ?? {});
  }
}
