/** What runs in the page: the browser clients as a shop would bundle them, told what a visitor does. */
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled';
import { AnalyticsBrowser } from '@segment/analytics-next';

/** The one call that both clients share, so that they can be told the same. */
interface Visit {
  identify(userId: string): unknown;
  page(name: string): unknown;
  track(event: string, properties: Record<string, string | number | object[]>): unknown;
}

interface Told {
  url: string;
  userId: string;
  orderId: string;
  /** Whether the messages are to go where the settings come from, whatever these say. */
  isThrough: boolean;
}

const MUG = { product_id: 'mug', price: 12.5, currency: 'EUR' };

async function tell(visit: Visit, { userId, orderId }: Told): Promise<void> {
  await visit.page('Home');
  await visit.identify(userId);
  await visit.track('Product Viewed', MUG);
  await visit.track('Product Added', { ...MUG, quantity: 2 });
  const products = [{ product_id: 'mug', price: 12.5, quantity: 2 }];
  await visit.track('Order Completed', { order_id: orderId, total: 27.5, currency: 'EUR', products });
  await visit.track('Newsletter Joined', { list: 'weekly' });
}

/** Told nothing else, the client learns from its settings where its messages go. @returns the anonymous id */
async function segment(told: Told, isBatching: boolean): Promise<string> {
  const deliveryStrategy = { strategy: 'batching' as const, config: { size: 10, timeout: 500 } };
  const { host, protocol } = new URL(told.url);
  const settings = {
    ...(isBatching ? { deliveryStrategy } : {}),
    ...(told.isThrough ? { apiHost: `${host}/v1`, protocol: protocol.slice(0, -1) as 'http' } : {}),
  };
  const client = AnalyticsBrowser.load(
    { writeKey: 'pk_demo', cdnURL: told.url },
    { integrations: { 'Segment.io': settings } },
  );
  // Not awaited one by one: a client that retries answers late.
  void tell(
    {
      identify: (userId) => void client.identify(userId, { plan: 'x' }),
      page: (name) => void client.page(name),
      track: (event, properties) => void client.track(event, properties),
    },
    told,
  );
  return ((await client.user()) as { anonymousId(): string }).anonymousId();
}

async function rudder(told: Told, useBeacon: boolean): Promise<string> {
  const client = new RudderAnalytics();
  client.load('pk_demo', told.url, {
    configUrl: told.url,
    useBeacon,
    beaconQueueOptions: { flushQueueInterval: 500 },
    logLevel: 'ERROR',
  });
  await new Promise<void>((resolve) => client.ready(() => resolve()));
  await tell(
    {
      identify: (userId) => client.identify(userId, { plan: 'x' }),
      page: (name) => client.page(name),
      track: (event, properties) => client.track(event, properties as never),
    },
    told,
  );
  return client.getAnonymousId() ?? '';
}

Object.assign(globalThis, { segment, rudder });
