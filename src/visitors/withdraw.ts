import type { Consent } from '../events/schema.ts';
import { DAY_MS } from '../shared/decay.ts';
import { sessionOnly } from './read.ts';
import { freshState, freshTeaching, type VisitorState } from './state.ts';

/** Consent as it is to be stored. */
export interface StatedConsent {
  shop: string;
  sender: string;
  consent: Consent;
  /** Epoch milliseconds. */
  now: number;
}

/**
 * Takes `personal` consent back to `session`, in place: what was remembered goes, the session that goes on is kept until it ends, and nothing of it
 * will be archived. The events of sealed batches are for the store to strip.
 */
function withdrawToSession(state: VisitorState, now: number): void {
  const { core } = state;
  const isOver = now >= core.sessionEndsAt;
  state.profile = state.profile === null || isOver ? null : sessionOnly(state.profile);
  state.base = null;
  core.isMixed = state.profile !== null;
  core.sessionOrders = state.profile?.orders.map((order) => order.orderId) ?? [];
  core.sessionBatches = [];
  if (isOver) core.teaching = freshTeaching();
  state.open = state.open.map((entry) => ({ ...entry, event: { ...entry.event, consent: 'session' } }));
  state.openTexts = state.open.map((entry) => JSON.stringify(entry));
}

/**
 * Stores consent other than `none`, in place.
 * @returns whether it withdraws what is remembered, so that the events of sealed batches must go
 */
export function storeConsent(state: VisitorState, stated: StatedConsent): boolean {
  const { core } = state;
  const { shop, sender, consent, now } = stated;
  Object.assign(core, { shop, sender, consent: { consent, at: now }, receivedAt: Math.max(core.receivedAt, now) });
  if (core.retainAt === 0) core.retainAt = now + core.retention.profileDays * DAY_MS;
  const remembers = state.profile !== null && (!core.isMixed || state.base !== null);
  if (consent !== 'session' || !remembers) return false;
  withdrawToSession(state, now);
  return true;
}

/** What is left of a visitor after erasure: when it was, so that older events stay out, and a refusal if that was the reason. */
export function erasedState(
  state: VisitorState,
  now: number,
  options: { draw(): string; refusal: StatedConsent | null },
): VisitorState {
  const next = freshState(options.draw);
  const { shop, sender } = options.refusal ?? state.core;
  const consent = options.refusal === null ? null : { consent: options.refusal.consent, at: now };
  const { retention } = state.core;
  const retainAt = now + retention.profileDays * DAY_MS;
  Object.assign(next.core, { shop, sender, consent, retention, retainAt, erasedAt: now, receivedAt: now });
  return next;
}
