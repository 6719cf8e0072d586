/** What travels from the visitors' objects to the learner and the tallies, and what the learner keeps. Plain data; checked where it enters. */

import type { Increment } from '../experiments/schema-counts.ts';
import type { OrderClaim } from '../experiments/schema-exposures.ts';
import type { Sample } from '../personas/schema-sample.ts';
import type { Repeat } from './repeats.ts';
import type { CreditedMessage, MessageSums } from './schema-messages.ts';
import type { VisitSums } from './schema-visits.ts';

/** A view of an item, with what came before it in the session: all that learning from it needs. */
export interface View {
  itemId: string;
  /** Epoch milliseconds, clamped. */
  at: number;
  /** The items viewed before it in the session, nearest first, at most 10; repeats and the item itself may occur. */
  previous: string[];
  /** Length of the session so far, this view included; at least 1. */
  length: number;
  /** It came from one of our own recommendations (it carries a `recommendationId` that holds). */
  own: boolean;
  /**
   * A random number that the visit has while it lasts: views with the same one belong together. Nothing computes it from a visitor, and no two visits share
   * one; absent where the view comes late.
   */
  session?: number;
}

/** Who reported it, the least trusted first: where several report the same order, the figures of the most trusted count. */
export type OrderSource = 'browser' | 'webhook' | 'server';

/** An order as its shard claims it: once per shop by `orderId`, whoever reports it. */
export interface Order {
  orderId: string;
  at: number;
  currency: string;
  /** Money of the whole order in `currency`, 0 or more. */
  value: number;
  /** Distinct items, at most 100 (a seeded sample of larger orders, drawn by the sender). */
  lines: { itemId: string; quantity: number; price: number | null; repeat?: Repeat }[];
  /** Whether its basket teaches `bought_with` (false for imported history, gifts still teach). */
  learn: boolean;
  gift: boolean;
  /**
   * What the customer bought before, and how strongly it recurs (see `Recurrence`), at most 100: by which the learner tries how to find what is bought again.
   * Only of orders that teach, with consent to remembering; absent of a customer's first.
   */
  past?: PastItem[];
  /** `browser` when absent. */
  source?: OrderSource;
  /** The salted id under which the archive of this flush knows the order; absent where it is not archived. */
  archivedAs?: string;
  /** The lines that recommendations brought about, at most 100; absent where there are none. */
  attributed?: AttributedLine[];
  /** The messages that it came after, at most 20; absent where there are none. */
  heard?: CreditedMessage[];
}

/** An item that a customer bought before, and how strongly it recurs. */
export type PastItem = [itemId: string, weight: number];

/** A line of an order that a recommendation brought about. */
export interface AttributedLine {
  /** A 53-bit hash of the itemId. */
  item: number;
  placement: string;
  strategy: string;
  quantity: number;
  /** Money of the whole line, in the order's currency. */
  value: number;
}

/** What an event adds to the counters of a recommendation; of echoes that are credited to none the placement is ''. */
export interface Attributed {
  at: number;
  placement: string;
  strategy: string;
  sums: Partial<Record<AttributedMetric, number>>;
}

/**
 * Beside impressions, clicks and baskets: of the slots filled by chance the impressions, the weights 1/p, their squares, the clicks, and those weighted; and why
 * echoes were credited to nothing.
 */
export const ATTRIBUTED_METRICS = [
  ...(['impressions', 'clicks', 'baskets'] as const),
  ...(['explored', 'weights', 'squares', 'exploredClicks', 'rewards'] as const),
  ...(['unverified', 'dryRun', 'expired', 'otherItem'] as const),
] as const;
export type AttributedMetric = (typeof ATTRIBUTED_METRICS)[number];

/** What was given back of an order. Counts once per shop by order and refund. */
export interface Refund {
  orderId: string;
  /** A hash of the event's id. */
  refundId: string;
  /** ISO 4217, '' when it was not said: then the order's. */
  currency: string;
  /** 0 or more; null: everything. */
  value: number | null;
  source: OrderSource;
  /** Which items, where they are named: a hash of the itemId, and how many pieces (null: all). At most 100. */
  items?: { item: number; quantity: number | null }[];
}

/** An event as it is counted. */
export interface CountedEvent {
  name: string;
  at: number;
}

