import type { ConsentAsked } from '../visitors/schema.ts';
import { type Consent, leastConsent } from './schema.ts';

/** Consent by category, as a consent tool names them: true is granted, false denied. */
export type SaidByCategory = Readonly<Record<string, boolean>>;

const BELOW: Record<Consent, Consent> = { personal: 'session', session: 'none', none: 'none' };
const RANK: Record<Consent, number> = { none: 0, session: 1, personal: 2 };

/**
 * What consent by category amounts to. The shop's config says what each category is needed for (`{"Advertising": "personal", "Analytics": "session"}`):
 * one that is denied leaves what lies below that at most, one that is granted raises the shop's default to it, never over what is denied or
 * stored. Names compare without case; what the config does not name says nothing.
 * @param asked what the request says otherwise
 * @param categories of the config, by name in lower case
 */
export function withCategories(
  asked: ConsentAsked,
  said: SaidByCategory,
  categories: Readonly<Record<string, Consent>>,
): ConsentAsked {
  let { cap, fallback } = asked;
  for (const [name, isGranted] of Object.entries(said)) {
    const level = Object.hasOwn(categories, name.toLowerCase()) ? categories[name.toLowerCase()] : undefined;
    if (level === undefined) continue;
    if (!isGranted) cap = leastConsent(cap, BELOW[level]);
    else if (RANK[level] > RANK[fallback]) fallback = level;
  }
  // Who lets nothing be kept is not even asked for what was stored.
  return { given: cap === 'none' ? 'none' : asked.given, cap, fallback };
}
