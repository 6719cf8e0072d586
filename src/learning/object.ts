import { DurableObject } from 'cloudflare:workers';
import { resolveConfig } from '../config/defaults.ts';
import { configStore } from '../config/store.ts';
import type { Env } from '../env.ts';
import { appliedIds } from '../shared/applied.ts';
import { DAY_MS } from '../shared/decay.ts';
import { encodeChunk } from './codec.ts';
import { encodeCounts } from './counts.ts';
import { type Learner, openLearner } from './learner.ts';
import { type LearnerStore, learnerStore, type Published } from './learner-store.ts';
import type { LearnBatch } from './log.ts';
import { type Freshness, planPublication, published } from './publication.ts';
import { cardStore } from './store.ts';
import { decodeUpload } from './stored.ts';

/** What the learner takes from the shop's config. */
interface Settings extends Freshness {
  halfLifeMs: number;
  ownClicks: number;
  readAt: number;
}

/** What an upload came to. */
export type UploadResult = 'accepted' | 'repeated' | 'broken' | 'in-future';

const SETTINGS_MS = 30_000;
const RETRY_MS = 10_000;
/** The newest event rules how everything fades: cards from the future would shrink the shop. */
const CLOCK_TOLERANCE_MS = DAY_MS;

const NOTHING_PUBLISHED: Published = {
  publication: {
    manifest: null,
    writtenAt: [],
    isAnnounced: true,
    bucket: { tokens: Number.MAX_SAFE_INTEGER, at: 0 },
  },
  sequence: 0,
  events: 0,
  ownClicks: Number.NaN,
};

