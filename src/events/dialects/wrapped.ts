import * as z from 'zod';
import { Consent } from '../schema.ts';
import { translateDataLayer, translateMeasurementProtocol } from './ga4.ts';
import { privacyOf, translateHydrogen, translatePixel } from './shopify.ts';
import {
  compact,
  firstText,
  isPlain,
  MOST_MESSAGES,
  type Plain,
  plainOf,
  type Translated,
  type Translation,
  textOf,
  timeOf,
} from './translated.ts';

/** What a page of the shop may hand on as it is. */
export const Dialect = z.enum(['ga4', 'shopify', 'hydrogen']);
export type Dialect = z.infer<typeof Dialect>;

/** The messages of a body: itself a list, a list under `events`, or the one message that it is. */
function messagesOf(body: unknown): { messages: readonly unknown[]; around: Plain } {
  if (Array.isArray(body)) return { messages: body, around: {} };
  if (isPlain(body) && Array.isArray(body.events)) return { messages: body.events, around: body };
  return { messages: [body], around: plainOf(body) };
}

function isMeasurementProtocol(messages: readonly unknown[]): boolean {
  return messages.some((one) => isPlain(one) && one.event === undefined && typeof one.name === 'string');
}

function translate(dialect: Dialect, messages: readonly unknown[], around: Plain, visitor?: string): Translation {
  const some = messages.slice(0, MOST_MESSAGES);
  if (dialect === 'shopify') return some.map((message) => translatePixel(message, visitor));
  if (dialect === 'hydrogen') return some.map((message) => translateHydrogen(message, visitor));
  if (!isMeasurementProtocol(messages)) return translateDataLayer(some, visitor);
  return translateMeasurementProtocol({ ...around, client_id: visitor, events: some });
}

/** What is said around the messages counts for each of them that does not say it itself. */
function withAround(message: Translated, around: Plain): Translated {
  const given = Consent.safeParse(around.consent);
  const consent = { ...privacyOf(around.customerPrivacy), ...message.consent };
  return compact({
    ...message,
    customerId: message.customerId ?? textOf(around.customerId),
    sentAt: message.sentAt ?? timeOf(around.sentAt),
    consent: Object.keys(consent).length > 0 ? consent : undefined,
    given: given.success ? given.data : undefined,
    context: { ...compact({ locale: textOf(plainOf(around.context).locale, 35) }), ...message.context },
  });
}

/**
 * A body of `POST /v1/dialects/:dialect`.
 * @param visitor from the query; what the body says around its messages comes next, then what each says itself
 */
export function translateWrapped(dialect: Dialect, body: unknown, visitor?: string): Translation {
  const { messages, around } = messagesOf(body);
  const named = visitor || firstText(around, ['visitorId', 'client_id', 'clientId'], 1000);
  return translate(dialect, messages, around, named).map((message) => message && withAround(message, around));
}
