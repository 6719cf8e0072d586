import type { Flush, Order } from '../../src/learning/schema.ts';

/** A flush of one event `name`, unless said otherwise. */
export function flushOf(flushId: string, parts: Partial<Flush> = {}): Flush {
  return {
    flushId,
    shop: 'demo',
    sender: `v:${flushId.split('.')[0]?.padEnd(16, '-')}`,
    window: null,
    views: [],
    orders: [],
    counted: [{ name: 'page_view', at: Date.now() }],
    archived: [],
    ...parts,
  };
}

export function orderOf(orderId: string, parts: Partial<Order> = {}): Order {
  return {
    orderId,
    at: Date.now(),
    currency: 'GBP',
    value: 10,
    lines: [
      { itemId: 'cup', quantity: 1, price: 4 },
      { itemId: 'pot', quantity: 1, price: 6 },
    ],
    learn: true,
    gift: false,
    ...parts,
  };
}
