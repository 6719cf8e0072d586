/** What is held about a visitor as a whole: to be handed out, or erased. All times are epoch milliseconds. */
import type { CountedUnits } from '../experiments/schema-exposures.ts';
import type { ConsentRecord, Profile, Retention, SequencedEvent } from './schema.ts';

/** What went when a visitor was erased, by kind. */
export interface Erased {
  events: number;
  orders: number;
  profile: boolean;
  /** Ties between visitors and the customer. */
  links: number;
  /** Flushes on their way, from which everything was taken that says whose they are. */
  flushes: number;
  /** To the shop's endpoints, waiting or in the log. */
  messages: number;
  erasedAt: number;
}

/** An event of a customer, and the visitor who sent it; null: the shop's server, without naming one. */
export type MergedEvent = SequencedEvent & { visitorId?: string };

/** Everything that is held about a visitor. */
export interface VisitorExport {
  profile: Profile | null;
  consent: ConsentRecord | null;
  /** What was stated before, oldest first. */
  consents: ConsentRecord[];
  events: MergedEvent[];
  /** Of a visitor: whose it is. */
  customer: { customerId: string; identifiedAt: number } | null;
  /** Of a customer: the visitors whose histories are merged here. */
  visitors: { visitorId: string; identifiedAt: number; isClosed: boolean }[];
  receivedAt: number;
  /** When the session ends, if nothing else is received; what was kept for the session only goes then. */
  sessionEndsAt: number;
  retention: Retention;
  /** The pseudonym in the archive of browsing events. */
  archivedAs: string;
  /** The pseudonym in the sample of visitors by which the shop knows its quantiles; null where none was told. */
  sampledAs: number | null;
  /** Number of stored rows by kind. */
  rows: Record<string, number>;
  /** What was counted of the visitor in experiments. */
  counted: CountedUnits;
  /** The orders that count there, by orderId: '' here, or the random name of the history that counts it. */
  countedOrders: Record<string, string>;
  unconfirmedFlushes: number;
  /** Flushes that nobody confirmed yet. */
  flushes: { flushId: string; fixedAt: number }[];
}
