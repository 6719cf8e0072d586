/** How a visitor shops, whatever it is that they look at: decayed sums, of which conditions read the ratios. */
import type { KeptEvent } from '../events/schema.ts';
import { add } from './affinities.ts';
import type { Profile, Session } from './schema.ts';

const MINUTE_MS = 60_000;
/** Kinds of pages of which sums are kept; a shop has about ten. */
const MOST_PAGE_TYPES = 16;

/** What there is of the session before an event and after it. */
type Measured = Pick<Session, 'number' | 'startedAt' | 'lastAt' | 'pages'>;

/** What a session is measured by. */
export const measureOf = ({ number, startedAt, lastAt, pages }: Session): Measured => ({
  number,
  startedAt,
  lastAt,
  pages: pages ?? 0,
});

/** Of the items with a known price: how many there were, and how many of them were sold for less than usual. */
function learnPrices(habits: NonNullable<Profile['habits']>, event: KeptEvent, what: 'Viewed' | 'Bought'): void {
  const priced = (event.items ?? []).filter((item) => item.priceBand !== undefined);
  const reduced = priced.filter((item) => item.reduced).length;
  if (priced.length > 0) add(habits, `priced${what}`, priced.length, event.at);
  if (reduced > 0) add(habits, `reduced${what}`, reduced, event.at);
}

/**
 * Adds what an event says about how its visitor shops, in place: visits, their minutes, pages by type, views and searches, and how much of what was viewed
 * and bought was reduced. They fade as affinities do. A late event adds what it says by itself, and leaves the measures of the current session alone.
 * @param before of the session, see {@link measureOf}
 */
export function learnHabits(profile: Profile, event: KeptEvent, before: Measured): void {
  profile.habits ??= {};
  const { habits } = profile;
  const after = measureOf(profile.session);
  const isSame = after.number === before.number;
  if (!isSame && after.number > before.number) add(habits, 'visits', 1, after.startedAt);
  const lasted = isSame ? after.lastAt - before.lastAt : after.lastAt - after.startedAt;
  if (lasted > 0) add(habits, 'minutes', lasted / MINUTE_MS, event.at);
  const pages = (after.pages ?? 0) - (isSame ? (before.pages ?? 0) : 0);
  if (pages > 0) {
    add(habits, 'pages', pages, event.at);
    const type = event.page?.type;
    if (type !== undefined) learnPageType(habits, type, event.at);
  }
  if (event.name === 'view_item') {
    add(habits, 'views', event.items?.length ?? 0, event.at);
    learnPrices(habits, event, 'Viewed');
  }
  if (event.name === 'search') add(habits, 'searches', 1, event.at);
  if (event.name === 'purchase' && event.gift !== true) learnPrices(habits, event, 'Bought');
}

function learnPageType(habits: NonNullable<Profile['habits']>, type: string, at: number): void {
  const name = `${PAGE}${type}`;
  const known = Object.keys(habits).filter((one) => one.startsWith(PAGE));
  if (known.includes(name) || known.length < MOST_PAGE_TYPES) add(habits, name, 1, at);
}

/** Begins the names of the sums of pages by type. */
export const PAGE = 'page ';
