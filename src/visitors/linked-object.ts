import { customerObject } from '../env.ts';
import type { Sample } from '../personas/schema-sample.ts';
import { key53 } from '../shared/hash.ts';
import { consentUsed } from './consent.ts';
import { hasToTell } from './deliver.ts';
import { forgetting, settle } from './experience.ts';
import { seal } from './flush.ts';
import { type Met, meeting } from './meet.ts';
import { draw } from './memory-object.ts';
import { type Change, noChange } from './observe.ts';
import { eventsToTell, partOf } from './read.ts';
import { sampleOf } from './sample.ts';
import type { Judging, Observation, Proof } from './schema.ts';
import type { Welcome } from './schema-parts.ts';
import { addErrands, noteReceipt } from './state.ts';
import { strikeSample } from './strike.ts';
import { TellingObject } from './telling-object.ts';
import { leaveCustomer, vacate } from './withdraw.ts';

/** How soon the customer's object is told again what it could not be told at once. */
const SYNC_MS = 10_000;

/** How a visitor comes to belong to a customer, tells the customer's object what it holds, and leaves again. */
export abstract class LinkedObject extends TellingObject {
  /** Of the request that was taken last: the customer's persona is assigned by it as well. */
  protected judging: Judging | undefined;
  /** Changes of hands happen one after the other. */
  #moving: Promise<unknown> = Promise.resolve();

  protected override async tend(due: number): Promise<void> {
    await super.tend(due);
    const { core } = this.state;
    if (core.syncAt > 0 && core.syncAt <= due) {
      core.syncAt = due + SYNC_MS;
      await this.sync();
    }
  }

  /** Of a visitor who belongs to a customer the shop's statistics know the customer, whole and once. */
  protected override async noteSample(now: number): Promise<void> {
    const { shop, pseudonym, customer } = this.state.core;
    // Counting needs it, too.
    await this.personaConfig(shop, now);
    try {
      const sample = await (customer === null
        ? this.#ownSample(shop, now)
        : customerObject(this.env, shop, customer.customerId).sample(shop, now));
      // What was erased or has changed hands meanwhile is nobody's.
      const { core } = this.state;
      const isSame = core.pseudonym === pseudonym && core.customer?.customerId === customer?.customerId;
      if (sample === null || !isSame || core.isMixed) return;
      this.state.sample = sample;
      // On disk with the flush that carries it.
      if (customer === null) core.sampled = true;
    } catch (error) {
      console.warn(JSON.stringify({ shop, sample: 'not made', error: String(error) }));
    }
  }

