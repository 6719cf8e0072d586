import type { KeptEvent } from './schema.ts';
import { isHttpUrl, type Page } from './wire.ts';

type KeptPage = NonNullable<KeptEvent['page']>;

/** Real ones have some two hundred characters. */
export const MOST_AGENT = 1000;

/** An address without its query, fragment and credentials: those carry tokens, searches and e-mail addresses. Null for what is no web address. */
export function bareUrl(url: string): string | null {
  if (!isHttpUrl(url)) return null;
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** The campaign that an address names: `utm_campaign`, else `utm_source`, else that an advertisement was clicked; null when none. */
export function campaignOf(url: string): string | null {
  const at = url.indexOf('?');
  if (at < 0) return null;
  const query = new URLSearchParams(url.slice(at, url.includes('#') ? url.indexOf('#') : undefined));
  const named = query.get('utm_campaign') || query.get('utm_source');
  if (named) return named.slice(0, 200);
  return query.has('gclid') ? 'gclid' : null;
}

/** The page as it is kept: no query strings, only what names the page. Undefined when nothing is said. */
export function keptPage(page: Page | undefined, campaign: string | undefined): KeptPage | undefined {
  const kept: KeptPage = {};
  if (page?.url !== undefined) {
    const url = bareUrl(page.url);
    if (url !== null) kept.url = url;
    const named = campaignOf(page.url);
    if (named !== null) kept.campaign = named;
  }
  if (campaign !== undefined) kept.campaign = campaign;
  if (page?.type !== undefined) kept.type = page.type;
  if (page?.title !== undefined) kept.title = page.title;
  if (page?.referrer) {
    const referrer = bareUrl(page.referrer);
    if (referrer !== null) kept.referrer = referrer;
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}

/** The class of a device, by its user agent: tablets say so, or are Androids that are not mobile. */
export function deviceOf(userAgent: string | null): string | undefined {
  if (!userAgent) return undefined;
  // Looking behind every "Android" takes the square of the length.
  const agent = userAgent.slice(0, MOST_AGENT);
  if (/iPad|Tablet|PlayBook|Silk|Kindle|Android(?!.*Mobile)/i.test(agent)) return 'tablet';
  return /Mobi|iPhone|iPod|Android|Windows Phone/i.test(agent) ? 'mobile' : 'desktop';
}
