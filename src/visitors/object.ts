import { customerObject, visitorObject } from '../env.ts';
import { type Consent, type KeptEvent, leastConsent } from '../events/schema.ts';
import { hmacHex } from '../http/sign.ts';
import { addErased } from './add-erased.ts';
import { type Granted, keepHanded, keepOffers, keepReleased, type OfferRequest } from './attention.ts';
import { consentUsed } from './consent.ts';
import { forgetting } from './experience.ts';
import { holdPersona } from './hold-persona.ts';
import { LinkedObject } from './linked-object.ts';
import { type Change, noChange, takeEvents } from './observe.ts';
import { packed, packedAround } from './packed.ts';
import { eventsToTell, exportOf, mergeEvents, ownWhole, readable } from './read.ts';
import { freshProfile } from './reduce.ts';
import type {
  Asked,
  ConsentRecord,
  Memory,
  Observation,
  Observed,
  Proof,
  Recalled,
  SequencedEvent,
  Standing,
} from './schema.ts';
import type { Erased, MergedEvent, VisitorExport } from './schema-held.ts';
import { addErrands, type Errand, holdsAnything } from './state.ts';
import { mayBeNews, takeArrival, takeCart } from './state-cart.ts';
import { strikeSample } from './strike.ts';
import { isNewer, type StatedConsent, storeConsent } from './withdraw.ts';

/**
 * The memory of one visitor or customer, who alone writes it: what an acknowledged event says is on disk here before anybody hears of it.
 *
 * A visitor who was identified belongs to a customer: the visitor's object points to the customer's, counts and delivers what it is sent as before, and
 * tells the customer's what it holds whenever that has changed. A bare visitorId reads the visitor's own part; the merged history is the customer's.
 */
export class VisitorObject extends LinkedObject {
  /** Takes events. They are on disk, and the directory knows of them, when this returns. */
  async observe(observation: Observation): Promise<Observed> {
    const { stated, shop, sender, now, proof, judging } = observation;
    if (stated !== undefined) await this.setConsent({ ...stated, shop, sender, now, proof: proof ?? null });
    const { observation: asked, duplicates, isOpen } = await this.meet(observation);
    const [orderKeys, config] = await Promise.all([
      this.#orderKeys(asked.events),
      asked.events.length > 0 ? this.personaConfig(shop, now, judging?.config) : null,
    ]);
    const { answer, change } = this.take(() => {
      const taken = takeEvents(this.state, asked, { orderKeys, counting: this.counting });
      const used = taken.answer.consentUsed;
      const isStated =
        used !== 'none' && asked.cart !== undefined && takeCart(this.state, asked.cart, { ...asked, used });
      taken.change.changed ||= isStated;
      if (taken.answer.accepted > 0 && config !== null) holdPersona(this.state, config, { now, judging });
      if (taken.answer.accepted > 0 || isStated) this.note(now);
      return taken;
    });
    this.judging = judging;
    await this.announced(change.opened);
    if (change.changed || this.state.core.syncAt > 0) await this.trySync();
    const counted = { ...answer, duplicates: answer.duplicates + duplicates };
    if (!observation.recall) return { ...counted, memory: null, standing: this.#standing(proof, isOpen) };
    const { consent, orders } = asked;
    const read = await this.#read({ shop, consent, orders, now }, isOpen ? proof : undefined);
    return { ...counted, memory: read.memory, standing: read.standing };
  }

  /** What is remembered, as far as consent lets it be read; with proof, the merged history of the customer. */
  async recall(asked: Asked): Promise<Recalled> {
    await this.#hear(asked);
    return this.#read(asked, this.#opening(asked));
  }

  /** Takes what a page says in passing. */
  async #hear({ arrival, ...asked }: Asked): Promise<void> {
    const used = consentUsed(asked.consent, this.state.core.consent?.consent ?? null);
    if (arrival === undefined || used === 'none' || !mayBeNews(this.state, { ...arrival, used })) return;
    const { changed: isNew } = this.commit(() => {
      const change = this.ended(asked.now);
      const changed = takeArrival(this.state, { ...arrival, used });
      if (changed) this.note(asked.now);
      return { change: { ...change, changed: change.changed || changed }, changed };
    });
    if (isNew) await this.trySync();
  }