/** Learns what the visitors of a shop do, keeps the item cards, and publishes them to KV. Fed by the queue. */
export class LearnerObject extends DurableObject<Env> {
  readonly #store: LearnerStore;
  #shop: string | null;
  #learner: Learner | null = null;
  #published: Published;
  #settings: Settings | null = null;
  #alarmAt: number | null = null;
  #publishing: Promise<void> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = learnerStore(ctx.storage.sql);
    this.#shop = this.#store.readShop();
    this.#published = this.#store.readPublished() ?? NOTHING_PUBLISHED;
    if (this.#store.readLearnt() !== null) this.#learner = this.#open(DAY_MS);
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
      if (this.#alarmAt === null && this.#learner !== null) this.#wakeAt(Date.now());
    });
  }

  /** Applies what flushes teach, each once by its id, whoever delivers it and how often. Durable when it returns. */
  async apply(batches: LearnBatch[]): Promise<void> {
    const learner = await this.#ready();
    const now = Date.now();
    this.#whole(() => learner.apply(batches, now));
    this.#schedule(now);
  }

  /** Those of the flushes that were not applied. */
  async lacking(flushIds: string[]): Promise<string[]> {
    return this.#learner === null ? flushIds : this.#learner.lacking(flushIds);
  }

  /** Adds cards that were built offline, once for each import and chunk. */
  async upload(importId: string, chunk: number, bytes: ArrayBuffer): Promise<UploadResult> {
    const learner = await this.#ready();
    const now = Date.now();
    const upload = decodeUpload(new Uint8Array(bytes));
    if (upload === null) return 'broken';
    if (upload.scale.newest > now + CLOCK_TOLERANCE_MS) return 'in-future';
    const isNew = this.#whole(() => learner.upload({ importId, chunk, upload }, now));
    this.#schedule(now);
    return isNew ? 'accepted' : 'repeated';
  }

  /** How many applied events are not in published cards yet, and the version of those. */
  async unpublished(): Promise<{ events: number; version: string }> {
    const events = (this.#learner?.events ?? 0) - this.#published.events;
    return { events, version: `k${this.#published.publication.manifest?.version ?? 0}` };
  }

  /** Publishes what has changed, as far as interval and budget allow. Also done by the alarm. */
  async publish(now: number): Promise<void> {
    // One at a time; who comes in between gets a publication of their own after it, which finds nothing to do unless there is something new.
    while (this.#publishing !== null) await this.#publishing;
    this.#publishing = this.#publish(now).finally(() => {
      this.#publishing = null;
    });
    await this.#publishing;
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    const now = Date.now();
    try {
      const learner = this.#learner;
      if (learner === null) return;
      const settings = await this.#settingsAt(now);
      if (settings.halfLifeMs !== learner.cards.halfLifeMs)
        this.#whole(() => learner.setHalfLife(settings.halfLifeMs, now));
      await this.publish(now);
      if ((learner.checkpointAt ?? Number.POSITIVE_INFINITY) <= now) this.#whole(() => learner.checkpoint(now));
      this.#schedule(now);
    } catch (error) {
      console.error(JSON.stringify({ shop: this.#shop, learner: 'alarm', error: String(error) }));
      this.#wakeAt(now + RETRY_MS);
    }
  }

  #open(halfLifeMs: number): Learner {
    return openLearner({
      store: this.#store,
      applied: appliedIds(this.ctx.storage.sql, 'applied'),
      transact: (work) => this.ctx.storage.transactionSync(work),
      halfLifeMs,
    });
  }

  /** The first event names the shop and takes its half-life from the config. */
  async #ready(): Promise<Learner> {
    if (this.#learner !== null) return this.#learner;
    const name = this.ctx.id.name ?? '';
    const shop = name.slice(0, name.lastIndexOf(':'));
    if (shop === '') throw new Error('A learner is found by the name of its shop.');
    this.#shop = shop;
    const settings = await this.#settingsAt(Date.now());
    if (this.#learner === null) {
      this.#store.writeShop(shop);
      this.#learner = this.#open(settings.halfLifeMs);
    }
    return this.#learner;
  }

  /** What fails halfway leaves memory ahead of the storage: the object starts again from what is stored. */
  #whole<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.ctx.abort(`The learner could not write: ${String(error)}`);
      throw error;
    }
  }

  async #settingsAt(now: number): Promise<Settings> {
    if (this.#settings !== null && Math.abs(now - this.#settings.readAt) < SETTINGS_MS) return this.#settings;
    const stored = await configStore(this.env.CONFIG).read(this.#shop ?? '');
    const { freshness, learning } = resolveConfig(stored?.config ?? {});
    this.#settings = {
      cardsSeconds: freshness.cardsSeconds,
      kvWritesPerDay: freshness.kvWritesPerDay,
      halfLifeMs: learning.halfLifeDays * DAY_MS,
      ownClicks: learning.ownClicks,
      readAt: now,
    };
    return this.#settings;
  }

  #plan(learner: Learner, settings: Settings, now: number) {
    return planPublication({
      publication: this.#published.publication,
      unpublished: [...learner.cards.shelf.unpublished],
      countsChanged: learner.sequence > this.#published.sequence,
      now,
      freshness: settings,
    });
  }

  async #publish(now: number): Promise<void> {
    const learner = this.#learner;
    const shop = this.#shop;
    if (learner === null || shop === null || Number.isNaN(learner.cards.landmark)) return;
    const settings = await this.#settingsAt(now);
    const store = cardStore(this.env.CARDS, shop);
    const { manifest, isAnnounced } = this.#published.publication;
    if (manifest !== null && !isAnnounced) await this.#announce();
    const { shelf } = learner.cards;
    if (settings.ownClicks !== this.#published.ownClicks)
      for (let chunk = 0; chunk < 2 ** shelf.bits; chunk++) shelf.unpublished.add(chunk);
    const { chunks } = this.#plan(learner, settings, now);
    if (chunks === null) return;
    // Between here and the last write more may be learnt; the counts and the notes are of this moment.
    const isWhole = [...shelf.unpublished].every((chunk) => chunks.includes(chunk));
    const { events, sequence } = learner;
    const { bits } = shelf;
    const version = (manifest?.version ?? 0) + 1;
    const counts = encodeCounts(learner.cards, settings);
    const empty: number[] = [];
    try {
      for (const chunk of chunks) {
        if (shelf.bits !== bits) throw new Error('The chunks were divided meanwhile.');
        shelf.unpublished.delete(chunk);
        const bytes = encodeChunk(shelf.chunk(chunk), learner.cards, settings);
        if (bytes === null) empty.push(chunk);
        else await store.writeChunk(`${chunk}/${version}`, bytes);
      }
      await store.writeCounts(version, counts);
    } catch (error) {
      for (const chunk of chunks) if (shelf.bits === bits) shelf.unpublished.add(chunk);
      if (shelf.bits !== bits) for (let chunk = 0; chunk < 2 ** shelf.bits; chunk++) shelf.unpublished.add(chunk);
      throw error;
    }
    this.#published = {
      publication: published(this.#published.publication, { chunks, empty, bits, now }, settings.kvWritesPerDay),
      sequence,
      events: isWhole ? events : this.#published.events,
      ownClicks: settings.ownClicks,
    };
    this.ctx.storage.transactionSync(() => {
      this.#store.writePublished(this.#published);
      this.#store.writeWaiting({ sequence: learner.sequence, bits: shelf.bits, chunks: [...shelf.unpublished] });
    });
    await this.#announce();
  }

  /** The manifest goes last, and is noted first: a version that was announced never gets another content. */
  async #announce(): Promise<void> {
    const { manifest } = this.#published.publication;
    if (manifest === null || this.#shop === null) return;
    await cardStore(this.env.CARDS, this.#shop).writeManifest(manifest);
    this.#published = { ...this.#published, publication: { ...this.#published.publication, isAnnounced: true } };
    this.#store.writePublished(this.#published);
  }

  #schedule(now: number): void {
    const learner = this.#learner;
    const settings = this.#settings;
    if (learner === null) return;
    const plan = settings === null ? null : this.#plan(learner, settings, now);
    // Without the settings it is the alarm that reads them and sees what is due.
    const next = plan === null || plan.chunks !== null ? now : (plan.nextAt ?? Number.POSITIVE_INFINITY);
    const at = Math.min(next, learner.checkpointAt ?? Number.POSITIVE_INFINITY);
    if (Number.isFinite(at)) this.#wakeAt(Math.max(now, at));
  }

  #wakeAt(at: number): void {
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }
}
