import type { KeptEvent } from '../../src/events/schema.ts';
import type { Observation } from '../../src/visitors/schema.ts';

/** A Sunday noon, far enough from any boundary. */
export const NOON = Date.UTC(2026, 10, 22, 12);
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const DAY = 86_400_000;

let issued = 0;

/** A kept event with everything filled in that a test does not care about. */
export function kept(name: KeptEvent['name'], at: number, rest: Partial<KeptEvent> = {}): KeptEvent {
  return {
    eventId: `e${++issued}`,
    name,
    at,
    receivedAt: at,
    learn: true,
    trusted: false,
    consent: 'personal',
    ...rest,
  };
}

export function viewOf(itemId: string, at: number, rest: Partial<KeptEvent> = {}): KeptEvent {
  return kept('view_item', at, { items: [{ itemId }], ...rest });
}

/** A purchase of single pieces at 2.50. */
export function purchaseOf(
  orderId: string,
  itemIds: readonly string[],
  at: number,
  rest: Partial<KeptEvent> = {},
): KeptEvent {
  const items = itemIds.map((itemId) => ({ itemId, price: 2.5, quantity: 1 }));
  return kept('purchase', at, { orderId, currency: 'GBP', items, ...rest });
}

/** What the Worker would send to a visitor's object. */
export function observationOf(visitorId: string, events: KeptEvent[], rest: Partial<Observation> = {}): Observation {
  return {
    shop: 'demo',
    sender: `v:${visitorId}`,
    events,
    now: Date.now(),
    consent: { given: 'personal', cap: null, fallback: 'session' },
    flushSeconds: 10,
    sessionMinutes: 30,
    attributionMs: 72 * 3_600_000,
    retention: { eventsDays: 90, profileDays: 400 },
    recall: false,
    orders: false,
    ...rest,
  };
}
