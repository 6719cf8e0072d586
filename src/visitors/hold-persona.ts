import type { SiteConfig } from '../config/schema.ts';
import { priorPersona, rememberedPersona } from '../decide/remembered-persona.ts';
import { UNKNOWN_PERSONA } from '../personas/schema.ts';
import { readable } from './read.ts';
import type { HeldPersona, Judging } from './schema.ts';
import type { VisitorState } from './state.ts';

/**
 * Assigns the persona after events were taken, in place, from what consent lets be remembered: that is one update, by which hysteresis counts. With
 * events for the session only, what was held from before does not count, and is held again when they are gone.
 * @returns whether another persona, or another challenger, is held than before
 */
export function holdPersona(
  state: VisitorState,
  config: SiteConfig,
  { now, judging }: { now: number; judging: Judging | undefined },
): boolean {
  const { core } = state;
  const consent = core.isMixed ? 'session' : 'personal';
  const profile = readable(state, now, { consent, orders: true });
  if (profile === null || Object.keys(config.personas).length === 0) return false;
  const before = profile.held;
  if (before !== undefined && before.events >= profile.events) return false;
  const remembered = { profile, sender: core.sender, now, judging };
  const next = rememberedPersona(config, remembered);
  // Of who is here for the first time nothing was known but what the visit came with.
  if (before === undefined) {
    const first = priorPersona(config, remembered);
    if (first !== null) core.before = first;
  }
  const held: HeldPersona = { ...next, consent, events: profile.events };
  if (state.parts.length > 0 && consent === 'personal') core.held = held;
  else if (state.profile !== null) state.profile.held = held;
  core.persona = held.key === UNKNOWN_PERSONA ? undefined : held.key;
  return before?.key !== held.key || before.challenger !== held.challenger || before.consent !== consent;
}
