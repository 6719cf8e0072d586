/** What Floorwalker tells other servers: outgoing events, and how their delivery went. */
import * as z from 'zod';
import { documented } from '../shared/documented.ts';

/** The events that an endpoint may ask for. */
const OUTGOING_EVENTS = [
  'cart.abandoned',
  'browse.abandoned',
  'product.back_in_stock',
  'product.price_dropped',
  'endpoint.test',
] as const;
export const OutgoingEventName = z.enum(OUTGOING_EVENTS, {
  error: (issue) =>
    `there is no event "${String(issue.input).slice(0, 60)}" to be sent; there are ${OUTGOING_EVENTS.join(', ')}`,
});
export type OutgoingEventName = z.infer<typeof OutgoingEventName>;

/** How a delivery looks: Standard Webhooks, or what a sender of e-mails expects. */
export const SHAPES = ['standard', 'klaviyo', 'brevo', 'resend', 'mailchimp'] as const;
export type Shape = (typeof SHAPES)[number];

/** Whom an event is about, as far as those who send messages can reach them. */
export interface Contact {
  customerId: string | null;
  /** From the trait `email`, where the shop's allow-list has it. */
  email: string | null;
}

/** An event to be sent. Plain data. */
export interface OutgoingEvent {
  /** Made by whoever noticed it, from what happened: the same again is the same message. */
  messageId: string;
  type: OutgoingEventName;
  /** Name of the object that it is about (`v:<visitorId>`, `c:<customerId>`): with it, its messages are erased. */
  subject: string;
  /** Epoch milliseconds. */
  at: number;
  contact: Contact;
  data: Readonly<Record<string, unknown>>;
}

/** An endpoint of the config, as far as sending goes. */
export interface Endpoint {
  url: string;
  /** Name of the secret that signs, or of the key that the receiver gave out. */
  secret: string;
  events: readonly OutgoingEventName[];
  shape: Shape;
}

const DELIVERY_STATES = ['waiting', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** What one attempt came to. */
export interface Attempt {
  /** Epoch milliseconds. */
  at: number;
  /** Null when there was no answer. */
  status: number | null;
  /** Why it did not count as delivered; null when it did. */
  why: string | null;
}

/** A message for one endpoint. */
export interface Delivery {
  endpoint: string;
  event: OutgoingEvent;
  state: DeliveryState;
  attempts: Attempt[];
  /** Epoch milliseconds of the next attempt; 0 when there will be none. */
  nextAt: number;
}

export const DeliveriesQuery = z.object({
  cursor: z.string().min(1).max(300).optional().describe('The `cursor` of the page before.'),
  state: z.enum(DELIVERY_STATES).optional(),
});

export const EndpointPath = z.object({ endpoint: z.string().min(1).max(64) });
export const DeliveryPath = EndpointPath.extend({ messageId: z.string().min(1).max(200) });

export const DeliveryAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    messageId: z.string(),
    type: z.string(),
    at: z.string(),
    state: z.enum(DELIVERY_STATES),
    attempts: z.array(z.object({ at: z.string(), status: z.number().nullable(), why: z.string().nullable() })),
    nextAt: z.string().nullable(),
    contact: z.object({ customerId: z.string().nullable(), email: z.string().nullable() }),
    data: z.record(z.string(), z.unknown()),
  }),
);
export type DeliveryAnswer = z.infer<typeof DeliveryAnswer>;

export const DeliveriesAnswer = /* @__PURE__ */ documented(() =>
  z.object({ items: z.array(DeliveryAnswer), cursor: z.string().nullable() }),
);
export const OneDeliveryAnswer = /* @__PURE__ */ documented(() => z.object({ delivery: DeliveryAnswer }));

export const EndpointsAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    endpoints: z.record(
      z.string(),
      z.object({
        url: z.string(),
        events: z.array(z.string()),
        shape: z.string(),
        off: z
          .object({ since: z.string(), why: z.string() })
          .nullable()
          .describe('Switched off by the receiver’s 410. Another url in the config, or /enable, switches it on again.'),
        waiting: z.number(),
        failed: z.number(),
      }),
    ),
  }),
);
export const EnabledAnswer = /* @__PURE__ */ documented(() => z.object({ endpoint: z.string(), enabled: z.boolean() }));