  /** The proof, where it opens the customer's history. */
  #opening({ proof }: Asked): Proof | undefined {
    return proof !== undefined && this.opens(proof) ? proof : undefined;
  }

  /** {@link recall} for pages, asked and answered as text, see {@link packed}: it is read in a fraction of the time that a clone of plain data takes. */
  async recallAsText(text: string): Promise<string> {
    const asked = JSON.parse(text) as Asked;
    if (asked.arrival !== undefined) await this.#hear(asked);
    return this.#savedText(asked) ?? packed(await this.#read(asked, this.#opening(asked)));
  }

  /** The same, put together from what was written when the profile was saved; null where more than that is to be told, or less. */
  #savedText(asked: Asked): string | null {
    const stored = this.state.core.consent?.consent ?? null;
    const used = consentUsed(asked.consent, stored);
    const profile = this.#opening(asked) === undefined ? ownWhole(this.state, asked.now, used) : null;
    const text = profile && this.store.toldOf(profile);
    if (!profile || !text) return null;
    const answer = { consentUsed: used, memory: { profile: null, stored }, standing: this.#standing(undefined, false) };
    return packedAround(text, answer, asked.orders ? profile.orders : []);
  }

  /** As {@link recallAsText}. */
  async observeAsText(observation: string): Promise<string> {
    return packed(await this.observe(JSON.parse(observation) as Observation));
  }

  /** Everything held, null when nothing is. Events of a visitor in the visitor's order, of a customer in that in which they were received. */
  async exportAll(now: number): Promise<VisitorExport | null> {
    this.commit(() => ({ change: this.ended(now) }));
    const told = await this.eachOf(this.openParts, async ({ visitorId, part }): Promise<MergedEvent[]> => {
      const object = visitorObject(this.env, this.state.core.shop, visitorId);
      const history = (await object.history(part)) as unknown as SequencedEvent[] | null;
      return (history ?? []).map((event) => ({ ...event, visitorId }));
    });
    const own = this.store.events();
    const events =
      told.length === 0 && this.state.parts.length === 0 ? own : mergeEvents([own, this.store.parts.past(), ...told]);
    return exportOf(this.state, events, this.store.counts());
  }

  /** The customer whose history a proof opens here, null when none. */
  owner(proof: Proof | null): string | null {
    return proof !== null && this.opens(proof) ? proof.customerId : null;
  }

  history(part: string): SequencedEvent[] | null {
    return this.state.core.part === part ? eventsToTell(this.events()) : null;
  }

  /**
   * Erases everything, of a customer with what all its visitors hold, and leaves behind when, so that older events stay out.
   * @returns null when there was nothing
   */
  async erase(now: number): Promise<Erased | null> {
    return holdsAnything(this.state) ? this.#eraseAll(now, null) : null;
  }

  /** Stores consent, unless what is stored is newer; a withdrawal erases at once what is no longer covered. */
  async setConsent(
    stated: StatedConsent & { proof: Proof | null },
  ): Promise<{ consent: Consent; erased: Erased | null }> {
    const { proof, shop, ...own } = stated;
    const customerId = proof !== null && this.opens(proof) ? proof.customerId : null;
    let erased: Erased | null = null;
    if (customerId !== null) {
      const of = { ...own, shop, sender: `c:${customerId}`, proof: null };
      erased = (await customerObject(this.env, shop, customerId).setConsent(of)).erased;
    }
    if (isNewer(this.state, stated)) erased = addErased(erased, await this.#takeConsent({ ...own, shop }));
    return { consent: this.state.core.consent?.consent ?? stated.consent, erased };
  }

  async followConsent(part: string, consent: ConsentRecord, now: number): Promise<Erased | null> {
    const { core } = this.state;
    if (core.part !== part || core.customer === null || !isNewer(this.state, consent)) return null;
    return this.#takeConsent({ ...consent, shop: core.shop, sender: core.sender, now });
  }

  /** Takes an item out of what is shown as bought, of the customer where that is proven. @returns false when nothing is held */
  async hide(itemId: string, now: number, by: { shop: string; proof: Proof | null }): Promise<boolean> {
    const isHeld = this.#hide(itemId, now);
    if (isHeld) await this.trySync();
    const customerId = this.owner(by.proof);
    if (customerId === null) return isHeld;
    const ofCustomer = customerObject(this.env, by.shop, customerId).hide(itemId, now, { ...by, proof: null });
    return (await ofCustomer) || isHeld;
  }

  /** Grants what wants the visitor's attention as far as caps and budget still allow, and remembers it; of a proven customer the customer's object counts. */
  async offer(asked: OfferRequest): Promise<Granted> {
    const customerId = this.owner(asked.proof);
    const used = consentUsed(asked.consent, this.state.core.consent?.consent ?? null);
    if (customerId === null && used === 'none')
      return { granted: [], refused: asked.offers.map(({ key }) => ({ key, why: 'consent' })) };
    const elsewhere: OfferRequest = { ...asked, sender: `c:${customerId}`, proof: null, isHandedElsewhere: true };
    const counted =
      customerId === null ? null : await customerObject(this.env, asked.shop, customerId).offer(elsewhere);
    if (used === 'none') return counted ?? { granted: [], refused: [] };
    const { granted, refused } = this.commit(() => {
      const change = this.ended(asked.now);
      const isFreed = keepReleased(this.state, asked.unshown ?? []);
      const kept = counted ?? keepOffers(this.state, asked, used);
      if (asked.isHandedElsewhere !== true) keepHanded(this.state, asked, { granted: kept.granted, consent: used });
      const isOther = isFreed || kept.granted.length > 0;
      change.changed ||= isOther;
      if (isOther) this.note(asked.now);
      return { ...kept, change };
    });
    return { granted, refused };
  }

  /** Ends the login: what is held goes to the customer for good, and cookies issued before open nothing any more. */
  async logout(): Promise<boolean> {
    const wasLinked = this.state.core.customer !== null;
    if (wasLinked) await this.inTurn(() => this.moveOut());
    return wasLinked;
  }

  #standing(proof: Proof | undefined, isOpen: boolean): Standing {
    const { customer, logins } = this.state.core;
    const customerId = proof !== undefined && isOpen ? proof.customerId : null;
    const login = customerId !== null && customer?.customerId === customerId ? logins : null;
    return { customerId, login, isLinked: customer !== null };
  }

  async #read(asked: Asked, proof: Proof | undefined): Promise<Recalled> {
    const stored = this.state.core.consent?.consent ?? null;
    const used = consentUsed(asked.consent, stored);
    if (proof !== undefined && used !== 'none') {
      await this.trySync();
      const given = asked.consent.given === null && stored === null ? null : leastConsent(asked.consent.given, stored);
      const { orders, now } = asked;
      const customer = customerObject(this.env, asked.shop ?? this.state.core.shop, proof.customerId);
      const merged = await customer.recall({ orders, now, consent: { ...asked.consent, given } });
      if (merged.consentUsed === 'personal') return { ...merged, standing: this.#standing(proof, true) };
      return this.#own(asked, merged.consentUsed);
    }
    return this.#own(asked, used);
  }

  #own(asked: Asked, used: Consent): Recalled {
    const profile = readable(this.state, asked.now, { consent: used, orders: asked.orders });
    const memory: Memory = { profile, stored: this.state.core.consent?.consent ?? null };
    return { consentUsed: used, memory, standing: this.#standing(undefined, false) };
  }

  #hide(itemId: string, now: number): boolean {
    const { profile, base, parts } = this.state;
    if (profile === null && parts.length === 0) return false;
    this.commit(() => {
      this.state.profile ??= freshProfile(now);
      for (const one of [this.state.profile, base])
        if (one !== null && !one.hidden.includes(itemId)) one.hidden.push(itemId);
      this.note(now);
      return { change: { ...noChange(), changed: true } };
    });
    return true;
  }

  async #takeConsent(stated: StatedConsent): Promise<Erased | null> {
    if (stated.consent === 'none') {
      const erased = await this.#eraseAll(stated.now, stated);
      return erased.profile ? erased : null;
    }
    await this.personaConfig(stated.shop, stated.now);
    const had = this.sizes();
    const links = this.state.parts.length + (this.state.core.customer === null ? 0 : 1);
    const { withdrawn } = this.commit(() => {
      const change: Change = { ...this.ended(stated.now), changed: true };
      const errands = this.#tellings(stated);
      const parts = this.state.parts.map(({ part }) => part);
      const withdrawn = forgetting(this.state, this.counting, () => {
        const isWithdrawn = storeConsent(this.state, stated);
        if (isWithdrawn) this.state.parts = [];
        return isWithdrawn;
      });
      if (withdrawn) {
        Object.assign(change, { strip: this.store.batches(), stripsAll: true, ordersChanged: true });
        const { core } = this.state;
        addErrands(core, [...errands, { errand: 'forget', subject: core.sender }, ...strikeSample(core)], stated.now);
        for (const part of parts) this.store.parts.drop(part);
      }
      return { change, withdrawn };
    });
    if (!withdrawn) return null;
    const left = this.sizes();
    const went = { events: had.events - left.events, orders: had.orders - left.orders };
    return this.withErrands({ ...went, profile: true, links, flushes: 0, messages: 0, erasedAt: stated.now });
  }

  async #eraseAll(now: number, refusal: StatedConsent | null): Promise<Erased> {
    const errands: Errand[] =
      refusal === null
        ? this.openParts.map(({ visitorId, part }) => ({ errand: 'erase', visitorId, part, now }))
        : this.#tellings(refusal);
    const { core } = this.state;
    if (core.customer !== null) errands.push({ errand: 'drop', customerId: core.customer.customerId, part: core.part });
    return this.withErrands(await this.wipe(now, { refusal, errands }));
  }

  /** What a customer's visitors have to be told when the customer takes consent back. */
  #tellings({ consent, at, now }: StatedConsent): Errand[] {
    const record: ConsentRecord = { consent, at, source: 'customer' };
    return this.openParts.map(({ visitorId, part }) => ({ errand: 'withdraw', visitorId, part, consent: record, now }));
  }

  /** Order ids under this visitor's salt, as the archive knows them. */
  async #orderKeys(events: readonly KeptEvent[]): Promise<Map<string, string>> {
    const orderIds = events.flatMap((event) => event.orderId ?? []);
    const keys = orderIds.length === 0 ? [] : await hmacHex(this.state.core.salt, orderIds);
    return new Map(orderIds.map((orderId, i) => [orderId, (keys[i] ?? '').slice(0, 24)]));
  }
}
