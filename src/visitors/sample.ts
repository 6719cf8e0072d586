import type { SiteConfig } from '../config/schema.ts';
import { rememberedFacts } from '../decide/remembered-persona.ts';
import { sampledFacts } from '../personas/sample.ts';
import type { Sample } from '../personas/schema-sample.ts';
import { DAY_MS } from '../shared/decay.ts';
import { readable } from './read.ts';
import type { VisitorState } from './state.ts';
import { sampleKey } from './strike.ts';

/**
 * What the shop's statistics may know of a visitor, or of a customer with all devices: numbers under a pseudonym of their own.
 * @returns null where nothing was looked at or bought, and while anything is kept for the session only
 */
export function sampleOf(state: VisitorState, config: SiteConfig): Sample | null {
  const { core } = state;
  // As of the last receipt, so that a flush that is fixed again says the same.
  const now = state.parts.reduce((last, part) => Math.max(last, part.at), core.receivedAt);
  if (core.isMixed || core.consent?.consent === 'session') return null;
  const profile = readable(state, now, { consent: 'personal', orders: true });
  if (profile === null) return null;
  const facts = sampledFacts(rememberedFacts(config, { profile, sender: core.sender, now }));
  if (!(Number(facts['visitor.evidence']) > 0)) return null;
  const orderedAt = profile.orders.reduce((last, order) => Math.max(last, order.at), 0);
  return {
    key: sampleKey(core),
    at: now,
    until: now + core.retention.profileDays * DAY_MS,
    ...(orderedAt > 0 ? { orderedAt } : {}),
    facts,
  };
}
