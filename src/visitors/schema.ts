/** What is remembered about a visitor. Written only by the visitor's own object. All times are epoch milliseconds. */
import type { Consent, KeptEvent } from '../events/schema.ts';

/** A decayed weight: its value at time `at`; read it as `weight · 2^(−(now − at)/halfLife)`. */
export interface Affinity {
  weight: number;
  at: number;
}

export interface SessionItem {
  itemId: string;
  at: number;
}

/** A visit: 30 minutes of inactivity end it. */
export interface Session {
  /** Counts from 1 for this visitor. */
  number: number;
  startedAt: number;
  lastAt: number;
  /** Viewed items, oldest first, repeats kept, at most 200 (the last ones). */
  items: SessionItem[];
  /** How many views there were in all. */
  views: number;
  searches: string[];
  landing: string | null;
  referrer: string | null;
  campaign: string | null;
  country: string | null;
  device: string | null;
}

export interface CartLine {
  itemId: string;
  quantity: number;
  price: number | null;
}

export interface OrderLine {
  itemId: string;
  quantity: number;
  /** Of one piece, in the order's currency; null when it was not said. */
  price: number | null;
}

export interface PastOrder {
  orderId: string;
  at: number;
  currency: string;
  value: number;
  gift: boolean;
  /** Distinct items; refunded quantities are already taken off. */
  lines: OrderLine[];
}

export interface Profile {
  createdAt: number;
  seenAt: number;
  /** Events taken in all. */
  events: number;
  session: Session;
  /** The items viewed last, newest first, distinct, at most 100. */
  viewed: SessionItem[];
  affinities: {
    category: Record<string, Affinity>;
    brand: Record<string, Affinity>;
    priceBand: Record<string, Affinity>;
  };
  cart: { lines: CartLine[]; currency: string | null; updatedAt: number };
  /** Oldest first. */
  orders: PastOrder[];
  traits: Record<string, string | number | boolean>;
  /** Items the visitor has taken out of recently-bought ("not mine"). */
  hidden: string[];
}

/** What the visitor's object answers to whoever decides. */
export interface Memory {
  /** Null when nothing is held, or consent does not cover reading it. */
  profile: Profile | null;
  /** What the visitor has stored as consent, null when never. */
  stored: Consent | null;
}

/** What a request says about consent, before the stored one is known. */
export interface ConsentAsked {
  /** The body's, null when it says nothing. */
  given: Consent | null;
  /** What `Sec-GPC: 1` caps it at, null without that header. */
  cap: Consent | null;
  /** The shop's default: counts where neither body nor stored consent say anything. */
  fallback: Consent;
}

/** Days for which events, and profile with orders, are kept; both count from receipt. */
export interface Retention {
  eventsDays: number;
  profileDays: number;
}

/** One request's events of one visitor or customer. */
export interface Observation {
  shop: string;
  /** Name of the object without the shop: `v:<visitorId>` or `c:<customerId>`. */
  sender: string;
  /** In the order in which they happened; `consent` is set by the object. */
  events: KeptEvent[];
  /** Epoch milliseconds of receipt. */
  now: number;
  consent: ConsentAsked;
  flushSeconds: number;
  sessionMinutes: number;
  retention: Retention;
  /** Facts that the sender states, such as a customerId without proof. */
  traits?: Record<string, string | number | boolean>;
  /** Whether the answer carries the memory, and the memory the orders. */
  recall: boolean;
  orders: boolean;
}

export interface Observed {
  accepted: number;
  duplicates: number;
  consentUsed: Consent;
  /** Null unless asked for. */
  memory: Memory | null;
}

/** What went when a visitor was erased, by kind. */
export interface Erased {
  events: number;
  orders: number;
  profile: boolean;
  erasedAt: number;
}

/** An event with its place in the visitor's own order. */
export type SequencedEvent = KeptEvent & { sequence: number };

/** Everything that is held about a visitor. */
export interface VisitorExport {
  profile: Profile | null;
  consent: { consent: Consent; at: number } | null;
  events: SequencedEvent[];
  receivedAt: number;
  /** When the session ends, if nothing else is received; what was kept for the session only goes then. */
  sessionEndsAt: number;
  retention: Retention;
  /** The pseudonym in the archive of browsing events. */
  archivedAs: string;
  /** Number of stored rows by kind. */
  rows: Record<string, number>;
  unconfirmedFlushes: number;
}
