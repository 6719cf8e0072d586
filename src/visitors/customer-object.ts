import { customerObject, directoryObject, outboxObject, visitorObject } from '../env.ts';
import { uniteHanded } from '../messages/heard.ts';
import { uniteReached } from '../purchases/attribution.ts';
import { key53 } from '../shared/hash.ts';
import { addErased } from './add-erased.ts';
import { keepSeen } from './attention.ts';
import { CountingObject } from './counting-object.ts';
import { patience } from './deliver.ts';
import { forgetting } from './experience.ts';
import { holdPersona } from './hold-persona.ts';
import { noChange } from './observe.ts';
import { type Quiet, quietDueAt, want } from './quiet.ts';
import type { ConsentRecord, Elsewhere, Judging, Profile, Retention, SequencedEvent } from './schema.ts';
import type { Erased } from './schema-held.ts';
import type { Part, Welcome } from './schema-parts.ts';
import { addErrands, type Errand, forgetPersona, noteHolding } from './state.ts';
import { strikeSample } from './strike.ts';

/** A customer's object is on disk in so far as parts are; when it was last heard of is written hourly. */
const HOUR_MS = 3_600_000;
/** How soon it is counted what visitors have done. */
const COUNT_MS = 10_000;
/** Objects called at the same time. */
const AT_ONCE = 20;

/** What a visitor's object tells the customer's of what it holds. */
export interface Told {
  shop: string;
  customerId: string;
  retention: Retention;
  part: Part;
  /** Of a visitor who changes hands: everything that the customer's history takes over. */
  events?: SequencedEvent[];
  judging?: Judging | undefined;
  /** What is to be heard of the customer's silence; a basket that was told of the visitor is not told again. */
  quiet?: Quiet;
  now: number;
}

/** Why a part was not taken: its customer was erased, or has taken consent back. */
export type Refused = { why: 'erased'; at: number } | { why: 'withdrawn' };

const metBy = (profiles: readonly (Profile | null)[]): Elsewhere => ({
  handed: uniteHanded(profiles.map((one) => one?.handed)),
  reached: uniteReached(profiles.map((one) => one?.reached)),
});

/** What visitors' objects and customers' objects say to each other. Everything is harmless when it is said again. */
export abstract class CustomerObject extends CountingObject {
  #errandFailures = 0;

  /** A visitor is about to take events that belong to this customer's history, an order among them or not. */
  welcome(hashes: readonly number[], isOrder: boolean): Welcome {
    const { core, known, parts } = this.state;
    return {
      consent: core.consent?.consent ?? null,
      erasedAt: core.erasedAt,
      known: hashes.filter((hash) => known.has(hash)),
      ...(isOrder ? { elsewhere: metBy(parts.map(({ profile }) => profile)) } : {}),
    };
  }

  /** Takes what a visitor holds into the history, in the place of what it held before. @returns why not, null when it is done */
  async adopt(told: Told): Promise<Refused | null> {
    const { part, shop, customerId, retention, now, judging } = told;
    const config = await this.personaConfig(shop, now, judging?.config);
    const { core, parts } = this.state;
    if (part.since < core.erasedAt) return { why: 'erased', at: core.erasedAt };
    if (core.consent !== null && core.consent.consent !== 'personal') return { why: 'withdrawn' };
    const held = parts.find((one) => one.part === part.part);
    const isOlder = held !== undefined && (held.version > part.version || (held.isClosed && !part.isClosed));
    if (isOlder) return null;
    this.commit(() => {
      this.state.parts = [...parts.filter((one) => one !== held), part];
      this.store.parts.save(part);
      if (told.events !== undefined) this.store.parts.savePast(part, told.events);
      const isAwaited = this.#follow(told);
      const isNews = held === undefined || isAwaited || now - core.receivedAt > HOUR_MS;
      if (isNews) noteHolding(core, { shop, sender: `c:${customerId}`, retention, now });
      const isOther = (held?.version ?? 0) < part.version;
      const isUpdate = isOther && config !== null && holdPersona(this.state, config, { now, judging });
      const isCounted = this.countSoon(now, COUNT_MS);
      const isSeen = keepSeen(this.state, part.profile?.handed ?? []);
      return { change: { ...noChange(), changed: isNews || isUpdate || isCounted || isSeen } };
    });
    for (const event of told.events ?? []) this.state.known.add(key53(event.eventId));
    return null;
  }

