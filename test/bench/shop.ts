/** The made-up shop that benchmarks run against, and its requests. Everything is seeded: two runs send the same bytes. */
import type { Item } from '../../src/catalog/schema.ts';
import { type Random, seededRandom } from '../../src/shared/random.ts';
import { type Call, client, type Scenario } from './client.ts';

const SECRET = { Authorization: 'Bearer sk_demo', 'Content-Type': 'application/json' };
const VISITORS = 200;
const CATEGORIES = 40;
const BRANDS = 60;

export const itemIdOf = (n: number): string => `item-${n}`;
export const visitorIdOf = (n: number): string => `bench-visitor-${String(n).padStart(6, '0')}`;

/** `count` items in 40 categories of 60 brands; one of twenty is out of stock. */
export function benchItems(count: number): Item[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, (_, n) => ({
    itemId: itemIdOf(n),
    title: `Item number ${n} of the bench`,
    url: `https://shop.example/p/${n}`,
    price: Math.round(500 + random() * 9500) / 100,
    currency: 'GBP',
    availability: random() < 0.05 ? ('out_of_stock' as const) : ('in_stock' as const),
    brand: `Brand ${Math.floor(random() * BRANDS)}`,
    categories: [`Home > Range ${n % CATEGORIES}`],
    attributes: { color: ['red', 'green', 'blue', 'white'][Math.floor(random() * 4)] ?? 'red' },
  }));
}

/** An item near another in the made-up order, more often a popular one: browsing has structure. */
export function nextItem(after: number, items: number, random: Random): number {
  if (random() < 0.7) return (after + 1 + Math.floor(random() * 20)) % items;
  return Math.floor(items * random() * random());
}

const DAY_MS = 86_400_000;

function history(items: number, now: number): object[] {
  const random = seededRandom(11);
  const events: object[] = [];
  for (let visitor = 0; visitor < VISITORS * 5; visitor++) {
    let at = now - Math.floor(random() * 20 * DAY_MS);
    let item = Math.floor(items * random() * random());
    const visitorId = visitorIdOf(visitor);
    const seen: string[] = [];
    for (let step = 0; step < 8; step++) {
      at += 20_000;
      item = nextItem(item, items, random);
      seen.push(itemIdOf(item));
      events.push({
        visitorId,
        eventId: `h-${visitor}-${step}`,
        name: 'view_item',
        timestamp: new Date(at).toISOString(),
        items: [{ itemId: itemIdOf(item) }],
      });
    }
    if (visitor % 3 === 0) {
      const bought = seen.slice(0, 3).map((itemId) => ({ itemId, price: 10, quantity: 1 }));
      events.push({
        visitorId,
        eventId: `h-${visitor}-p`,
        name: 'purchase',
        orderId: `h-${visitor}`,
        currency: 'GBP',
        value: 30,
        timestamp: new Date(at + 1000).toISOString(),
        items: bought,
      });
    }
  }
  return events;
}

async function until(done: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error(`waited two minutes for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/**
 * Fills an empty server through the public API: catalogue, history of a thousand visitors, cards published.
 * @param freshness of the shop afterwards; by default the default pace, for what is measured is requests, not how often cards are published
 */
export async function fillShop(product: URL, items: number, now: number, freshness: object = {}): Promise<void> {
  const { send, close } = client(4);
  const put = async (method: string, path: string, body: unknown) => {
    const answer = await send({ url: new URL(path, product), method, headers: SECRET, body: JSON.stringify(body) });
    if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 400)}`);
  };
  await put('PUT', '/v1/config', {
    shop: { currency: 'GBP' },
    consent: { default: 'personal' },
    freshness: { flushSeconds: 1, cardsSeconds: 1, catalogSeconds: 1 },
  });
  const catalogue = benchItems(items);
  for (let at = 0; at < catalogue.length; at += 1000)
    await put('PUT', '/v1/catalog/items', catalogue.slice(at, at + 1000));
  const events = history(items, now);
  for (let at = 0; at < events.length; at += 500)
    await put('POST', '/v1/events', { consent: 'personal', events: events.slice(at, at + 500) });
  await until(async () => {
    const answer = await send({ url: new URL('/v1/readiness', product), method: 'GET', headers: SECRET });
    const readiness: { learning?: { pending?: number } } = JSON.parse(answer.text);
    return readiness.learning?.pending === 0;
  }, 'the cards to be published');
  await put('PUT', '/v1/config', { shop: { currency: 'GBP' }, consent: { default: 'personal' }, freshness });
  close();
}

