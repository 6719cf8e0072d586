/** Snowplow's tracker protocol (`tp2`) with the ecommerce plugin. */
import {
  compact,
  currencyOf,
  eventIdOf,
  eventOf,
  itemOf,
  MOST_MESSAGES,
  numberOf,
  type Plain,
  pageOf,
  plainOf,
  type Translation,
  textOf,
  timeOf,
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

/** The kinds of events that are no self-describing JSON; `pv` and `ue` have a reading of their own. */
const KINDS: ReadonlyMap<unknown, string> = new Map([
  ['pp', 'page_ping'],
  ['se', 'struct'],
  ['tr', 'transaction'],
  ['ti', 'transaction_item'],
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

type Made = Record<string, unknown> | null;

function ecommerceEvent(action: Plain, entities: readonly { name: string; details: Plain }[]): Made {
  const of = (name: string) => entities.find((entity) => entity.name === name)?.details ?? {};
  const foreign = textOf(action.type);
  const name = foreign === 'checkout_step' ? checkoutName(of('checkout_step')) : ACTIONS.get(foreign ?? '');
  const order = name === 'refund' ? of('refund') : of('transaction');
  const items = entities
    .filter((entity) => entity.name === 'product')
    .flatMap((entity) => itemFrom(entity.details) ?? []);
  const promotion = of('promotion');
  return eventOf(name, foreign, {
    items,
    orderId: textOf(order.transaction_id),
    currency: currencyOf(order.currency) ?? currencyOf(of('product').currency),
    value: numberOf(order.revenue) ?? numberOf(order.refund_amount),
    properties: name === undefined ? action : compact({ promotionId: textOf(promotion.id), promotion: promotion.name }),
  });
}

function eventFrom(event: Plain): Made {
  if (event.e === 'pv') return { name: 'page_view' };
  if (event.e !== 'ue') return eventOf(undefined, KINDS.get(event.e) ?? textOf(event.e), structOf(event));
  const described = plainOf(selfDescribing(event.ue_pr, event.ue_px).data);
  const kind = entityName(described.schema);
  const details = plainOf(described.data);
  if (kind === 'snowplow_ecommerce_action') return ecommerceEvent(details, entitiesOf(event));
  if (kind === '') return null;
  if (kind === 'site_search') {
    const terms = Array.isArray(details.terms)
      ? details.terms.filter((term) => typeof term === 'string').join(' ')
      : '';
    return eventOf('search', kind, { query: textOf(terms, 500) });
  }
  return eventOf(undefined, kind, { properties: details });
}

/** A structured event: what was done to what. */
function structOf(event: Plain): Record<string, unknown> {
  const { se_ca: category, se_ac: action, se_la: label, se_pr: property } = event;
  return { properties: compact({ category, action, label, property }), value: numberOf(event.se_va) };
}

/** A time in milliseconds as a text of digits. */
function millisOf(value: unknown): string | number | undefined {
  return timeOf(typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);
}

/** A body of `tp2`: `{schema, data: [event, …]}`, all values texts. */
export function translateSnowplow(body: unknown): Translation {
  const { data: list } = plainOf(body);
  return (Array.isArray(list) ? list : []).slice(0, MOST_MESSAGES).map((one) => {
    const event = plainOf(one);
    const made = eventFrom(event);
    if (made === null) return null;
    return compact({
      visitor: textOf(event.duid, 1000) ?? textOf(event.nuid, 1000) ?? textOf(event.tnuid, 1000),
      customerId: textOf(event.uid),
      sentAt: millisOf(event.stm),
      context: compact({
        page: pageOf({ url: event.url, title: event.page, referrer: event.refr }),
        locale: textOf(event.lang, 35),
      }),
      event: compact({ ...made, eventId: eventIdOf(event.eid), timestamp: millisOf(event.dtm) }),
    });
  });
}
