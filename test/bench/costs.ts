/** What requests cost in operations that a bill is made of, counted and not estimated. */
import { type Call, client } from './client.ts';
import { startServer } from './server.ts';
import { BATCH_EVENTS, batchCall, eventsCall, fillShop, itemIdOf, visitorIdOf } from './shop.ts';

export interface Cost {
  name: string;
  /** Operations per 1,000 of what the name says, by kind. */
  per1000: Record<string, number>;
}

const SECRET = { Authorization: 'Bearer sk_demo', 'Content-Type': 'application/json' };
const ITEMS = 1000;
const VIEWS_A_SESSION = 5;

/** A page view as a storefront makes it: one request that reports the view and asks for the page. */
function pageView(product: URL, visitorId: string, i: number): Call {
  const itemId = itemIdOf((i * 37) % ITEMS);
  return {
    url: new URL('/v1/decide', product),
    method: 'POST',
    headers: SECRET,
    body: JSON.stringify({
      visitorId,
      consent: 'personal',
      page: { type: 'item', itemId },
      events: [{ eventId: `c-${visitorId}-${i}`, name: 'view_item', items: [{ itemId, price: 12.5 }] }],
      placements: [{ placement: 'item-page', count: 10 }],
    }),
  };
}

type Send = ReturnType<typeof client>['send'];

async function counts(send: Send, product: URL): Promise<Record<string, number>> {
  return JSON.parse((await send({ url: new URL('/counts', product), method: 'GET' })).text);
}

async function settled(send: Send, product: URL): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    const answer = await send({ url: new URL('/v1/readiness', product), method: 'GET', headers: SECRET });
    const readiness: { learning?: { pending?: number } } = JSON.parse(answer.text);
    if (readiness.learning?.pending === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('waited two minutes for the flushes to be settled');
}

async function costOf(
  name: string,
  { product, send, calls, each = 1 }: { product: URL; send: Send; calls: Call[]; each?: number },
): Promise<Cost> {
  const before = await counts(send, product);
  for (const call of calls) {
    const answer = await send(call);
    if (answer.status > 299) throw new Error(`${name}: ${answer.status} ${answer.text.slice(0, 300)}`);
  }
  await settled(send, product);
  const after = await counts(send, product);
  const per1000 = Object.entries(after).map(
    ([kind, count]) => [kind, ((count - (before[kind] ?? 0)) * 1000) / (calls.length * each)] as const,
  );
  return { name, per1000: Object.fromEntries(per1000.filter(([, count]) => count > 0)) };
}

/**
 * Counts the operations of page views by known and by new visitors, and of events that are only reported, from the request to the published card.
 * The polling of readiness while waiting is in the figures: a few object requests in all.
 * @param views page views of each kind
 */
export async function measureCosts(views: number): Promise<Cost[]> {
  const server = await startServer('test/bench/counted.ts');
  const { send, close } = client(1);
  try {
    await fillShop(server.product, ITEMS, Date.now());
    await settled(send, server.product);
    const sessions = Math.ceil(views / VIEWS_A_SESSION);
    const calls = (visitorId: (session: number) => string, offset: number) =>
      Array.from({ length: sessions * VIEWS_A_SESSION }, (_, i) =>
        pageView(server.product, visitorId(Math.floor(i / VIEWS_A_SESSION)), offset + i),
      );
    const known = await costOf('page views of known visitors', {
      product: server.product,
      send,
      calls: calls((n) => visitorIdOf(n % 200), 0),
    });
    const fresh = await costOf('page views of new visitors', {
      product: server.product,
      send,
      calls: calls((n) => `bench-newcomer-${n}-0000`, 1_000_000),
    });
    const single = await costOf('events, one at a time', {
      product: server.product,
      send,
      calls: Array.from({ length: views }, (_, i) => eventsCall(server.product, i)),
    });
    const batches = await costOf(`events, ${BATCH_EVENTS} at once`, {
      product: server.product,
      send,
      calls: Array.from({ length: Math.ceil(views / BATCH_EVENTS) }, (_, i) => batchCall(server.product, i)),
      each: BATCH_EVENTS,
    });
    return [known, fresh, single, batches];
  } finally {
    close();
    await server.stop();
  }
}
