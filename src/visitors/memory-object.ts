import { DurableObject } from 'cloudflare:workers';
import type { SiteConfig } from '../config/schema.ts';
import { directoryObject, type Env, learnerObject, tallyObject } from '../env.ts';
import type { Consent } from '../events/schema.ts';
import type { Counting } from '../experiments/metrics.ts';
import type { Flush } from '../learning/schema.ts';
import { key53 } from '../shared/hash.ts';
import { hexOf } from '../shared/hex.ts';
import { countedIn, fittingOneCall, hasToTell, patience, takeConfirmation, undeliveredWindows } from './deliver.ts';
import { seal, shown } from './flush.ts';
import { type Change, endSessionIfOver, noChange } from './observe.ts';
import { mergedOrders } from './read.ts';
import { retentionDue, takeRetained } from './retain.ts';
import type { Erased } from './schema-held.ts';
import { addErrands, dueAt, type Errand, freshState, holdsAnything, isForgotten, type VisitorState } from './state.ts';
import { type VisitorStore, visitorStore } from './store.ts';
import { strikeSample } from './strike.ts';
import { anonymousFlush, erasedState, type StatedConsent } from './withdraw.ts';

/** After a start with flushes that nobody confirmed: how soon the shards are asked for them. */
const LEFTOVER_MS = 10_000;

/** 128 bits of chance, as text. */
export function draw(): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(16)));
}

