/** Whether somebody is paying: then nothing else may want their attention. Pure; what it notes is changed in place. */
import type { KeptEvent } from '../events/schema.ts';
import { pageStepOf } from './pages.ts';
import type { Profile } from './schema.ts';

/** When a visitor was last seen paying, and last seen elsewhere; epoch milliseconds, 0: never. */
export interface Paying {
  at: number;
  elsewhereAt: number;
}

/** Pages on which somebody who has begun to pay may still be paying. */
const PAYMENT_PAGES: ReadonlySet<string> = new Set(['payment', 'checkout']);

/** Pages that nobody sees while paying. */
const OTHER_PAGES: ReadonlySet<string> = new Set(['home', 'category', 'search', 'item', 'cart', 'thanks', 'account']);

/** Takes an event in; comes out the same in any order. */
export function keepPaying(profile: Profile, event: KeptEvent): void {
  const { page } = pageStepOf(event);
  const pays = event.name === 'add_payment_info' || page === 'payment';
  const isElsewhere = event.name === 'purchase' || (page !== undefined && !PAYMENT_PAGES.has(page));
  if (!pays && !isElsewhere) return;
  const { at, elsewhereAt } = profile.paying ?? { at: 0, elsewhereAt: 0 };
  profile.paying = pays
    ? { at: Math.max(at, event.at), elsewhereAt }
    : { at, elsewhereAt: Math.max(elsewhereAt, event.at) };
}

/** Of several devices: somebody who pays on one of them is paying. */
export function unitePaying(all: readonly (Paying | undefined)[]): Paying | undefined {
  const known = all.filter((one) => one !== undefined);
  if (known.length === 0) return undefined;
  const paying = known.filter((one) => one.at > one.elsewhereAt);
  const latest = paying.sort((a, b) => b.at - a.at || a.elsewhereAt - b.elsewhereAt)[0];
  const last = (name: keyof Paying): number => Math.max(...known.map((one) => one[name]));
  return latest ?? { at: last('at'), elsewhereAt: last('elsewhereAt') };
}

/**
 * Whether a visitor is paying, from the last step of the checkout that says so until another page, the purchase, or the end of the session.
 * @param page type of the page that is asked for, null where it was not said
 */
export function isPaying(
  paying: Paying | undefined,
  { page, now, pauseMs }: { page: string | null; now: number; pauseMs: number },
): boolean {
  if (page === 'payment') return true;
  if (paying === undefined || (page !== null && OTHER_PAGES.has(page))) return false;
  return paying.at > paying.elsewhereAt && now - paying.at <= pauseMs;
}