  /** Takes over what is to be heard of the customer's silence, in place. @returns whether the alarm has to know */
  #follow({ quiet }: Told): boolean {
    const { core, parts } = this.state;
    const { afterMs, events, cart } = core.quiet ?? {};
    want(core, quiet ?? null);
    if (core.quiet === undefined) return afterMs !== undefined;
    const isEmpty = parts.every(({ profile }) => (profile?.cart.lines.length ?? 0) === 0);
    if (isEmpty) delete core.quiet.cart;
    else if (cart === undefined && quiet?.cart !== undefined) core.quiet.cart = quiet.cart;
    const isOther = afterMs !== core.quiet.afterMs || events?.join() !== core.quiet.events.join();
    return isOther || cart !== core.quiet.cart || !this.isArmedFor(quietDueAt(this.state));
  }

  /** Lets go of what a visitor holds or held. Messages about the customer may tell of it: they go too. */
  async drop(part: string): Promise<void> {
    await this.personaConfig(this.state.core.shop, Date.now());
    const { core, parts } = this.state;
    if (!parts.some((one) => one.part === part)) return;
    this.commit(() => {
      forgetting(this.state, this.counting, () => {
        this.state.parts = parts.filter((one) => one.part !== part);
      });
      this.store.parts.drop(part);
      forgetPersona(core);
      // The sample of the whole history was made of this part as well.
      addErrands(core, [{ errand: 'forget', subject: core.sender }, ...strikeSample(core)], Date.now());
      return { change: { ...noChange(), changed: true } };
    });
    await this.runErrands();
  }

  /** Of a visitor: the events that belong to the customer's history, null when this part is not held any more. */
  abstract history(part: string): SequencedEvent[] | null;

  /** Of a visitor: which of these event ids' hashes it has taken in this part. */
  knows(part: string, hashes: readonly number[]): number[] {
    const { core, known } = this.state;
    return core.part === part ? hashes.filter((hash) => known.has(hash)) : [];
  }

  /** Of a visitor: erases what is held, since the customer is erased. @returns null where the visitor does not hold this part any more */
  async eraseWith(part: string, now: number): Promise<Erased | null> {
    const { core } = this.state;
    if (core.part !== part || core.customer === null) return null;
    return this.withErrands(await this.wipe(now, { refusal: null, errands: [] }));
  }

  /** Of a visitor: takes consent back, since the customer has. @returns null where the visitor does not hold this part any more */
  abstract followConsent(part: string, consent: ConsentRecord, now: number): Promise<Erased | null>;

  /** What the visitors hold who were identified and have not changed hands. */
  protected get openParts(): Part[] {
    return this.state.parts.filter((part) => !part.isClosed);
  }

  /** The hashes among these that one of the customer's visitors knows. A visitor who cannot be asked knows none. */
  protected async knownElsewhere(hashes: readonly number[]): Promise<Set<number>> {
    const { shop } = this.state.core;
    const asked = await this.eachOf(this.openParts, async ({ visitorId, part }) => {
      try {
        return await visitorObject(this.env, shop, visitorId).knows(part, hashes);
      } catch (error) {
        console.error(JSON.stringify({ shop, visitor: 'not asked', error: String(error) }));
        return [];
      }
    });
    return new Set(asked.flat());
  }

  protected async eachOf<T, R>(list: readonly T[], run: (one: T) => Promise<R>): Promise<R[]> {
    const results: R[] = [];
    for (let i = 0; i < list.length; i += AT_ONCE)
      results.push(...(await Promise.all(list.slice(i, i + AT_ONCE).map(run))));
    return results;
  }

  /** Tells the others, and adds what went there. Orders are counted already: the merged history has them all. */
  protected async withErrands(erased: Erased): Promise<Erased> {
    const elsewhere = await this.runErrands();
    return elsewhere.reduce((sum, one) => addErased(sum, { ...one, orders: 0, links: 0 }) ?? sum, erased);
  }

  /** Tells other objects what they have to be told. What fails stays, and is tried again by the alarm. @returns what was erased there */
  protected async runErrands(): Promise<Erased[]> {
    const { errands, shop } = this.state.core;
    if (errands.length === 0) return [];
    const done = await this.eachOf(errands, async (errand) => {
      try {
        return { errand, erased: await this.run(errand) };
      } catch (error) {
        console.error(JSON.stringify({ shop, errand: errand.errand, error: String(error) }));
        return null;
      }
    });
    const finished = new Set(done.flatMap((one) => (one === null ? [] : [JSON.stringify(one.errand)])));
    this.#errandFailures = done.includes(null) ? this.#errandFailures + 1 : 0;
    this.commit(() => {
      const { core } = this.state;
      core.errands = core.errands.filter((errand) => !finished.has(JSON.stringify(errand)));
      core.errandsAt = Date.now() + patience(this.#errandFailures);
      return { change: { ...noChange(), changed: true } };
    });
    return done.flatMap((one) => one?.erased ?? []);
  }

  /** @returns what was erased there; null where nothing was */
  protected async run(errand: Errand): Promise<Erased | null> {
    const { shop } = this.state.core;
    const { env } = this;
    switch (errand.errand) {
      case 'drop':
        await customerObject(env, shop, errand.customerId).drop(errand.part);
        return null;
      case 'forget': {
        await directoryObject(env, shop).unwatch(errand.subject);
        const messages = await outboxObject(env, shop).forget(errand.subject);
        return { events: 0, orders: 0, profile: false, links: 0, flushes: 0, messages, erasedAt: 0 };
      }
      case 'hand-over':
        await directoryObject(env, shop).handOver(errand.subject, errand.to, Date.now());
        await outboxObject(env, shop).handOver(errand.subject, errand.to);
        return null;
      case 'strike':
        await directoryObject(env, shop).strikeSample(errand.sample, Date.now());
        return null;
      case 'erase':
        return visitorObject(env, shop, errand.visitorId).eraseWith(errand.part, errand.now);
      case 'withdraw':
        return visitorObject(env, shop, errand.visitorId).followConsent(errand.part, errand.consent, errand.now);
      case 'tell':
        throw new Error('What is to be told is told by another part of this object.');
    }
  }
}
