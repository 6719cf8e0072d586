/** Calls to Floorwalker as every storefront makes them, by `fetch` with the publishable key. */
import type { Decision, StockItem } from './answer.ts';
import { basket, consent, visitorId, waiting } from './kept.ts';

export interface PageFacts {
  type: string;
  itemId?: string;
  category?: string;
  query?: string;
  slots: { placement: string; filter?: object }[];
  listed?: string[];
}

export interface ShopEvent {
  name: string;
  items?: object[];
  [field: string]: unknown;
}

const FIELDS = ['title', 'price', 'salePrice'];

function stamped(events: readonly ShopEvent[]): object[] {
  const timestamp = new Date().toISOString();
  return events.map((event) => ({
    eventId: Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join(''),
    timestamp,
    ...event,
  }));
}

function said(): object {
  const visitor = visitorId();
  return { ...(visitor === null ? {} : { visitorId: visitor }), consent: consent(), sentAt: new Date().toISOString() };
}

async function call(method: 'POST' | 'PUT', path: string, body: object): Promise<Response> {
  return fetch(path, {
    method,
    keepalive: true,
    headers: { Authorization: `Bearer ${document.body.dataset.key ?? ''}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function pageOf(facts: PageFacts): object {
  const { type, itemId, category, query } = facts;
  return { type, itemId, category, query, url: location.href, title: document.title, referrer: document.referrer };
}

/** What the page means, as an event. */
function eventOf(facts: PageFacts, itemOf: (itemId: string) => object): ShopEvent {
  switch (facts.type) {
    case 'item':
      return { name: 'view_item', items: facts.itemId ? [itemOf(facts.itemId)] : [] };
    case 'category':
      return { name: 'view_item_list', items: (facts.listed ?? []).map((itemId, index) => ({ itemId, index })) };
    case 'search':
      return facts.query ? { name: 'search', query: facts.query } : { name: 'page_view' };
    case 'cart':
      return { name: 'view_cart', items: basket().map((line) => itemOf(line.itemId)) };
    case 'checkout':
      return { name: 'begin_checkout', items: basket().map((line) => itemOf(line.itemId)) };
    default:
      return { name: 'page_view' };
  }
}

/**
 * Everything for one page in one round trip: its events go with the question.
 * @returns the decision with the milliseconds that it took, as the browser saw it
 */
export async function decide(
  facts: PageFacts,
  itemOf: (itemId: string) => object,
): Promise<{ decision: Decision; took: number }> {
  const started = performance.now();
  const answer = await call('POST', '/v1/decide', {
    ...said(),
    page: pageOf(facts),
    context: { page: pageOf(facts), locale: 'en-GB' },
    cart: basket().map(({ itemId, quantity }) => ({ itemId, quantity })),
    placements: facts.slots.map((slot) => ({ ...slot, fields: FIELDS })),
    include: ['persona', 'recommendations', 'recentlyBought', 'messages'],
    events: stamped([eventOf(facts, itemOf)]),
    unshown: waiting(),
    explain: 'merchant',
  });
  if (!answer.ok) throw new Error(`Floorwalker answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
  const decision: Decision = await answer.json();
  return { decision, took: performance.now() - started };
}

/** Sends events; a page that is being left may do it too. A failure is not the shopper's concern. */
export async function send(...events: ShopEvent[]): Promise<void> {
  await call('POST', '/v1/events', {
    ...said(),
    context: { page: { url: location.href } },
    events: stamped(events),
  }).catch(() => null);
}

/** Stores the consent with Floorwalker, so that a withdrawal erases what it no longer covers. */
export async function storeConsent(visitor: string | null, given: string): Promise<void> {
  if (visitor !== null) await call('PUT', '/v1/consent', { visitorId: visitor, consent: given }).catch(() => null);
}

/** The shop's own catalogue, for names and prices of what is in the basket. */
export async function stock(): Promise<Map<string, StockItem>> {
  const items: StockItem[] = await (await fetch('/demo/items.json')).json();
  return new Map(items.map((item) => [item.itemId, item]));
}
