import { leastConsent } from '../events/schema.ts';
import { key53 } from '../shared/hash.ts';
import type { Observation } from './schema.ts';
import type { Welcome } from './schema-parts.ts';

/** A visitor's events, after the customer's object was asked about them. */
export interface Met {
  observation: Observation;
  /** Events that were left out, since the customer's history has them or was erased since. */
  duplicates: number;
  /** The customer's history may be read. */
  isOpen: boolean;
}

/**
 * Takes what the customer's object said into an observation: events that it knows, or that happened before the customer was erased, are left out; what the
 * customer has stored as consent counts as the visitor's own where the customer is proven, and restricts in any case.
 */
export function meeting(observation: Observation, welcome: Welcome, isOpen: boolean): Met {
  const known = new Set(welcome.known);
  const events = observation.events.filter((event) => event.at >= welcome.erasedAt && !known.has(key53(event.eventId)));
  const { consent } = observation;
  const given = isOpen && welcome.consent !== null ? leastConsent(consent.given, welcome.consent) : consent.given;
  const cap = welcome.consent === null ? consent.cap : leastConsent(consent.cap, welcome.consent);
  const { elsewhere } = welcome;
  return {
    observation: {
      ...observation,
      ...(elsewhere === undefined ? {} : { elsewhere }),
      events,
      consent: { ...consent, given, cap },
    },
    duplicates: observation.events.length - events.length,
    isOpen,
  };
}
