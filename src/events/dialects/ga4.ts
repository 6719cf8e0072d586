/** GA4: Measurement Protocol bodies and `dataLayer` pushes. Its event names are ours, so that little is to be translated. */
import { EVENT_NAMES } from '../schema.ts';
import {
  compact,
  currencyOf,
  eventIdOf,
  eventOf,
  firstText,
  isPlain,
  itemOf,
  itemsOf,
  MOST_MESSAGES,
  numberOf,
  type Plain,
  pageOf,
  plainOf,
  type Translated,
  type Translation,
  textOf,
  timeOf,
  traitsOf,
} from './translated.ts';

const OWN: ReadonlySet<string> = new Set(EVENT_NAMES);
const ALIASES: ReadonlyMap<string, string> = new Map([['view_search_results', 'search']]);

function productOf(product: Plain): Record<string, unknown> | undefined {
  const { item_category: first, item_category2, item_category3, item_category4, item_category5 } = product;
  const levels = [first, item_category2, item_category3, item_category4, item_category5];
  return itemOf({
    itemId: firstText(product, ['item_id', 'itemId', 'id', 'item_name']),
    price: product.price,
    quantity: product.quantity,
    index: product.index,
    brand: product.item_brand,
    category: levels.slice(1).some((level) => level !== undefined) ? levels : first,
    recommendationId: product.recommendationId,
  });
}

function eventFrom(name: string | undefined, params: Plain): Record<string, unknown> | null {
  const own = name === undefined ? undefined : (ALIASES.get(name) ?? (OWN.has(name) ? name : undefined));
  return eventOf(own === 'custom' ? undefined : own, name, {
    eventId: eventIdOf(params.event_id ?? params.eventId),
    items: itemsOf(params.items, productOf),
    orderId: firstText(params, ['transaction_id', 'orderId']),
    currency: currencyOf(params.currency),
    value: numberOf(params.value),
    query: firstText(params, ['search_term', 'query'], 500),
    experiment: textOf(params.experiment),
    variation: textOf(params.variation),
    gift: params.gift === true ? true : undefined,
    recommendationId: textOf(params.recommendationId, 512),
    properties: params,
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
function consentModeOf(consent: unknown): Record<string, boolean> | undefined {
  const said = Object.entries(plainOf(consent))
    .filter(([, state]) => typeof state === 'string' && /^(granted|denied)$/i.test(state))
    .map(([key, state]) => [key, String(state).toLowerCase() === 'granted'] as const);
  return said.length > 0 ? Object.fromEntries(said) : undefined;
}

/** Microseconds, as a number or a text of digits, in milliseconds. */
function microsOf(value: unknown): string | number | undefined {
  const micros = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof micros === 'number' ? timeOf(Math.floor(micros / 1000)) : undefined;
}

/** A body of `POST /mp/collect`: `{client_id, user_id?, timestamp_micros?, consent?, events: [{name, params}]}`. */
export function translateMeasurementProtocol(body: unknown): Translation {
  const whole = plainOf(body);
  const events = Array.isArray(whole.events) ? whole.events.slice(0, MOST_MESSAGES) : [];
  const stated = Object.entries(plainOf(whole.user_properties)).map(([name, said]) => [name, plainOf(said).value]);
  const traits = traitsOf(Object.fromEntries(stated));
  return events.map((one) => {
    const { name, params: said, timestamp_micros } = plainOf(one);
    const params = plainOf(said);
    const event = eventFrom(textOf(name), params);
    if (event === null) return null;
    return compact({
      visitor: firstText(whole, ['client_id', 'app_instance_id'], 1000),
      customerId: textOf(whole.user_id),
      consent: consentModeOf(whole.consent),
      context: contextOf(params),
      traits,
      event: { ...event, ...compact({ timestamp: microsOf(timestamp_micros) ?? microsOf(whole.timestamp_micros) }) },
    });
  });
}

/** What earlier pushes said for the later ones. */
interface Standing {
  visitor: string | undefined;
  customerId: string | undefined;
  consent: Record<string, boolean> | undefined;
}

/** `gtag` pushes its arguments: a list, or an object with the keys 0, 1, 2 once it has been through JSON. */
function argumentsOf(push: unknown): unknown[] | null {
  if (Array.isArray(push)) return push;
  return isPlain(push) && Object.hasOwn(push, '0') ? [push['0'], push['1'], push['2']] : null;
}

/** A call of `gtag` as a push; what it sets stands for the pushes after it. Null when it is no event. */
function gtagCall([command, name, params]: readonly unknown[], standing: Standing): Plain | null {
  if (command === 'consent') standing.consent = { ...standing.consent, ...consentModeOf(params) };
  if (command === 'set' || command === 'config') {
    const set = command === 'set' && isPlain(name) ? name : plainOf(params);
    standing.customerId = textOf(set.user_id) ?? standing.customerId;
    standing.visitor ??= textOf(set.client_id, 1000);
  }
  return command === 'event' ? { ...plainOf(params), event: name ?? '' } : null;
}

function translatePush(push: Plain, standing: Standing): Translated | null {
  const params = { ...push, ...plainOf(push.ecommerce), ecommerce: undefined, event: undefined };
  const event = eventFrom(textOf(push.event), compact(params));
  if (event === null) return null;
  const consent = { ...standing.consent, ...consentModeOf(push.consent) };
  return compact({
    visitor: standing.visitor ?? textOf(push.client_id, 1000),
    customerId: textOf(push.user_id) ?? standing.customerId,
    consent: Object.keys(consent).length > 0 ? consent : undefined,
    context: contextOf(params),
    event: { ...event, ...compact({ timestamp: timeOf(push.timestamp) }) },
  });
}

/**
 * Pushes of a `dataLayer`, as they are: `{event, ecommerce}`, or the arguments of `gtag`. Those that are no event (`{ecommerce: null}`, `gtag('js', …)`)
 * are left out; `gtag('consent', …)` holds for the pushes after it.
 */
export function translateDataLayer(pushes: readonly unknown[], visitor?: string): Translation {
  const standing: Standing = { visitor, customerId: undefined, consent: undefined };
  return pushes.slice(0, MOST_MESSAGES).map((push) => {
    const call = argumentsOf(push);
    const plain = call === null ? push : gtagCall(call, standing);
    if (plain === null && call !== null) return undefined;
    if (!isPlain(plain)) return null;
    return Object.hasOwn(plain, 'event') ? translatePush(plain, standing) : undefined;
  });
}