/** What keeps a memory: its rows, its one alarm, and the delivery of what it has acknowledged. */
export abstract class MemoryObject extends DurableObject<Env> {
  protected readonly store: VisitorStore;
  protected state: VisitorState;
  #alarmAt: number | null = null;
  /** Numbers of fixed flushes that this life has still to send. */
  readonly #unsent = new Set<number>();
  #failures = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.store = visitorStore(ctx.storage.sql, draw);
    this.state = this.store.load();
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
      const { core } = this.state;
      if (core.unconfirmed.length > 0) core.confirmAt = Math.min(core.confirmAt, Date.now() + LEFTOVER_MS);
      this.#arm(dueAt(this.state));
    });
  }

  /** Does what is due by a time besides delivery. Throws what could not be done; it is tried again. */
  protected abstract tend(due: number): Promise<void>;

  /** Makes the sample that the next flush carries, as far as consent lets there be one. */
  protected abstract noteSample(now: number): Promise<void>;

  /** The shop's config, at least of a version; null where it cannot be had, or knows no personas. */
  protected abstract personaConfig(shop: string, now: number, version?: number): Promise<SiteConfig | null>;

  /** Counts what has been met and done in experiments since it was counted last, within a transaction. */
  protected abstract countUp(): void;

  /** How experiments are counted; null: not known at the moment. */
  protected abstract get counting(): Counting | null;

  /** Flushes and confirms now, whatever is due. @returns the windows whose flushes have not been applied everywhere yet */
  async wake(): Promise<{ undelivered: number[] }> {
    const { core } = this.state;
    const now = Date.now();
    core.flushAt = Math.min(core.flushAt, now);
    core.confirmAt = Math.min(core.confirmAt, now);
    if (core.countAt) core.countAt = Math.min(core.countAt, now);
    await this.#run(now);
    return { undelivered: undeliveredWindows(this.state) };
  }

  override async alarm(): Promise<void> {
    // This object's clock may run behind the one that rang: what the alarm was set for is due.
    const due = Math.max(Date.now(), this.#alarmAt ?? 0);
    this.#alarmAt = null;
    await this.#run(due);
  }

  /** Does what is due by a time. Sessions end and retention runs out whether or not what they left can be delivered. */
  async #run(due: number): Promise<void> {
    const failed = (what: string, error: unknown): void => {
      this.#failures += 1;
      console.error(JSON.stringify({ [what]: 'failed', times: this.#failures, error: String(error) }));
    };
    const before = this.#failures;
    try {
      // First: what is flushed now is on its way for some seconds, and would be sent a second time if it were asked for at once.
      const { core } = this.state;
      if (core.unconfirmed.length > 0 && core.confirmAt <= due) await this.#confirm(due);
    } catch (error) {
      failed('confirmation', error);
    }
    try {
      if (this.#isFlushDue(due)) await this.noteSample(Date.now());
      this.#flush(due);
      await this.#send();
    } catch (error) {
      failed('delivery', error);
    }
    try {
      await this.tend(due);
    } catch (error) {
      failed('telling', error);
    }
    try {
      this.#retain(due);
    } catch (error) {
      failed('retention', error);
    }
    if (this.#failures === before) this.#failures = 0;
    this.#arm(this.#failures > 0 ? Date.now() + patience(this.#failures) : dueAt(this.state));
  }

  #isFlushDue(due: number): boolean {
    const { core } = this.state;
    return (hasToTell(this.state) && core.flushAt <= due) || (core.countAt ? core.countAt <= due : false);
  }

  #flush(due: number): void {
    if (!this.#isFlushDue(due)) return;
    this.commit(() => {
      this.countUp();
      const sealed = hasToTell(this.state) ? [seal(this.state, Date.now(), 0, key53)] : [];
      return { change: { ...noChange(), changed: true, sealed } };
    });
  }

  async #send(): Promise<void> {
    while (this.#unsent.size > 0) {
      const flushes = fittingOneCall(this.store.flushes(this.#unsent));
      const messages = flushes.map(({ text }) => ({ body: JSON.parse(text) as Flush, contentType: 'json' as const }));
      const [first] = messages;
      // None is left when they were confirmed in between.
      if (first === undefined) return this.#unsent.clear();
      if (messages.length === 1) await this.env.INTERACTIONS.send(first.body, { contentType: 'json' });
      else await this.env.INTERACTIONS.sendBatch(messages);
      for (const { number } of flushes) this.#unsent.delete(number);
    }
  }

  /** Asks the shards which flushes they lack, and sends those again. */
  async #confirm(now: number): Promise<void> {
    const { name, shop, unconfirmed } = this.state.core;
    const numbers = new Map(unconfirmed.map(({ number }) => [`${name}.${number}`, number]));
    const ids = [...numbers.keys()];
    const answers = await Promise.all([
      tallyObject(this.env, shop).lacking(ids),
      learnerObject(this.env, shop).lacking(ids),
    ]);
    const lacked = new Set(answers.flat().flatMap((id) => numbers.get(id) ?? []));
    if (this.state.core.name !== name) return;
    const { confirmation, lost } = this.commit(() => {
      const asked = new Set(numbers.values());
      const confirmation = takeConfirmation(this.state, now, { asked, lacked });
      const lost = countedIn(name, this.store.flushes(confirmation.givenUp));
      this.store.dropEmptied([...confirmation.confirmed, ...confirmation.givenUp]);
      return { change: { ...noChange(), changed: true }, confirmation, lost };
    });
    for (const number of confirmation.resend) this.#unsent.add(number);
    if (lost.length > 0) await directoryObject(this.env, shop).gaveUp(lost, now);
    await this.#send();
  }

  /** Ends the session, and drops what is past its time. */
  #retain(due: number): void {
    this.commit(() => {
      const change = this.ended(due);
      const retention = retentionDue(this.state, due);
      if (retention.what === 'nothing') return { change };
      if (retention.what === 'everything') this.state = freshState(draw);
      else takeRetained(this.state, due, this.store.retain(retention.before, retention.from));
      return { change: { ...change, changed: true } };
    });
  }

  protected ended(now: number): Change {
    const change = noChange();
    endSessionIfOver(this.state, now, { change, counting: this.counting });
    return change;
  }

  protected sizes(): { events: number; orders: number } {
    return { events: this.store.countEvents() + shown(this.state.open).length, orders: mergedOrders(this.state) };
  }

  /**
   * Removes everything that is held here, and leaves behind when, and the errand to have it removed elsewhere. What has been acknowledged is still delivered, as far as it does not say whose it is.
   * @param errands what other objects have to be told because of it
   */
  protected async wipe(now: number, options: { refusal: StatedConsent | null; errands: Errand[] }): Promise<Erased> {
    await this.personaConfig(this.state.core.shop, now);
    const { shop, sender, name, unconfirmed } = this.state.core;
    const windows = undeliveredWindows(this.state).map((window) => ({ sender, window }));
    const sent = unconfirmed.map((flush) => `${name}.${flush.number}`);
    const isHeld = holdsAnything(this.state);
    const erased = {
      ...this.sizes(),
      messages: 0,
      profile: this.state.profile !== null || this.state.parts.length > 0,
      erasedAt: now,
    };
    const links = this.state.parts.length + (this.state.core.customer === null ? 0 : 1);
    const { flushes } = this.commit(() => {
      const { core } = this.state;
      this.countUp();
      if (hasToTell(this.state)) this.#seal();
      const numbers = new Set(core.unconfirmed.map((flush) => flush.number));
      const strike = strikeSample(core);
      this.state = erasedState(this.state, now, { draw, refusal: options.refusal });
      const { sender: subject } = this.state.core;
      const forget: Errand[] = isHeld && subject !== '' ? [{ errand: 'forget', subject }] : [];
      addErrands(this.state.core, [...options.errands, ...forget, ...strike], now);
      this.store.clearBut(numbers, anonymousFlush);
      return { change: { ...noChange(), changed: true }, flushes: numbers.size };
    });
    try {
      if (windows.length + sent.length > 0) await directoryObject(this.env, shop).erased(windows, sent);
    } catch (error) {
      // The sweep finds nobody behind these windows and closes them; dead letters name nobody, and go after 14 days.
      console.error(JSON.stringify({ shop, directory: 'not told', error: String(error) }));
    }
    return { ...erased, links, flushes };
  }

  /** Fixes what has gathered, within a transaction that goes on to change it. */
  #seal(): void {
    const sealed = seal(this.state, Date.now(), 0, key53);
    this.store.addSealed(sealed);
    for (const { number } of sealed.batches) this.#unsent.add(number);
  }

  /** One synchronous transaction: the change, the rows it needs, and the alarm. What fails leaves memory as the rows say. */
  protected commit<T extends { change: Change }>(make: () => T): T {
    const alarmAt = this.#alarmAt;
    try {
      return this.ctx.storage.transactionSync(() => {
        const made = make();
        this.#write(made.change);
        return made;
      });
    } catch (error) {
      this.state = this.store.load();
      this.#alarmAt = alarmAt;
      throw error;
    }
  }

  /** As {@link commit}, of what writes nothing itself: where one row says it all, no transaction is needed around it. */
  protected take<T extends { change: Change }>(make: () => T): T {
    try {
      const made = make();
      const { ordersChanged, sealed, strip } = made.change;
      if (ordersChanged || sealed.length + strip.length > 0) return this.commit(() => made);
      this.#write(made.change);
      return made;
    } catch (error) {
      this.state = this.store.load();
      throw error;
    }
  }

  #write({ changed, ordersChanged, sealed, strip, stripsAll }: Change): void {
    const { core, profile } = this.state;
    for (const one of sealed) {
      this.store.addSealed(one);
      for (const { number } of one.batches) this.#unsent.add(number);
    }
    if (strip.length > 0) {
      const stays = (consent: Consent): boolean => !stripsAll && consent === 'personal';
      this.store.strip(strip, stays, new Set(core.unconfirmed.map((flush) => flush.number)));
    }
    if (!changed) return;
    if (isForgotten(this.state)) {
      this.store.clear();
      this.state = freshState(draw);
      this.#alarmAt = null;
      void this.ctx.storage.deleteAlarm();
      return;
    }
    if (ordersChanged) this.store.saveOrders(profile?.orders ?? []);
    this.store.save(this.state, sealed.length > 0);
    this.#arm(dueAt(this.state));
  }

  protected isArmedFor = (at: number | null): boolean => at === null || (this.#alarmAt !== null && this.#alarmAt <= at);

  #arm(at: number | null): void {
    if (at === null || this.isArmedFor(at)) return;
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }
}
