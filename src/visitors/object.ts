import { DurableObject } from 'cloudflare:workers';
import { directoryObject, type Env, learnerObject, tallyObject } from '../env.ts';
import type { Consent, KeptEvent } from '../events/schema.ts';
import { hmacHex } from '../http/sign.ts';
import type { Flush } from '../learning/schema.ts';
import { key53 } from '../shared/hash.ts';
import { hexOf } from '../shared/hex.ts';
import { consentUsed } from './consent.ts';
import { fittingOneCall, patience, takeConfirmation, undeliveredWindows } from './deliver.ts';
import { seal } from './flush.ts';
import { type Change, endSessionIfOver, noChange, takeEvents } from './observe.ts';
import { exportOf, readable } from './read.ts';
import { retentionDue, takeRetained } from './retain.ts';
import type { ConsentAsked, Erased, Memory, Observation, Observed, VisitorExport } from './schema.ts';
import { dueAt, freshState, holdsAnything, isForgotten, type VisitorState } from './state.ts';
import { type VisitorStore, visitorStore } from './store.ts';
import { erasedState, type StatedConsent, storeConsent } from './withdraw.ts';

/** After a start with flushes that nobody confirmed: how soon the shards are asked for them. */
const LEFTOVER_MS = 10_000;

/** 128 bits of chance, as text. */
function draw(): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(16)));
}

