/** GA4: Measurement Protocol bodies and `dataLayer` pushes. Its event names are ours, so that little is to be translated. */
import { EVENT_NAMES } from '../schema.ts';
import {
  compact,
  currencyOf,
  eventOf,
  firstText,
  isPlain,
  itemOf,
  itemsOf,
  numberOf,
  type Plain,
  pageOf,
  plainOf,
  type Translated,
  textOf,
} from './translated.ts';

const OWN: ReadonlySet<string> = new Set(EVENT_NAMES);
const ALIASES: ReadonlyMap<string, string> = new Map([['view_search_results', 'search']]);

function productOf(product: Plain): Record<string, unknown> | undefined {
  return itemOf({
    itemId: firstText(product, ['item_id', 'itemId', 'id', 'item_name']),
    price: product.price,
    quantity: product.quantity,
    index: product.index,
    brand: product.item_brand,
    category: product.item_category,
    recommendationId: product.recommendationId,
  });
}

function eventFrom(name: string, params: Plain): Record<string, unknown> {
  const own = ALIASES.get(name) ?? (OWN.has(name) && name !== 'custom' ? name : undefined);
  return eventOf(own, name, {
    eventId: firstText(params, ['event_id', 'eventId']),
    items: itemsOf(params.items, productOf),
    orderId: firstText(params, ['transaction_id', 'orderId']),
    currency: currencyOf(params.currency),
    value: numberOf(params.value),
    query: firstText(params, ['search_term', 'query'], 500),
    experiment: textOf(params.experiment),
    variation: textOf(params.variation),
    properties: own === undefined ? params : undefined,
  });
}

function contextOf(params: Plain): Translated['context'] {
  return compact({
    page: pageOf({ url: params.page_location, title: params.page_title, referrer: params.page_referrer }),
    locale: textOf(params.language, 35),
    campaign: textOf(params.campaign),
  });
}

/** Consent Mode v2: `GRANTED` and `DENIED` by key. Keys that are not named say nothing. */
export function consentModeOf(consent: unknown): Record<string, boolean> | undefined {
  const granted = Object.entries(plainOf(consent))
    .filter(([, state]) => typeof state === 'string' && /^(granted|denied)$/i.test(state))
    .map(([key, state]) => [key, String(state).toLowerCase() === 'granted'] as const);
  return granted.length > 0 ? Object.fromEntries(granted) : undefined;
}

/** Microseconds, as a number or a text of digits, in milliseconds. */
function microsOf(value: unknown): number | undefined {
  const micros = numberOf(value);
  return micros === undefined ? undefined : Math.floor(micros / 1000);
}

/** A body of `POST /mp/collect`: `{client_id, user_id?, timestamp_micros?, consent?, events: [{name, params}]}`. */
export function translateMeasurementProtocol(body: Plain): Translated[] {
  const events = Array.isArray(body.events) ? body.events.slice(0, 500) : [];
  return events.map((one) => {
    const event = plainOf(one);
    const params = plainOf(event.params);
    return compact({
      visitor: textOf(body.client_id) ?? textOf(body.app_instance_id),
      customerId: textOf(body.user_id),
      consent: consentModeOf(body.consent),
      context: contextOf(params),
      event: {
        ...eventFrom(textOf(event.name) ?? '', params),
        ...compact({ timestamp: microsOf(event.timestamp_micros) ?? microsOf(body.timestamp_micros) }),
      },
    });
  });
}

/** One push of a `dataLayer`: `{event, ecommerce}`. `gtag('event', name, params)` arrives as a list. */
export function translateDataLayer(push: unknown, visitor?: string): Translated[] {
  if (Array.isArray(push)) {
    const [command, name, params] = push;
    return command === 'event' && typeof name === 'string'
      ? translateDataLayer({ event: name, ...plainOf(params) }, visitor)
      : [];
  }
  if (!isPlain(push) || typeof push.event !== 'string') return [];
  const params = { ...push, ...plainOf(push.ecommerce) };
  return [
    compact({
      visitor: visitor ?? textOf(push.client_id),
      customerId: textOf(push.user_id),
      context: contextOf(params),
      event: eventFrom(push.event, { ...params, event_id: push.eventId ?? push.event_id ?? push['gtm.uniqueEventId'] }),
    }),
  ];
}
