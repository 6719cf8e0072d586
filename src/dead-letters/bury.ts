/** What is kept of a message that could not be delivered. Pure. */
import { FlushMessage } from '../analytics/schema.ts';
import type { Flush } from '../learning/schema.ts';
import type { DeadLetter } from './schema.ts';

const SHOP = /^[a-z0-9-]{1,40}$/;

/** Stands in for the sender of a flush that was buried. Its window is closed by whoever sent it, who asks the shards. */
const NOBODY = 'v:nobody';

/** A flush without its sender and sample: what was erased cannot be found by it, and nothing in it leads to a person. */
export function buried(flush: Flush, why: string | null): DeadLetter {
  const { first: _first, sample: _sample, ...kept } = flush;
  return {
    letterId: flush.flushId,
    events: flush.counted.length,
    why,
    body: JSON.stringify({ ...kept, sender: NOBODY, window: null }),
  };
}

/**
 * The letter of a message, and whose it is.
 * @param message `id` as the queue knows it
 * @returns `shop` null where the message does not say it
 */
export function letterOf(message: { id: string; body: unknown }): { shop: string | null; letter: DeadLetter } {
  const checked = FlushMessage.safeParse(message.body);
  if (checked.success) return { shop: checked.data.shop, letter: buried(checked.data, null) };
  const issue = checked.error.issues[0];
  const why = `no flush: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.slice(0, 200);
  const said = (message.body as { shop?: unknown } | null)?.shop;
  const shop = typeof said === 'string' && SHOP.test(said) ? said : null;
  return { shop, letter: { letterId: message.id, events: 0, why, body: null } };
}
