import { type ItemNews, newsIn, termsIn } from '../catalog/news.ts';
import type { SiteConfig } from '../config/schema.ts';
import type { OutgoingEvent } from '../integrations/schema.ts';
import { DAY_MS } from '../shared/decay.ts';
import { key53 } from '../shared/hash.ts';
import type { Profile } from './schema.ts';

/** Who looked at an item so long ago does not want to hear of it any more. */
const INTEREST_DAYS = 30;

/** The market of the country that the visitor came from last; undefined where the shop has none for it, or nobody said it. */
function marketOf({ session }: Profile, { markets }: Pick<SiteConfig, 'markets'>): string | undefined {
  const { country } = session;
  return country === null ? undefined : Object.keys(markets).find((name) => markets[name]?.countries.includes(country));
}

function hasBoughtSince({ orders }: Profile, itemId: string, at: number): boolean {
  return orders.some((order) => order.at >= at && order.lines.some((line) => line.itemId === itemId));
}

/**
 * What of changed items is news to a visitor who looked at them: what was not bought since and not hidden, in the visitor's market. Named by the change and
 * by whom it is told to, so that it is the same message however often it is noticed.
 * @param about whom the events are about, the same in all of them
 */
export function newsFor(
  profile: Profile,
  news: readonly ItemNews[],
  by: { config: SiteConfig; subject: string; about: Pick<OutgoingEvent, 'contact' | 'data'>; now: number },
): OutgoingEvent[] {
  const { config, subject, about, now } = by;
  const market = marketOf(profile, config);
  const asked = new Set(Object.values(config.endpoints).flatMap((endpoint) => endpoint.events));
  return news.flatMap((one): OutgoingEvent[] => {
    const { itemId, title, url = null, imageUrl = null } = one.after;
    const viewed = profile.viewed.find((view) => view.itemId === itemId);
    const said = newsIn(one, market);
    if (viewed === undefined || said === null || !asked.has(said.what)) return [];
    const isOld = now - viewed.at > INTEREST_DAYS * DAY_MS || viewed.at > one.at;
    if (isOld || profile.hidden.includes(itemId) || hasBoughtSince(profile, itemId, viewed.at)) return [];
    const { price, currency, availability } = termsIn(one.after, market);
    const money = { price, currency: currency ?? config.shop.currency };
    const item = { itemId, title, ...money, availability, url, imageUrl };
    const previous = said.what === 'product.price_dropped' ? { previousPrice: said.previousPrice } : {};
    return [
      {
        messageId: `msg_${one.version.toString(36)}_${key53(`${subject} ${itemId}`).toString(36)}`,
        type: said.what,
        subject,
        at: one.at,
        contact: about.contact,
        data: { ...about.data, item, ...previous, viewedAt: new Date(viewed.at).toISOString() },
      },
    ];
  });
}
