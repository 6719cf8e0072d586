import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';
import { appliedIds } from '../shared/applied.ts';
import { DAY_MS } from '../shared/decay.ts';
import { areOthers, holdOutsOf } from './basket-learner.ts';
import { withBuyer } from './buyers.ts';
import { encodeCounts } from './counts.ts';
import { figuresOf } from './holdout.ts';
import { type Learner, openLearner } from './learner.ts';
import { type LearnerStore, learnerStore, NOTHING_PUBLISHED, type Published } from './learner-store.ts';
import type { LearnBatch } from './log.ts';
import { noShares, withinShare } from './networks.ts';
import { planPublication, published } from './publication.ts';
import { type Rebuild, type RebuildStore, rebuildStore } from './rebuild-store.ts';
import { replaceCards } from './replace.ts';
import type { RebuildResult, Unpublished, UploadPart, UploadResult } from './schema.ts';
import type { Manifest } from './schema-published.ts';
import { type Settings, settingsStore } from './settings-store.ts';
import { cardStore } from './store.ts';
import { readPart, readUpload } from './stored.ts';
import { vanishedKeys } from './vanished-store.ts';
import { writeVersion } from './version-store.ts';

const RETRY_MS = 10_000;

/** Learns what the visitors of a shop do, keeps the item cards, and publishes them to KV. Fed by the queue. */
export class LearnerObject extends DurableObject<Env> {
  readonly #store: LearnerStore;
  #shop: string | null;
  #learner: Learner | null = null;
  #published: Published;
  readonly #settings: ReturnType<typeof settingsStore>;
  #alarmAt: number | null = null;
  #publishing: Promise<void> | null = null;
  readonly #shares = noShares();
  readonly #rebuilds: RebuildStore;
  #rebuild: Rebuild | null;
  readonly #vanished: ReturnType<typeof vanishedKeys>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = learnerStore(ctx.storage.sql);
    this.#settings = settingsStore(env.CONFIG);
    this.#rebuilds = rebuildStore(ctx.storage.sql);
    this.#rebuild = this.#rebuilds.current();
    this.#vanished = vanishedKeys(ctx.storage.sql, env.CATALOG);
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
    const fresh = new Set(learner.lacking(batches.map((batch) => batch.flushId)));
    const salt = this.#store.saltOf(() => crypto.randomUUID());
    const shared = batches.map((batch) =>
      fresh.has(batch.flushId)
        ? withinShare(this.#shares, learner.cards, { batch: withBuyer(batch, salt), now })
        : batch,
    );
    this.#rebuild = this.#rebuilds.lasting(this.#rebuild, now);
    if (this.#rebuild === null) this.#whole(() => learner.apply(shared, now));
    else
      this.#together(() => {
        const news = new Map(shared.map((batch) => [batch.flushId, batch]));
        this.#rebuilds.note([...news.values()].filter((batch) => fresh.has(batch.flushId)));
        learner.apply(shared, now);
      });
    this.#schedule(now);
  }

  /** From now on what is learnt is noted as well, for cards that are rebuilt elsewhere; they take the place of these when all their parts were staged. */
  async beginRebuild(rebuildId: string): Promise<void> {
    await this.#ready();
    this.#rebuild = this.ctx.storage.transactionSync(() => this.#rebuilds.begin(rebuildId, Date.now()));
  }

  /** Flushes, by the hashes of their ids, that the archive has from which the rebuilt cards are made. @returns false when this rebuild is not in progress */
  async fenceRebuild(rebuildId: string, archived: number[]): Promise<boolean> {
    if (this.#rebuild?.rebuildId !== rebuildId) return false;
    this.#rebuild = { ...this.#rebuild, archived };
    this.#rebuilds.write(this.#rebuild);
    return true;
  }

  /** Takes a part of rebuilt cards, once; with the last of them they replace what was learnt before the rebuild began. */
  async stage(part: { rebuildId: string; chunk: number; chunks: number }, bytes: ArrayBuffer): Promise<RebuildResult> {
    const learner = await this.#ready();
    const now = Date.now();
    const rebuild = this.#rebuild;
    if (rebuild?.rebuildId !== part.rebuildId)
      return this.#store.hasUpload(part.rebuildId, part.chunk) ? 'repeated' : 'no-rebuild';
    const upload = readUpload(new Uint8Array(bytes), now);
    if (typeof upload === 'string') return upload;
    return this.#together(() => {
      if (!this.#rebuilds.stage(part.chunk, new Uint8Array(bytes))) return 'repeated';
      if (this.#rebuilds.stagedParts() < part.chunks) return 'accepted';
      const open = (halfLifeMs: number) => this.#open(halfLifeMs);
      const stores = { store: this.#store, rebuilds: this.#rebuilds };
      this.#learner = replaceCards({ ...stores, open, learner, rebuild, chunks: part.chunks, now });
      this.#rebuild = null;
      this.#schedule(now);
      return 'replaced';
    });
  }

  /** Those of the flushes that were not applied. */
  async lacking(flushIds: string[]): Promise<string[]> {
    return this.#learner === null ? flushIds : this.#learner.lacking(flushIds);
  }

  /** Adds cards that were built offline, or sessions, and how trials went meanwhile, once for each import and chunk. */
  async upload(part: UploadPart, bytes: ArrayBuffer): Promise<UploadResult> {
    const learner = await this.#ready();
    const now = Date.now();
    const upload = readPart(part, new Uint8Array(bytes), now);
    if (typeof upload === 'string') return upload;
    const isNew = this.#whole(() => learner.upload({ ...part, upload }, now));
    this.#schedule(now);
    return isNew ? 'accepted' : 'repeated';
  }

  /** How many applied events are not in published cards yet, and the version of those. */
  async unpublished(): Promise<Unpublished> {
    // What is being published cannot be read before its manifest is written.
    await this.#publishing?.catch(() => undefined);
    const events = (this.#learner?.events ?? 0) - this.#published.events;
    const { publication, bigBaskets: isOn = false } = this.#published;
    return { events, version: `k${publication.manifest?.version ?? 0}`, ...holdOutsOf(isOn, this.#learner) };
  }

  /** What was published as a version; null when nothing was, or when its objects have lived their time. */
  publication(version: number): Manifest | null {
    return this.#store.readManifest(version);
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
      // Other cards may have taken the place of these meanwhile.
      const current = this.#learner;
      if ((current?.checkpointAt ?? Number.POSITIVE_INFINITY) <= now) this.#whole(() => current?.checkpoint(now));
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
      settings: () => this.#settings.held(),
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

  #together<T>(work: () => T): T {
    return this.#whole(() => this.ctx.storage.transactionSync(work));
  }

  #settingsAt(now: number): Promise<Settings> {
    return this.#settings.at(this.#shop ?? '', now);
  }

  #plan(learner: Learner, settings: Settings, now: number) {
    return planPublication({
      publication: this.#published.publication,
      unpublished: [...learner.cards.shelf.unpublished],
      countsChanged: learner.sequence > this.#published.sequence,
      sessions: learner.sessions.wanted(settings),
      bigBaskets: learner.baskets.isOn(settings),
      now,
      freshness: settings,
    });
  }

  async #publish(now: number): Promise<void> {
    const [learner, shop] = [this.#learner, this.#shop];
    if (learner === null || shop === null || Number.isNaN(learner.cards.landmark)) return;
    const settings = await this.#settingsAt(now);
    const store = cardStore(this.env.CARDS, shop);
    const { manifest, isAnnounced } = this.#published.publication;
    if (manifest !== null && !isAnnounced) await this.#announce();
    const { shelf } = learner.cards;
    const weights = { ownClicks: settings.ownClicks, bigBaskets: learner.baskets.isOn(settings) };
    if (areOthers(weights, this.#published)) shelf.publishAll();
    const live = await this.#vanished.live(shop, settings.variants, now);
    if (this.#learner !== learner) throw new Error('The cards were replaced meanwhile.');
    if (live !== null) this.#together(() => this.#vanished.take(live, learner, now));
    const plan = this.#plan(learner, settings, now);
    const { chunks } = plan;
    if (chunks === null) return;
    // Between here and the last write more may be learnt; the counts and the notes are of this moment.
    const isWhole = [...shelf.unpublished].every((chunk) => chunks.includes(chunk));
    const [{ events, sequence }, { bits }] = [learner, shelf];
    const version = (manifest?.version ?? 0) + 1;
    const bought = learner.purchases({ ...settings.recentlyBought, now });
    const counts = encodeCounts(learner.cards, { ...settings, bought });
    const index = plan.sessions === 'write' ? learner.sessions.wanted(settings) : null;
    const empty = await writeVersion(store, learner.cards, {
      number: version,
      chunks,
      counts,
      sessions: index?.bytes ?? null,
      options: { ...weights, isHidden: this.#vanished.isHidden(), isNamed: true },
    });
    if (this.#learner !== learner) throw new Error('The cards were replaced meanwhile.');
    const kept = plan.sessions === 'keep' ? (this.#published.publication.sessions ?? null) : null;
    const there = index === null ? kept : { version, closed: index.closed, at: now };
    const wrote = { chunks, empty, bits, sessions: there, figures: figuresOf(learner.sessions.state), now };
    this.#published = {
      publication: published(this.#published.publication, wrote, settings.kvWritesPerDay),
      sequence,
      events: isWhole ? events : this.#published.events,
      ...weights,
    };
    this.ctx.storage.transactionSync(() => {
      this.#store.writePublished(this.#published);
      learner.noteWaiting();
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
    const settings = this.#settings.held();
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
