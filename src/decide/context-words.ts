import type { Profile } from '../visitors/schema.ts';
import type { DecideContext, DecidePage } from './schema.ts';

/** Searches of the visit that say what somebody is after now. */
const SEARCHES = 2;

/** Parameters under which search engines and shops say what was searched for. */
const SEARCHED = /[?&](?:q|query|p|text|search|s)=([^&#]{1,200})/;

/** Parts of an address that name a place and no thing. */
const NO_WORDS = /^(?:www|index|search|blog|page|post|category|tag|https?|html?|php|\d+)$/i;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return '';
  }
}

/** What the page before was about: what was searched there, or else the last part of its path that has words. */
function wordsOfReferrer(referrer: string): string {
  const searched = SEARCHED.exec(referrer)?.[1];
  if (searched !== undefined) return decoded(searched);
  const path = referrer.replace(/^\w+:\/\/[^/]*/, '').replace(/[?#].*$/, '');
  const parts = path.split('/').map((part) => decoded(part).replace(/\.\w{2,5}$/, ''));
  return parts.findLast((part) => /\p{L}{3}/u.test(part) && !NO_WORDS.test(part)) ?? '';
}

/** Where somebody comes from and what they ask for, in their words: each a text that may name things of the shop, the surest first. */
export function contextWords(
  page: DecidePage,
  context: DecideContext,
  { profile, sessionIsOpen, isUnknown }: { profile: Profile | null; sessionIsOpen: boolean; isUnknown: boolean },
): string[] {
  const session = sessionIsOpen ? (profile?.session ?? null) : null;
  const referrer = page.referrer ?? session?.referrer;
  return [
    page.query,
    // An item that the catalogue does not know yet still has a page with a title.
    isUnknown ? page.title : undefined,
    ...(session?.searches.slice(-SEARCHES).reverse() ?? []),
    context.campaign ?? session?.campaign,
    referrer == null ? undefined : wordsOfReferrer(referrer),
  ].filter((text): text is string => typeof text === 'string' && text !== '');
}
