import { heldConfig, recentConfig } from '../config/recent-store.ts';
import type { SiteConfig } from '../config/schema.ts';
import type { Env } from '../env.ts';
import { beginTracking } from '../experiments/exposures.ts';
import { type Counting, countingOf } from '../experiments/metrics.ts';
import { AnnouncingObject } from './announcing-object.ts';
import { consentUsed } from './consent.ts';
import { countBy, type ExposeRequest, hasMet, hasUnplanned, keepMet, noteElsewhere, settle } from './experience.ts';
import { shown } from './flush.ts';
import { noChange } from './observe.ts';
import type { SequencedEvent } from './schema.ts';

/** A config is up to half a minute old here: what was met by a newer one is counted with the next. */
const RETRY_MS = 35_000;

/** How a memory keeps what its visitor meets of experiments, and counts what follows. */
export abstract class CountingObject extends AnnouncingObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    // What a session that is over leaves behind has to be counted before it goes, whoever comes first.
    if (this.state.core.isMixed && hasMet(this.state))
      void ctx.blockConcurrencyWhile(async () => void (await this.personaConfig(this.state.core.shop, Date.now())));
  }

  /** All events that are held, in the visitor's order. */
  protected events(): SequencedEvent[] {
    return [...this.store.events(), ...shown(this.state.open)];
  }

  protected override get counting(): Counting | null {
    const config = heldConfig(this.state.core.shop);
    return config === null ? null : countingOf(config);
  }

  /** The config by which a persona is assigned, at least of a version; null where it cannot be had: then the persona stays. */
  protected override async personaConfig(shop: string, now: number, version = 0): Promise<SiteConfig | null> {
    try {
      return await recentConfig(this.env.CONFIG, shop, now, version);
    } catch (error) {
      console.warn(JSON.stringify({ shop, persona: 'not assigned', error: String(error) }));
      return null;
    }
  }

  protected override countUp(): void {
    const { counting } = this;
    const { core, profile, base } = this.state;
    if (counting !== null) {
      let events: SequencedEvent[] | null = null;
      const past = (): SequencedEvent[] => {
        events ??= this.events();
        return events;
      };
      if (profile !== null) beginTracking(profile, counting.sources, past);
      if (base !== null)
        beginTracking(base, counting.sources, () => past().filter((event) => event.consent === 'personal'));
      core.countAt = hasUnplanned(this.state, counting, Date.now()) ? Date.now() + RETRY_MS : 0;
    }
    settle(this.state, counting);
  }

  /** Remembers what the visitor has met with a decision; what is known already changes nothing. */
  async expose(asked: ExposeRequest): Promise<void> {
    await this.personaConfig(asked.shop, asked.now, asked.config);
    const used = consentUsed(asked.consent, this.state.core.consent?.consent ?? null);
    if (used === 'none') return;
    this.commit(() => {
      const change = this.ended(asked.now);
      keepMet(this.state, asked, used);
      this.note(asked.now);
      return { change: { ...change, changed: true } };
    });
  }

  /** Orders that are counted here are counted by others, who asked for them first: they are taken back. @param owners by orderId the part of their history */
  async countedElsewhere(owners: Record<string, string>): Promise<void> {
    const now = Date.now();
    this.commit(() => {
      const changed = noteElsewhere(this.state, owners);
      if (changed) countBy(this.state, now);
      return { change: { ...noChange(), changed } };
    });
  }

  /** Sees to it that what has changed is counted soon. @returns whether anything has to be */
  protected countSoon(now: number, milliseconds: number): boolean {
    const { core } = this.state;
    if (!hasMet(this.state) || core.countAt) return false;
    countBy(this.state, now + milliseconds);
    return true;
  }

  /** Notes that others have to be told of a change. */
  protected abstract note(now: number): void;
}
