import { iso } from '../shared/iso.ts';
import type { OutgoingEvent, Shape } from './schema.ts';

/** The revision of Klaviyo's API that the body is made for. */
const KLAVIYO_REVISION = '2026-10-15';

/** A request to be made, before a Standard Webhook is signed. */
export interface ShapedRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** The body of a Standard Webhook. */
function standard({ type, at, data }: OutgoingEvent): object {
  return { type, timestamp: iso(at), data };
}

const NAMES: Readonly<Record<string, string>> = {
  'cart.abandoned': 'Abandoned Cart',
  'browse.abandoned': 'Abandoned Browse',
  'product.back_in_stock': 'Back in Stock',
  'product.price_dropped': 'Price Dropped',
};

/** Klaviyo, "Create Event": one metric, one profile, deduplicated by `unique_id`. */
function klaviyo({ messageId, type, at, contact, data }: OutgoingEvent): object {
  const profile = {
    ...(contact.email === null ? {} : { email: contact.email }),
    ...(contact.customerId === null ? {} : { external_id: contact.customerId }),
  };
  const cart = data.cart as { value?: unknown; currency?: unknown } | undefined;
  return {
    data: {
      type: 'event',
      attributes: {
        unique_id: messageId,
        time: iso(at),
        properties: data,
        ...(typeof cart?.value === 'number' ? { value: cart.value } : {}),
        ...(typeof cart?.currency === 'string' ? { value_currency: cart.currency } : {}),
        metric: { data: { type: 'metric', attributes: { name: NAMES[type] ?? type } } },
        profile: { data: { type: 'profile', attributes: profile } },
      },
    },
  };
}

/** Event names of Brevo and Mailchimp have no dots. */
const plainName = (type: string): string => type.replace(/\W/g, '_');

/** Brevo, "Create an event". */
function brevo({ type, at, contact, data }: OutgoingEvent): object {
  return {
    event_name: plainName(type),
    event_date: iso(at),
    identifiers: {
      ...(contact.email === null ? {} : { email_id: contact.email }),
      ...(contact.customerId === null ? {} : { ext_id: contact.customerId }),
    },
    event_properties: data,
  };
}

/** Resend, "Send Event": starts the automations that wait for it. */
function resend({ type, contact, data }: OutgoingEvent): object {
  return { event: type, email: contact.email, payload: data };
}

/** Mailchimp, "Add event": properties are texts. */
function mailchimp({ type, at, data }: OutgoingEvent): object {
  const properties = Object.entries(data).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return { name: plainName(type), occurred_at: iso(at), properties: Object.fromEntries(properties) };
}

const BODIES: Readonly<Record<Shape, (event: OutgoingEvent) => object>> = {
  standard,
  klaviyo,
  brevo,
  resend,
  mailchimp,
};

/** How each receiver wants to see its key. A Standard Webhook is signed instead. */
function credentials(shape: Shape, key: string, messageId: string): Record<string, string> {
  switch (shape) {
    case 'standard':
      return {};
    case 'klaviyo':
      return { Authorization: `Klaviyo-API-Key ${key}`, revision: KLAVIYO_REVISION };
    case 'brevo':
      return { 'api-key': key };
    case 'resend':
      return { Authorization: `Bearer ${key}`, 'Idempotency-Key': messageId };
    case 'mailchimp':
      // "Authenticate with an API key": HTTP Basic, under any name.
      return { Authorization: `Basic ${btoa(`floorwalker:${key}`)}` };
  }
}

/** What a receiver cannot do without; null when the event has it. */
function lacking(shape: Shape, { contact }: OutgoingEvent): string | null {
  const needsEmail = shape === 'resend' || shape === 'mailchimp';
  if (needsEmail && contact.email === null) return 'nobody can be reached: there is no trait "email"';
  if (shape !== 'standard' && contact.email === null && contact.customerId === null)
    return 'nobody can be reached: neither customer nor trait "email" is known';
  return null;
}

/**
 * Turns an event into the request that a receiver understands.
 * @param endpoint.url may hold the place `{email}`, for receivers that name the person in the path
 * @param key the endpoint's secret: here the receiver's API key
 * @returns why it cannot be sent, where that is so
 */
export function shapeRequest(
  event: OutgoingEvent,
  endpoint: { url: string; shape: Shape },
  key: string,
): ShapedRequest | { cannot: string } {
  const { shape } = endpoint;
  const cannot = lacking(shape, event);
  if (cannot !== null) return { cannot };
  return {
    url: endpoint.url.replace('{email}', encodeURIComponent(event.contact.email ?? '')),
    headers: { 'Content-Type': 'application/json', ...credentials(shape, key, event.messageId) },
    body: JSON.stringify(BODIES[shape](event)),
  };
}
