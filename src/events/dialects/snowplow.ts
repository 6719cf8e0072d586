/** Snowplow's tracker protocol (`tp2`) with the ecommerce plugin. */
import {
  compact,
  currencyOf,
  eventOf,
  itemOf,
  numberOf,
  type Plain,
  pageOf,
  plainOf,
  type Translated,
  textOf,
} from './translated.ts';

const ACTIONS: ReadonlyMap<string, string> = new Map([
  ['product_view', 'view_item'],
  ['list_view', 'view_item_list'],
  ['list_click', 'select_item'],
  ['add_to_cart', 'add_to_cart'],
  ['remove_from_cart', 'remove_from_cart'],
  ['checkout_step', 'begin_checkout'],
  ['transaction', 'purchase'],
  ['refund', 'refund'],
  ['promo_view', 'view_promotion'],
  ['promo_click', 'select_promotion'],
]);

/** Self-describing JSON arrives as text, or base64url where the tracker encodes it. */
function selfDescribing(plain: unknown, encoded: unknown): Plain {
  try {
    if (typeof plain === 'string') return plainOf(JSON.parse(plain));
    if (typeof encoded === 'string') return plainOf(JSON.parse(decode(encoded)));
  } catch {
    // A broken context costs the event its details, not its life.
  }
  return {};
}

function decode(base64url: string): string {
  const binary = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

/** `iglu:com.snowplowanalytics.snowplow.ecommerce/product/jsonschema/1-0-0` is a `product`. */
function entityName(schema: unknown): string {
  return typeof schema === 'string' ? (schema.split('/')[1] ?? '') : '';
}

function entitiesOf(event: Plain): { name: string; details: Plain }[] {
  const contexts = selfDescribing(event.co, event.cx).data;
  if (!Array.isArray(contexts)) return [];
  return contexts.map((one) => ({ name: entityName(plainOf(one).schema), details: plainOf(plainOf(one).data) }));
}

function itemFrom(product: Plain): Record<string, unknown> | undefined {
  return itemOf({
    itemId: textOf(product.id) ?? textOf(product.sku),
    price: product.price,
    quantity: product.quantity,
    index: product.position,
    brand: product.brand,
    category: product.category,
  });
}

/** A checkout's first step begins it; later ones with a payment method or a delivery are what they say. */
function checkoutName(step: Plain): string {
  if (step.payment_method !== undefined) return 'add_payment_info';
  if (numberOf(step.step) !== undefined && Number(step.step) > 1) return 'add_shipping_info';
  return 'begin_checkout';
}

function ecommerceEvent(action: Plain, entities: readonly { name: string; details: Plain }[]): Record<string, unknown> {
  const of = (name: string) => entities.find((entity) => entity.name === name)?.details ?? {};
  const foreign = textOf(action.type) ?? '';
  const name = foreign === 'checkout_step' ? checkoutName(of('checkout_step')) : ACTIONS.get(foreign);
  const order = name === 'refund' ? of('refund') : of('transaction');
  const items = entities
    .filter((entity) => entity.name === 'product')
    .flatMap((entity) => itemFrom(entity.details) ?? []);
  const product = entities.find((entity) => entity.name === 'product')?.details ?? {};
  return eventOf(name, foreign, {
    items,
    orderId: textOf(order.transaction_id),
    currency: currencyOf(order.currency) ?? currencyOf(product.currency),
    value: numberOf(order.revenue) ?? numberOf(order.refund_amount),
    properties: name === undefined ? action : undefined,
  });
}

function eventFrom(event: Plain): Record<string, unknown> {
  if (event.e === 'pv') return { name: 'page_view' };
  if (event.e !== 'ue') return eventOf(undefined, `snowplow ${textOf(event.e, 50) ?? 'event'}`, {});
  const described = plainOf(selfDescribing(event.ue_pr, event.ue_px).data);
  const kind = entityName(described.schema);
  const details = plainOf(described.data);
  if (kind === 'snowplow_ecommerce_action') return ecommerceEvent(details, entitiesOf(event));
  if (kind === 'site_search') {
    const terms = Array.isArray(details.terms) ? details.terms.join(' ') : undefined;
    return eventOf('search', kind, { query: textOf(terms, 500) });
  }
  return eventOf(undefined, kind, { properties: details });
}

/** A body of `tp2`: `{schema, data: [event, …]}`, all values texts. */
export function translateSnowplow(body: Plain): Translated[] {
  const events = Array.isArray(body.data) ? body.data.slice(0, 500) : [];
  return events.map((one) => {
    const event = plainOf(one);
    return compact({
      visitor: textOf(event.duid) ?? textOf(event.nuid) ?? textOf(event.tnuid),
      customerId: textOf(event.uid),
      sentAt: numberOf(event.stm),
      context: compact({
        page: pageOf({ url: event.url, title: event.page, referrer: event.refr }),
        locale: textOf(event.lang, 35),
      }),
      event: { ...eventFrom(event), ...compact({ eventId: textOf(event.eid), timestamp: numberOf(event.dtm) }) },
    });
  });
}
