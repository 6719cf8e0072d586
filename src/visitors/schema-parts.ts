/** What visitors' objects and customers' objects say of each other. All times are epoch milliseconds. */
import type { Consent } from '../events/schema.ts';
import type { Elsewhere, Profile } from './schema.ts';

/** What a visitor who was identified is to the customer: a part of the merged history, replaced as a whole whenever it has changed. */
export interface Part {
  /** Random; names what the visitor held from one change of hands to the next. */
  part: string;
  visitorId: string;
  /** When the visitor was identified. */
  since: number;
  /** Counts the changes: a part is never replaced by an older state of itself. */
  version: number;
  /** Without what is kept for a session only; null when there is nothing else. */
  profile: Profile | null;
  /** The visitor's last receipt. */
  at: number;
  /** The visitor's last activity with personal consent; absent where nobody asks for it. */
  activeAt?: number;
  /** The device has changed hands: the visitor does not hold this part any more. */
  isClosed: boolean;
}

/** What a customer's object says before a visitor's takes events on its behalf. */
export interface Welcome {
  /** What the customer has stored. */
  consent: Consent | null;
  /** Events that happened before it are not taken. */
  erasedAt: number;
  /** Those of the asked event ids' hashes that the customer's object knows. */
  known: number[];
  /** What the customer's devices met; there where an order is among what is taken. */
  elsewhere?: Elsewhere;
}
