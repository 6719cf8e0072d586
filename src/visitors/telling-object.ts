import type { ItemNews } from '../catalog/news.ts';
import { recentConfig } from '../config/recent-store.ts';
import { customerObject, directoryObject, outboxObject } from '../env.ts';
import { isKeptTrait } from '../events/loyalty.ts';
import type { Contact, OutgoingEvent } from '../integrations/schema.ts';
import { CustomerObject } from './customer-object.ts';
import { newsFor } from './hear.ts';
import { draw } from './memory-object.ts';
import { noChange } from './observe.ts';
import { type Quiet, quietDueAt, takeSilence, viewsToTell, want, wantedBy } from './quiet.ts';
import { readable } from './read.ts';
import type { Profile } from './schema.ts';
import type { Erased } from './schema-held.ts';
import { addErrands, type Errand } from './state.ts';

/** What of a memory the shop's endpoints hear: noted first, under the id that it keeps however often it is sent. */
export abstract class TellingObject extends CustomerObject {
  protected override async tend(due: number): Promise<void> {
    const { core } = this.state;
    if (core.errands.length > 0 && core.errandsAt <= due) await this.runErrands();
    await this.#tellViews();
    const quietAt = quietDueAt(this.state);
    if (quietAt !== null && quietAt <= due) await this.#tellSilence(due);
  }

  /** Whoever tells of changes of items knows from here on what was looked at; of a customer's visitor it is the customer who is told. */
  async #tellViews(): Promise<void> {
    const views = viewsToTell(this.state);
    const { quiet, shop, sender, customer, erasedAt } = this.state.core;
    if (views.length === 0 || quiet === undefined) return;
    const subject = customer === null ? sender : `c:${customer.customerId}`;
    this.state.core.isKnownElsewhere = true;
    await directoryObject(this.env, shop).watch(subject, views, Date.now());
    const { core } = this.state;
    // Erased or withdrawn while this was on its way: it may have come after what let it go.
    const isGone = core.erasedAt !== erasedAt || core.quiet === undefined;
    if (isGone) await directoryObject(this.env, shop).unwatch(subject);
    // Written down with whatever is written next: said again, it is harmless.
    else core.quiet = { ...core.quiet, watchedAt: Math.max(...views.map((one) => one.at)) } as Quiet;
  }

  /** Items have changed that were looked at here. @returns whether that is still remembered */
  async hear(news: readonly ItemNews[]): Promise<boolean> {
    const { shop, customer, sender: subject } = this.state.core;
    if (customer !== null) return customerObject(this.env, shop, customer.customerId).hear([...news]);
    const now = Date.now();
    const config = await recentConfig(this.env.CONFIG, shop, now);
    const isHeld = this.commit(() => {
      const profile = this.state.core.isMixed ? this.state.base : this.#remembered(now);
      if (profile === null) return { change: noChange(), isHeld: false };
      const about = this.about(profile, config.identity.traits);
      const events = newsFor(profile, news, { config, subject, about, now });
      for (const event of events) this.noteTelling(event, now);
      return { change: { ...noChange(), changed: events.length > 0 }, isHeld: true };
    }).isHeld;
    await this.runErrands();
    return isHeld;
  }

  /** The visitor has gone quiet: what was left behind is told, if it is still wanted and nothing came in between. */
  async #tellSilence(due: number): Promise<void> {
    const config = await recentConfig(this.env.CONFIG, this.state.core.shop, Date.now());
    this.commit(() => {
      const { core } = this.state;
      const change = { ...noChange(), changed: true };
      if (core.quiet !== undefined) want(core, wantedBy(config));
      if ((quietDueAt(this.state) ?? Number.POSITIVE_INFINITY) > due) return { change };
      const now = Math.max(due, Date.now());
      const profile = this.#remembered(now);
      const type = takeSilence(this.state, profile, now);
      if (type !== null && profile !== null) {
        const about = this.about(profile, config.identity.traits);
        this.noteTelling({ messageId: `msg_${draw()}`, type, subject: core.sender, at: now, ...about }, now);
      }
      return { change };
    });
    await this.runErrands();
  }

  /** Notes, within a transaction, what is to be told. */
  protected noteTelling(event: OutgoingEvent, now: number): void {
    const { core } = this.state;
    core.isKnownElsewhere = true;
    addErrands(core, [{ errand: 'tell', event }], now);
  }

  /** Everything that is remembered with personal consent. */
  #remembered(now: number): Profile | null {
    return readable(this.state, now, { consent: 'personal', orders: true });
  }

  /** Whom an event is about, as far as the shop lets it be said. */
  protected about(profile: Profile, allowed: readonly string[]): Pick<OutgoingEvent, 'contact' | 'data'> {
    const { core, parts } = this.state;
    const customerId = core.sender.startsWith('c:') ? core.sender.slice(2) : null;
    const latest = parts
      .filter((part) => !part.isClosed)
      .toSorted((a, b) => (b.activeAt ?? b.at) - (a.activeAt ?? a.at))[0];
    const traits = Object.fromEntries(Object.entries(profile.traits).filter(([name]) => isKeptTrait(name, allowed)));
    const contact: Contact = { customerId, email: typeof traits.email === 'string' ? traits.email : null };
    const visitorId = customerId === null ? core.sender.slice(2) : (latest?.visitorId ?? null);
    return { contact, data: { shop: core.shop, visitorId, customerId, traits } };
  }

  protected override async run(errand: Errand): Promise<Erased | null> {
    if (errand.errand !== 'tell') return super.run(errand);
    const { event } = errand;
    const outbox = outboxObject(this.env, this.state.core.shop);
    await outbox.tell(event, this.#remembered(Date.now()));
    const isStillMeant = this.state.core.errands.some(
      (one) => one.errand === 'tell' && one.event.messageId === event.messageId,
    );
    // Erased or withdrawn while this was on its way: it may have come after what let it go.
    if (!isStillMeant) await outbox.forget(event.subject);
    return null;
  }
}