/** The memory of one visitor or customer, who alone writes it: what an acknowledged event says is on disk here before anybody hears of it. */
export class VisitorObject extends DurableObject<Env> {
  readonly #store: VisitorStore;
  #state: VisitorState;
  #alarmAt: number | null = null;
  /** Numbers of fixed flushes that this life has still to send. */
  readonly #unsent = new Set<number>();
  #announcing: Promise<void> | null = null;
  #failures = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = visitorStore(ctx.storage.sql, draw);
    this.#state = this.#store.load();
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
      const { core } = this.#state;
      if (core.unconfirmed.length > 0) core.confirmAt = Math.min(core.confirmAt, Date.now() + LEFTOVER_MS);
      this.#arm(dueAt(this.#state));
    });
  }

  /** Takes events. They are on disk, and the directory knows of them, when this returns. */
  async observe(observation: Observation): Promise<Observed> {
    const orderKeys = await this.#orderKeys(observation.events);
    const { answer, change } = this.#commit(() => takeEvents(this.#state, observation, orderKeys));
    if (change.opened > 0) this.#announcing = this.#announce(change.opened);
    if (this.#announcing !== null) await this.#announcing;
    const memory = observation.recall ? this.#memory(answer.consentUsed, observation.now, observation.orders) : null;
    return { ...answer, memory };
  }

  /** What is remembered, as far as consent lets it be read. */
  recall(asked: { consent: ConsentAsked; orders: boolean; now: number }): { consentUsed: Consent; memory: Memory } {
    const used = consentUsed(asked.consent, this.#state.core.consent?.consent ?? null);
    return { consentUsed: used, memory: this.#memory(used, asked.now, asked.orders) };
  }

  /** Everything held, null when nothing is. Events in the visitor's order. */
  exportAll(now: number): VisitorExport | null {
    this.#commit(() => ({ change: this.#ended(now) }));
    return exportOf(this.#state, this.#store.events(), this.#store.counts());
  }

  /** Erases everything; leaves behind when, so that older events stay out. Null when there was nothing. */
  async erase(now: number): Promise<Erased | null> {
    return holdsAnything(this.#state) ? this.#wipe(now, null) : null;
  }

  /** Stores consent; a withdrawal erases at once what is no longer covered. @returns what went, null when nothing had to */
  async setConsent(stated: StatedConsent): Promise<Erased | null> {
    const had = this.#sizes();
    if (stated.consent === 'none') {
      const erased = await this.#wipe(stated.now, stated);
      return erased.profile ? erased : null;
    }
    const { withdrawn } = this.#commit(() => {
      const change: Change = { ...this.#ended(stated.now), changed: true };
      const withdrawn = storeConsent(this.#state, stated);
      if (withdrawn) Object.assign(change, { strip: this.#store.batches(), stripsAll: true, ordersChanged: true });
      return { change, withdrawn };
    });
    if (!withdrawn) return null;
    const left = this.#sizes();
    return { events: had.events - left.events, orders: had.orders - left.orders, profile: true, erasedAt: stated.now };
  }

  /** Takes an item out of what the visitor is shown as bought. @returns false when nothing is held */
  hide(itemId: string): boolean {
    const { profile, base } = this.#state;
    if (profile === null) return false;
    this.#commit(() => {
      for (const one of [profile, base]) if (one !== null && !one.hidden.includes(itemId)) one.hidden.push(itemId);
      return { change: { ...noChange(), changed: true } };
    });
    return true;
  }

  /** Flushes and confirms now, whatever is due. @returns the windows whose flushes have not been applied everywhere yet */
  async wake(): Promise<{ undelivered: number[] }> {
    const { core } = this.#state;
    const now = Date.now();
    core.flushAt = Math.min(core.flushAt, now);
    core.confirmAt = Math.min(core.confirmAt, now);
    await this.#run(now);
    return { undelivered: undeliveredWindows(this.#state) };
  }

  override async alarm(): Promise<void> {
    // This object's clock may run behind the one that rang: what the alarm was set for is due.
    const due = Math.max(Date.now(), this.#alarmAt ?? 0);
    this.#alarmAt = null;
    await this.#run(due);
  }

  /** Does what is due by a time. Sessions end and retention runs out whether or not what they left can be delivered. */
  async #run(due: number): Promise<void> {
    try {
      this.#flush(due);
      await this.#send();
      const { core } = this.#state;
      if (core.unconfirmed.length > 0 && core.confirmAt <= due) await this.#confirm(due);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      console.error(JSON.stringify({ delivery: 'failed', times: this.#failures, error: String(error) }));
    }
    try {
      this.#retain(due);
    } catch (error) {
      this.#failures += 1;
      console.error(JSON.stringify({ retention: 'failed', times: this.#failures, error: String(error) }));
    }
    this.#arm(this.#failures > 0 ? Date.now() + patience(this.#failures) : dueAt(this.#state));
  }

  #flush(due: number): void {
    const { core, open, openViews } = this.#state;
    if (open.length + openViews.length === 0 || core.flushAt > due) return;
    this.#commit(() => ({
      change: { ...noChange(), changed: true, sealed: [seal(this.#state, Date.now(), 0, key53)] },
    }));
  }

  async #send(): Promise<void> {
    while (this.#unsent.size > 0) {
      const flushes = fittingOneCall(this.#store.flushes(this.#unsent));
      const messages = flushes.map(({ text }) => ({ body: JSON.parse(text) as Flush, contentType: 'json' as const }));
      const [first] = messages;
      // None is left when the visitor was erased in between.
      if (first === undefined) return this.#unsent.clear();
      if (messages.length === 1) await this.env.INTERACTIONS.send(first.body, { contentType: 'json' });
      else await this.env.INTERACTIONS.sendBatch(messages);
      for (const { number } of flushes) this.#unsent.delete(number);
    }
  }

  /** Asks the shards which flushes they lack, and sends those again. */
  async #confirm(now: number): Promise<void> {
    const { name, shop, unconfirmed } = this.#state.core;
    const numbers = new Map(unconfirmed.map(({ number }) => [`${name}.${number}`, number]));
    const ids = [...numbers.keys()];
    const answers = await Promise.all([
      tallyObject(this.env, shop).lacking(ids),
      learnerObject(this.env, shop).lacking(ids),
    ]);
    const lacked = new Set(answers.flat().flatMap((id) => numbers.get(id) ?? []));
    if (this.#state.core.name !== name) return;
    const { confirmation } = this.#commit(() => {
      const asked = new Set(numbers.values());
      const confirmation = takeConfirmation(this.#state, now, { asked, lacked });
      this.#store.dropEmptied([...confirmation.confirmed, ...confirmation.givenUp]);
      return { change: { ...noChange(), changed: true }, confirmation };
    });
    for (const number of confirmation.resend) this.#unsent.add(number);
    if (confirmation.givenUp.length > 0)
      console.error(JSON.stringify({ shop, delivery: 'given up', flushes: confirmation.givenUp.length }));
    await this.#send();
  }

  /** Ends the session, and drops what is past its time. */
  #retain(due: number): void {
    this.#commit(() => {
      const change = this.#ended(due);
      const retention = retentionDue(this.#state, due);
      if (retention.what === 'nothing') return { change };
      if (retention.what === 'everything') this.#state = freshState(draw);
      else takeRetained(this.#state, due, this.#store.retain(retention.before, retention.from));
      return { change: { ...change, changed: true } };
    });
  }

  #ended(now: number): Change {
    const change = noChange();
    endSessionIfOver(this.#state, now, change);
    return change;
  }

  #memory(used: Consent, now: number, orders: boolean): Memory {
    const stored = this.#state.core.consent?.consent ?? null;
    return { profile: readable(this.#state, now, { consent: used, orders }), stored };
  }

  #sizes(): { events: number; orders: number } {
    const { open, profile } = this.#state;
    return { events: this.#store.countEvents() + open.length, orders: profile?.orders.length ?? 0 };
  }

  async #wipe(now: number, refusal: StatedConsent | null): Promise<Erased> {
    const { shop, sender } = this.#state.core;
    const windows = undeliveredWindows(this.#state).map((window) => ({ sender, window }));
    const erased: Erased = { ...this.#sizes(), profile: this.#state.profile !== null, erasedAt: now };
    this.#unsent.clear();
    this.#commit(() => {
      this.#store.clear();
      this.#state = erasedState(this.#state, now, { draw, refusal });
      return { change: { ...noChange(), changed: true } };
    });
    try {
      if (windows.length > 0) await directoryObject(this.env, shop).settled(windows);
    } catch (error) {
      // The sweep finds nobody behind these windows and closes them.
      console.error(JSON.stringify({ shop, directory: 'not told', error: String(error) }));
    }
    return erased;
  }

  /** Lets the directory know that a window is open, so that the visitor is found if this object's own alarm should get lost. */
  async #announce(events: number): Promise<void> {
    const { shop, sender, window } = this.#state.core;
    try {
      await directoryObject(this.env, shop).opened({ sender, window, events });
    } catch (error) {
      // The events are on disk and the alarm is set: the sweep is a second net.
      console.error(JSON.stringify({ shop, directory: 'not told', error: String(error) }));
    } finally {
      if (this.#state.core.window === window) this.#announcing = null;
    }
  }

  /** Order ids under this visitor's salt, as the archive knows them. */
  async #orderKeys(events: readonly KeptEvent[]): Promise<Map<string, string>> {
    const orderIds = events.flatMap((event) => event.orderId ?? []);
    if (orderIds.length === 0) return new Map();
    const keys = await hmacHex(this.#state.core.salt, orderIds);
    return new Map(orderIds.map((orderId, i) => [orderId, (keys[i] ?? '').slice(0, 24)]));
  }

  /** One synchronous transaction: the change, the rows it needs, and the alarm. What fails leaves memory as the rows say. */
  #commit<T extends { change: Change }>(make: () => T): T {
    const alarmAt = this.#alarmAt;
    try {
      return this.ctx.storage.transactionSync(() => {
        const made = make();
        this.#write(made.change);
        return made;
      });
    } catch (error) {
      this.#state = this.#store.load();
      this.#alarmAt = alarmAt;
      throw error;
    }
  }

  #write({ changed, ordersChanged, sealed, strip, stripsAll }: Change): void {
    const { core, profile } = this.#state;
    for (const one of sealed) {
      this.#store.addSealed(one);
      for (const { number } of one.batches) this.#unsent.add(number);
    }
    if (strip.length > 0) {
      const stays = (consent: Consent): boolean => !stripsAll && consent === 'personal';
      this.#store.strip(strip, stays, new Set(core.unconfirmed.map((flush) => flush.number)));
    }
    if (!changed) return;
    if (isForgotten(this.#state)) {
      this.#store.clear();
      this.#state = freshState(draw);
      this.#alarmAt = null;
      void this.ctx.storage.deleteAlarm();
      return;
    }
    if (ordersChanged) this.#store.saveOrders(profile?.orders ?? []);
    this.#store.save(this.#state, sealed.length > 0);
    this.#arm(dueAt(this.#state));
  }

  #arm(at: number | null): void {
    if (at === null || (this.#alarmAt !== null && this.#alarmAt <= at)) return;
    this.#alarmAt = at;
    void this.ctx.storage.setAlarm(at);
  }
}