  async #ownSample(shop: string, now: number): Promise<Sample | null> {
    const config = await this.personaConfig(shop, now);
    return config === null ? null : sampleOf(this.state, config);
  }

  /** Of a customer: what the shop's statistics may know; null where there is nothing, or consent is for less. */
  async sample(shop: string, now: number): Promise<Sample | null> {
    const sample = await this.#ownSample(shop, now);
    if (sample !== null && this.state.core.sampled === undefined)
      this.commit(() => {
        this.state.core.sampled = true;
        return { change: { ...noChange(), changed: true } };
      });
    return sample;
  }

  /** Whether a proof opens the customer's history: one that the request itself states always, a cookie within its login. */
  protected opens(proof: Proof): boolean {
    const { customer, logins } = this.state.core;
    return proof.login === null || (customer?.customerId === proof.customerId && proof.login === logins);
  }

  /** Brings a visitor together with the customer who is proven or known, and leaves out events that are known there. */
  protected async meet(observation: Observation): Promise<Met> {
    const { core } = this.state;
    const { proof, shop, events } = observation;
    const isOpen = proof !== undefined && this.opens(proof);
    const customerId = proof?.login === null ? proof.customerId : core.customer?.customerId;
    const hashes = events.map((event) => key53(event.eventId));
    if (customerId === undefined) {
      if (this.openParts.length === 0 || events.length === 0) return { observation, duplicates: 0, isOpen };
      const known = [...(await this.knownElsewhere(hashes))];
      return meeting(observation, { consent: null, erasedAt: 0, known }, isOpen);
    }
    if (consentUsed(observation.consent, core.consent?.consent ?? null) === 'none')
      return { observation, duplicates: 0, isOpen };
    const isOrder = events.some((event) => event.name === 'purchase');
    const welcome = await this.#askCustomer(shop, customerId, { hashes, isOrder, must: proof?.login === null });
    const met = meeting(observation, welcome, isOpen);
    const mayBelong = consentUsed(met.observation.consent, this.state.core.consent?.consent ?? null) === 'personal';
    if (proof?.login === null && mayBelong) await this.inTurn(() => this.become(customerId, observation, welcome));
    return met;
  }

  async #askCustomer(
    shop: string,
    customerId: string,
    asked: { hashes: number[]; isOrder: boolean; must: boolean },
  ): Promise<Welcome> {
    try {
      return await customerObject(this.env, shop, customerId).welcome(asked.hashes, asked.isOrder);
    } catch (error) {
      if (asked.must) throw error;
      // The visitor's own events are taken all the same: the customer's object is told of them later.
      console.error(JSON.stringify({ shop, customer: 'not asked', error: String(error) }));
      return { consent: null, erasedAt: 0, known: [] };
    }
  }

  protected inTurn<T>(move: () => Promise<T>): Promise<T> {
    const turn = this.#moving.then(move, move);
    this.#moving = turn.catch(() => undefined);
    return turn;
  }

  /** Identification: from here on the visitor's history is part of the customer's. */
  protected async become(customerId: string, observation: Observation, { erasedAt }: Welcome): Promise<void> {
    const { customer } = this.state.core;
    if (customer?.customerId === customerId) return;
    if (customer !== null) await this.moveOut();
    this.commit(() => {
      const { core } = this.state;
      const { shop, sender, retention, sessionMinutes, now } = observation;
      Object.assign(core, { shop, sender, retention, sessionMinutes });
      noteReceipt(core, now);
      core.customer = { customerId, since: Math.max(now, erasedAt) };
      core.logins += 1;
      const handOver = { errand: 'hand-over', subject: sender, to: `c:${customerId}` } as const;
      if (core.isKnownElsewhere) addErrands(core, [handOver], now);
      delete core.isKnownElsewhere;
      addErrands(core, strikeSample(core), now);
      // From here on the customer's object counts.
      settle(this.state, this.counting);
      this.countSoon(now, SYNC_MS);
      this.note(now);
      return { change: { ...noChange(), changed: true } };
    });
    await this.runErrands();
  }

  /**
   * Hands the history over to the customer whose it is, and makes room for whoever comes next. First the customer's object has it on disk, then it goes
   * from here; repeated after a crash, it is replaced there.
   */
  protected async moveOut(): Promise<void> {
    for (;;) {
      const { core } = this.state;
      const part = partOf(this.state, true);
      if (part === null || core.customer === null) return;
      const { shop, retention, version, customer, quiet } = core;
      const events = eventsToTell(this.events());
      await customerObject(this.env, shop, customer.customerId).adopt({
        ...{
          shop,
          customerId: customer.customerId,
          retention,
          part,
          events,
          now: Date.now(),
          ...(quiet ? { quiet } : {}),
        },
      });
      if (this.state.core.version !== version || this.state.core.part !== part.part) continue;
      this.commit(() => this.#vacate());
      return;
    }
  }

  #vacate(): { change: Change } {
    this.countUp();
    const sealed = hasToTell(this.state) ? [seal(this.state, Date.now(), 0, key53)] : [];
    vacate(this.state, draw);
    const strip = [...this.store.batches(), ...sealed.flatMap(({ batches }) => batches.map(({ number }) => number))];
    return { change: { ...noChange(), changed: true, ordersChanged: true, sealed, strip, stripsAll: true } };
  }

  /** Notes that the customer's object has to be told of a change. */
  protected note(now: number): void {
    const { core } = this.state;
    core.version += 1;
    if (core.customer !== null) core.syncAt = Math.max(core.flushAt, now + SYNC_MS);
  }

  protected async trySync(): Promise<void> {
    try {
      await this.sync();
    } catch (error) {
      // It is on disk here, and the alarm tells it again.
      console.error(JSON.stringify({ shop: this.state.core.shop, customer: 'not told', error: String(error) }));
    }
  }

  /** Tells the customer's object what is held here. */
  protected async sync(): Promise<void> {
    const { shop, retention, customer, syncAt, erasedAt, quiet } = this.state.core;
    const part = partOf(this.state, false);
    if (part === null || customer === null || syncAt === 0) return;
    const { judging } = this;
    const silence = quiet ? { quiet } : {};
    const told = { shop, customerId: customer.customerId, retention, part, judging, ...silence, now: Date.now() };
    const refused = await customerObject(this.env, shop, customer.customerId).adopt(told);
    const { core } = this.state;
    // Erased or withdrawn while this was on its way: it may have come after what let it go.
    const isGone = core.erasedAt !== erasedAt || (core.part === part.part && core.customer === null);
    if (isGone) return customerObject(this.env, shop, customer.customerId).drop(part.part);
    if (core.part !== part.part) return;
    if (refused?.why === 'erased') await this.withErrands(await this.wipe(refused.at, { refusal: null, errands: [] }));
    else if (refused?.why === 'withdrawn') this.#leave();
    else if (core.version === part.version) core.syncAt = 0;
  }

  #leave(): void {
    this.commit(() => {
      forgetting(this.state, this.counting, () => leaveCustomer(this.state.core));
      return { change: { ...noChange(), changed: true } };
    });
  }
}
