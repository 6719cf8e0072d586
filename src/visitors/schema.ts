/** What is remembered about a visitor. Written only by the visitor's own object. All times are epoch milliseconds. */
import type { Aggregates } from '../analytics/schema-aggregates.ts';
import type { DecideContext, DecidePage } from '../decide/schema.ts';
import type { Consent, KeptEvent } from '../events/schema.ts';
import type { Experienced } from '../experiments/schema-exposures.ts';
import type { Attention, Handed } from '../messages/schema.ts';
import type { Held } from '../personas/schema.ts';
import type { Reached } from '../purchases/schema.ts';
import type { Paying } from './paying.ts';
import type { Wanted } from './quiet.ts';
import type { StatedCart } from './state-cart.ts';

import type { Told } from './told.ts';
import type { Visits } from './visits.ts';

/** A decayed weight: its value at time `at`; read it as `weight · 2^(−(now − at)/halfLife)`. */
export interface Affinity {
  weight: number;
  at: number;
}

export interface SessionItem {
  itemId: string;
  at: number;
}

/** A visit: 30 minutes of inactivity end it, and so does another campaign. */
export interface Session {
  /** Counts from 1 for this visitor. */
  number: number;
  startedAt: number;
  lastAt: number;
  /** When the one before it ended; absent in the first, and where that is not known. */
  previousAt?: number;
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
  /** Pages looked at; a page that says so twice in a row is one. Absent, like what follows, in sessions from before it was kept. */
  pages?: number;
  /** Type and address of the last one. */
  page?: string;
  /** Types of pages, in the order in which they were first seen, at most 20. */
  pageTypes?: string[];
  /** Categories of what was viewed, at every level, those viewed last at the end, at most 40. */
  categories?: string[];
}

/** An item that was shown as a recommendation: how often, each time counting half after a day, as of when it was shown last. */
export interface ShownItem {
  itemId: string;
  at: number;
  weight: number;
}

/** Showings count half after a day: what was shown five times last week was not shown five times today. */
export const SHOWN_HALF_LIFE_MS = 86_400_000;

export interface CartLine {
  itemId: string;
  quantity: number;
  price: number | null;
}

/** A basket, and what merging it with another one takes. */
export interface Cart {
  lines: CartLine[];
  currency: string | null;
  updatedAt: number;
  /** When each item was last put in, taken out or bought, also those that are not in it any more; the last 200. */
  touched?: Record<string, number>;
  /** When the whole of it was last stated. */
  statedAt?: number;
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
  /** The shop's server reported it; what it said counts. */
  trusted?: true;
  /** Something was given back. */
  refunded?: true;
}

/** The persona assigned when events were taken last, and from how much consent. */
export interface HeldPersona extends Held {
  consent: 'session' | 'personal';
  /** Events that had been taken by then. */
  events: number;
}

export interface UnmatchedRefund {
  orderId: string;
  /** Null: by what the items were worth, or everything. */
  value: number | null;
  /** Empty: everything. */
  items: { itemId: string; quantity: number | null; price: number | null }[];
}

export interface Profile extends Experienced {
  createdAt: number;
  seenAt: number;
  /** Events taken in all. */
  events: number;
  session: Session;
  /** What the sessions are made of; absent in what is read for a decision. */
  visits?: Visits;
  /** The items viewed last, newest first, distinct, at most 100. */
  viewed: SessionItem[];
  /** The items shown last as recommendations, newest first, distinct, at most 100. Absent in profiles from before they were kept. */
  shown?: ShownItem[];
  affinities: {
    category: Record<string, Affinity>;
    brand: Record<string, Affinity>;
    priceBand: Record<string, Affinity>;
  };
  /** How the visitor shops: decayed sums by name (see habits.ts); absent in profiles from before they were kept. */
  habits?: Record<string, Affinity>;
  /** The persona that was assigned last; absent before one was. */
  held?: HeldPersona;
  cart: Cart;
  /** Oldest first. */
  orders: PastOrder[];
  /** Given back of orders that are not known here: another part of the merged history may know them. The last 50. */
  refunds?: UnmatchedRefund[];
  /** What recommendations brought the visitor to, the last 50; absent before the first. */
  reached?: Reached[];
  /** Whether the visitor is paying; absent before they ever did. */
  paying?: Paying;
  /** What of the visitor's attention messages have spent; absent before the first. */
  attention?: Attention;
  /** Messages that were handed to this visitor's pages, the last 50, newest last, and what came of them; absent before the first. */
  handed?: Handed[];
  /** What the shop's server has told about the visitor by `custom` events, the last 20, newest last; absent before the first. */
  told?: Told[];
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

/** A customerId and by what it is believed. */
export interface Proof {
  customerId: string;
  /** Of the identity cookie: the login in which it was issued. Null where the request itself states the customer, by token or secret key. */
  login: number | null;
}

/** What an answer was made from. */
export interface Standing {
  /** The customer whose merged history was opened; null: the visitor's own part only. */
  customerId: string | null;
  /** What an identity cookie has to say; null where the visitor does not belong to that customer, or none was opened. */
  login: number | null;
  /** The visitor belongs to a customer, whether or not the history was opened. */
  isLinked: boolean;
}

/** Where consent came from. */
export type ConsentSource = 'visitor' | 'server' | 'customer' | 'event';

/** Consent as it was stated. */
export interface ConsentRecord {
  consent: Consent;
  at: number;
  source: ConsentSource;
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

/** By what a persona is assigned beside the profile: the page and the surroundings of the request, under a version of the config. */
export interface Judging {
  config: number;
  page: DecidePage;
  context: DecideContext;
  /** Of the shop's customers: by measure, see `Aggregates`. */
  quantiles: Aggregates['quantiles'];
}

/** What may have brought an order about on any of a customer's devices. */
export interface Elsewhere {
  handed: Handed[];
  reached: Reached[];
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
  /** For how long what a recommendation has led to is credited to it. */
  attributionMs: number;
  /** The basket, as the request states it besides its events. */
  cart?: StatedCart;
  /** What the shop's endpoints want to hear of visitors who go quiet; null: nothing. Absent where the request does not say. */
  quiet?: Wanted | null;
  /** Random: the visits that begin with these events are numbered by it. */
  visit?: number;
  /** The sender's network prefix under a key that changes hourly; absent with the secret key and on a local network. */
  network?: string;
  /** Of a visitor: the customer whom the request proves. Stated by the request itself, it makes the visitor the customer's. */
  proof?: Proof;
  /** Of a visitor who belongs to a customer, with an order. */
  elsewhere?: Elsewhere;
  /** Consent that an event of the request states: counts if it is newer than what is stored. */
  stated?: ConsentRecord;
  judging?: Judging;
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
  standing: Standing;
}

/** What a request says in passing that comes from a page. */
export type Arrival = Pick<
  Observation,
  'shop' | 'sender' | 'network' | 'sessionMinutes' | 'retention' | 'quiet' | 'cart' | 'now'
>;

/** A question about what is remembered. */
export interface Asked {
  /** Where a page asks: that the visitor is there is noted, as far as it says something new. */
  arrival?: Arrival;
  shop?: string;
  consent: ConsentAsked;
  /** Whether the memory carries past orders: there may be many. */
  orders: boolean;
  now: number;
  proof?: Proof;
}

export interface Recalled {
  consentUsed: Consent;
  memory: Memory;
  standing: Standing;
}

/** An event with its place in the visitor's own order. */
export type SequencedEvent = KeptEvent & { sequence: number };
