import type { Erased } from './schema-held.ts';

/** What went in two places at once. */
export function addErased(one: Erased | null, other: Erased | null): Erased | null {
  if (one === null || other === null) return one ?? other;
  return {
    events: one.events + other.events,
    orders: one.orders + other.orders,
    profile: one.profile || other.profile,
    links: one.links + other.links,
    flushes: one.flushes + other.flushes,
    messages: one.messages + other.messages,
    erasedAt: Math.max(one.erasedAt, other.erasedAt),
  };
}
