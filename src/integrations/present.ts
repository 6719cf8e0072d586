import { iso } from '../shared/iso.ts';
import type { Delivery, DeliveryAnswer } from './schema.ts';

/** A message as it is shown: to the shop, and to whom it is about. */
export function presentDelivery({ event, state, attempts, nextAt }: Delivery): DeliveryAnswer {
  return {
    messageId: event.messageId,
    type: event.type,
    at: iso(event.at),
    state,
    attempts: attempts.map((attempt) => ({ ...attempt, at: iso(attempt.at) })),
    nextAt: nextAt === 0 ? null : iso(nextAt),
    contact: event.contact,
    data: { ...event.data },
  };
}