/** The floor: the same body as `events` on a bare Hono route. */
export function floorScenario(floor: URL): Scenario {
  return { name: 'floor', call: (i) => ({ ...eventsCall(floor, i), url: new URL('/', floor) }) };
}

export function eventsCall(product: URL, i: number): Call {
  const item = itemIdOf((i * 37) % 5000);
  return {
    url: new URL('/v1/events', product),
    method: 'POST',
    headers: SECRET,
    body: JSON.stringify({
      visitorId: visitorIdOf(i % VISITORS),
      consent: 'personal',
      events: [{ eventId: `b-${i}`, name: 'view_item', items: [{ itemId: item, price: 12.5 }] }],
    }),
  };
}

/** The events of a batch: page views of one visitor. */
export const BATCH_EVENTS = 20;

/** A batch of page views of one visitor, as a server or a busy page reports them. */
export function batchCall(product: URL, i: number): Call {
  const events = Array.from({ length: BATCH_EVENTS }, (_, n) => ({
    eventId: `c-${i}-${n}`,
    name: 'view_item',
    items: [{ itemId: itemIdOf(((i * BATCH_EVENTS + n) * 37) % 5000), price: 12.5 }],
  }));
  return {
    url: new URL('/v1/events', product),
    method: 'POST',
    headers: SECRET,
    body: JSON.stringify({ visitorId: visitorIdOf(i % VISITORS), consent: 'personal', events }),
  };
}

/** The same batch on a bare Hono route. */
export function batchFloorScenario(floor: URL): Scenario {
  return { name: 'floor, 20 events', call: (i) => ({ ...batchCall(floor, i), url: new URL('/', floor) }) };
}

export function batchScenario(product: URL): Scenario {
  return { name: 'events, 20 at once', call: (i) => batchCall(product, i) };
}

/** A page view of a known visitor, reported. */
export function eventsScenario(product: URL): Scenario {
  return { name: 'events', call: (i) => eventsCall(product, i) };
}

/** The item that a request is about: drawn as the history was, popular ones more often. */
function askedItem(request: number): number {
  const random = seededRandom(request);
  return Math.floor(5000 * random() * random());
}

/** The item page of a visitor whose history is known: one object call. */
export function warmScenario(product: URL): Scenario {
  return {
    name: 'decide warm',
    call: (i) => ({
      url: new URL('/v1/decide', product),
      method: 'POST',
      headers: SECRET,
      body: JSON.stringify({
        visitorId: visitorIdOf(i % VISITORS),
        page: { type: 'item', itemId: itemIdOf(askedItem(2 * i)) },
        placements: [{ placement: 'item-page', count: 10 }],
      }),
    }),
  };
}

/** The item page of a caller who sends the session himself: no object call. */
export function statelessScenario(product: URL): Scenario {
  return {
    name: 'decide stateless',
    call: (i) => {
      // Others than those of the visitors whose history is known: neither is to find ready what the other has worked out.
      const item = askedItem(2 * i + 1);
      return {
        url: new URL('/v1/decide', product),
        method: 'POST',
        headers: SECRET,
        body: JSON.stringify({
          page: { type: 'item', itemId: itemIdOf(item) },
          session: [item, item + 3, item + 8].map((n) => itemIdOf(n % 5000)),
          placements: [{ placement: 'item-page', count: 10 }],
        }),
      };
    },
  };
}
