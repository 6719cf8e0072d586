import * as z from 'zod';
import type { Met } from '../experiments/schema-exposures.ts';

/** How much may be remembered: nothing, for this session, or as a person. In ascending order. */
export const Consent = z.enum(['none', 'session', 'personal']);
export type Consent = z.infer<typeof Consent>;

const RANK: Record<Consent, number> = { none: 0, session: 1, personal: 2 };

/** The least of several consents; undefined and null ones say nothing. Without any, `personal`. */
export function leastConsent(...given: (Consent | null | undefined)[]): Consent {
  let least: Consent = 'personal';
  for (const consent of given) if (consent != null && RANK[consent] < RANK[least]) least = consent;
  return least;
}

export const VisitorId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,64}$/, 'a visitorId has 16 to 64 characters of A-Z a-z 0-9 _ -; a UUID fits');
export const ItemId = z.string().min(1, 'an itemId is not empty').max(200, 'an itemId has at most 200 characters');
export const CustomerId = z
  .string()
  .min(1, 'a customerId is not empty')
  .max(200, 'a customerId has at most 200 characters');

/** The names of events: GA4's, and five of our own. */
export const EVENT_NAMES = [
  'page_view',
  'view_item',
  'view_item_list',
  'select_item',
  'search',
  'add_to_cart',
  'remove_from_cart',
  'view_cart',
  'begin_checkout',
  'add_shipping_info',
  'add_payment_info',
  'purchase',
  'refund',
  'add_to_wishlist',
  'view_promotion',
  'select_promotion',
  'share',
  'impression',
  'dismiss',
  'exposure',
  'custom',
] as const;
export const EventName = z.enum(EVENT_NAMES);

/** The steps of a checkout, by their events. */
export const CHECKOUT_STEPS = [
  'view_cart',
  'begin_checkout',
  'add_shipping_info',
  'add_payment_info',
  'purchase',
] as const satisfies readonly (typeof EVENT_NAMES)[number][];
export type CheckoutStep = (typeof CHECKOUT_STEPS)[number];
export type EventName = z.infer<typeof EventName>;

/** A recommendation of ours that an event echoes, and that it may be credited to: signed by us for this shop, not expired, and showing that item. */
export interface Shown {
  /** A 53-bit hash of its id. */
  recommendation: number;
  placement: string;
  strategy: string;
  /** The item is the one that chance put into the slot declared for it: with this probability. */
  explored?: number;
}

/** Why an echoed recommendationId is credited with nothing: not issued here for this shop, issued by a dry run, out of its window, not showing that item. */
export type Unattributed = 'unverified' | 'dryRun' | 'expired' | 'otherItem';

/** An item within an event, as it is kept. */
export interface EventItem {
  itemId: string;
  /** Of one piece. */
  price?: number;
  /** Above 0; 1 when absent. */
  quantity?: number;
  recommendationId?: string;
  /** Position in the list that showed it. */
  index?: number;
  /** Filled in from the catalogue as the event arrives, so that the profile can be reduced without it: category slugs, brand, price band 1 to 5. */
  categories?: string[];
  brand?: string;
  priceBand?: number;
  /** As the event arrives: it was sold for less than its usual price. */
  reduced?: true;
  /** It was reached by a recommendation of ours: the recommendationId it echoes holds. */
  own?: true;
  /** As the event arrives: what its echo is credited to, and the card key, where it is not that of the itemId. Neither is stored. */
  shown?: Shown;
  key?: number;
}

/** What was done to an event's own time: the sender's clock was set right; it lay in the future, or further back than a browser's may. */
export type TimeFlag = 'skew' | 'clamped_future' | 'clamped_past';

/** An event as it is kept, after whatever dialect it came in: what the rest of Floorwalker works with. */
export interface KeptEvent {
  eventId: string;
  name: EventName;
  /** Epoch milliseconds: the event's own time, corrected and clamped. */
  at: number;
  /** Absent where the time is as it was said. */
  flags?: TimeFlag[];
  /** When it was received. */
  receivedAt: number;
  /** Of `custom`: which. */
  key?: string;
  items?: EventItem[];
  orderId?: string;
  currency?: string;
  value?: number;
  gift?: boolean;
  /** Of `search`. */
  query?: string;
  page?: { url?: string; type?: string; title?: string; referrer?: string; campaign?: string };
  locale?: string;
  country?: string;
  device?: string;
  recommendationId?: string;
  /** As the event arrives: of an impression the recommendations shown; how many echoes are credited to nothing, and why. Neither is stored. */
  impressed?: Shown[];
  unattributed?: Partial<Record<Unattributed, number>>;
  messageId?: string;
  /** Of a message: which time it was handed out. */
  impressionId?: string;
  experiment?: string;
  variation?: string;
  /** As the event arrives: of an `exposure`, the variation that counts as met. Not stored. */
  met?: Met;
  /** False for imported history: it builds profiles, but teaches nothing. */
  learn: boolean;
  /** Sent with the secret key: always teaches, never clamped. */
  trusted: boolean;
  consent: 'session' | 'personal';
  /** Anything else the sender said, at most 2 KB as JSON. */
  properties?: Record<string, unknown>;
}