/** An event as the archive keeps it: an allow-list of fields, pseudonymous. */
export interface ArchivedEvent {
  name: string;
  at: number;
  /** Pseudonym: HMAC of the visitorId under a salt that lives only in the visitor's object. */
  visitor: string;
  sequence: number;
  items?: {
    itemId: string;
    quantity?: number;
    price?: number;
    /** Reached by one of our own recommendations. */
    own?: true;
  }[];
  /** Salted, for orders. */
  order?: string;
  /** A hash of the campaign that brought the visitor: where it changes, a session begins. */
  campaign?: string;
  /** History that teaches nothing. */
  learn?: false;
  /** Sent with the secret key. */
  trusted?: true;
  /** Key of the persona that the visitor had when it was fixed. */
  persona?: string;
  /** Country, class of device and kind of the page before, in one number: see `contextOf`. */
  context?: number;
  /** The basket of its order was claimed by this report, and taught. Set by the tally. */
  taught?: true;
  currency?: string;
  value?: number;
}

/** One message of the queue `interactions`: under 64 KB, at most 100 events. Sent again it is byte for byte the same. */
export interface Flush {
  /** `<object's random name>.<n>`; n counts from 1. */
  flushId: string;
  shop: string;
  /** Name of the visitor's object without the shop (`v:<visitorId>` or `c:<customerId>`), so that its window can be settled. */
  sender: string;
  /** The window that this flush closes, or null when more flushes of the same window follow. */
  window: number | null;
  /** Of a flush that closes a window: the number of the window's first flush that was not confirmed, where that is another one. The window is settled when all of them are applied. */
  first?: number;
  /** Where it came from: a network prefix under a key that changes hourly, so that one network teaches no more than its share. */
  network?: string;
  /** Key of the persona that the visitor had when it was fixed; absent where none was assigned. */
  persona?: string;
  /** Country, class of device and kind of the page before, of the visit; absent where nothing is known. */
  context?: number;
  /** Key of the persona that was known before the first of its events; absent where none was. */
  before?: string;
  views: View[];
  orders: Order[];
  refunds?: Refund[];
  attributed?: Attributed[];
  counted: CountedEvent[];
  /** What the visitor adds to the cells of experiments; absent where nothing. */
  increments?: Increment[];
  /** Orders that the visitor begins to count in experiments: each counts for whoever asks first. Absent where there are none. */
  claims?: OrderClaim[];
  /** What has changed about which pages visits saw and where they ended since the flush before; absent where nothing has. */
  visits?: VisitSums;
  /** What was handed out of messages, and what came of it; absent where nothing. */
  messages?: MessageSums;
  archived: ArchivedEvent[];
  /** What the shop's statistics may know of the visitor: of a flush that closes a window, under personal consent. */
  sample?: Sample;
}

/** Which part of which import it is. */
export interface UploadPart {
  importId: string;
  chunk: number;
  /** How trials of orders, or of visits, went while it was learnt: see `trialsIn`. */
  trials?: string | undefined;
  /** How trials of what is bought again went. */
  again?: string | undefined;
  /** What contexts told: see `takeContexts`. */
  contexts?: string | undefined;
  /** All other parts were sent before it: what was published meanwhile lacks neighbours whose counts were still to come, and is published again. */
  isLast?: boolean;
  /** It holds no cards but sessions. */
  isSessions?: boolean;
}

/** What an upload came to. */
export type UploadResult = 'accepted' | 'repeated' | 'broken' | 'in-future';

/** What a part of rebuilt cards came to; `replaced`: it was the last one, and the cards are the rebuilt ones now. */
export type RebuildResult = UploadResult | 'replaced' | 'no-rebuild';

/** Whether companions are weighed against each other in what is published, and what the shop's own orders say about it. */
export interface BigBaskets {
  isOn: boolean;
  /** Orders asked for that count. */
  trials: number;
  /** What it adds to the hit rate at 10, and the 99 % interval, 0 to 1; null before there was a trial. */
  gain: number | null;
  interval: number[] | null;
}

/** By kind of context (country, device, daypart, source): whether popular items lean towards it, and what the shop's visitors say about it. */
export type Contexts = Record<string, { isOn: boolean; trials: number; gain: number; interval: number[] }>;

/** What is learnt and not published yet. */
export interface Unpublished {
  /** Applied events that are not in published cards. */
  events: number;
  /** Of the published cards. */
  version: string;
  bigBaskets: BigBaskets;
  /** The same of whether who comes back for what finds better what is bought again. */
  buyAgain: BigBaskets;
  contexts: Contexts;
}
