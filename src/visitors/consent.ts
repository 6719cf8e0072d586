import { type Consent, leastConsent } from '../events/schema.ts';
import type { ConsentAsked } from './schema.ts';

/**
 * The consent that counts for a request: the least of what the body says and what the visitor has stored, or the shop's default where neither
 * says anything; `Sec-GPC: 1` caps the result, it never raises it.
 */
export function consentUsed(asked: ConsentAsked, stored: Consent | null): Consent {
  const said = asked.given === null && stored === null ? asked.fallback : leastConsent(asked.given, stored);
  return leastConsent(said, asked.cap);
}
