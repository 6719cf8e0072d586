import { FlushMessage } from './analytics/schema.ts';
import { keysBy, teach } from './analytics/teach.ts';
import { directoryObject, type Env, learnerObject, tallyObject } from './env.ts';
import type { Flush } from './learning/schema.ts';
import { snapshotOf } from './snapshot.ts';

interface Delivery {
  message: Message<unknown>;
  flush: Flush;
}

/** From this attempt on the flushes of a shop travel alone, so that one that cannot be applied does not take its batch along to the dead letters. */
const ALONE_FROM_ATTEMPT = 3;
const LONGEST_DELAY_SECONDS = 600;

/** Seconds until the next attempt: 2, 4, 8 …, at most ten minutes. */
export function delayAfter(attempts: number): number {
  return Math.min(2 ** attempts, LONGEST_DELAY_SECONDS);
}

/**
 * Delivers a batch of flushes: counted, claimed, learnt, settled, shop by shop; one call to each object per shop. Messages are acknowledged one by one; those
 * of a shop that fails are retried, and everything that was done for them already is done again without effect. What is no flush is retried too, for
 * nothing but to end among the dead letters, where somebody can look at it.
 */
export async function consume(batch: MessageBatch<unknown>, env: Env, ctx: ExecutionContext): Promise<void> {
  const shops = new Map<string, Delivery[]>();
  for (const message of batch.messages) {
    const checked = FlushMessage.safeParse(message.body);
    if (!checked.success) {
      const issue = checked.error.issues[0];
      console.error(
        JSON.stringify({
          queue: batch.queue,
          message: message.id,
          malformed: issue?.path.join('.'),
          why: issue?.message,
        }),
      );
      message.retry({ delaySeconds: delayAfter(message.attempts) });
      continue;
    }
    const deliveries = shops.get(checked.data.shop);
    const delivery = { message, flush: checked.data };
    if (deliveries === undefined) shops.set(checked.data.shop, [delivery]);
    else deliveries.push(delivery);
  }
  await Promise.all([...shops].map(([shop, deliveries]) => deliver(env, ctx, { shop, deliveries })));
}

async function deliver(
  env: Env,
  ctx: ExecutionContext,
  { shop, deliveries }: { shop: string; deliveries: Delivery[] },
): Promise<void> {
  const flushes = deliveries.map((delivery) => delivery.flush);
  try {
    await apply(env, ctx, { shop, flushes });
    for (const { message } of deliveries) message.ack();
  } catch (error) {
    console.error(JSON.stringify({ shop, flushes: flushes.length, delivery: 'failed', error: String(error) }));
    const worn = deliveries.some(({ message }) => message.attempts >= ALONE_FROM_ATTEMPT);
    if (worn && deliveries.length > 1) {
      for (const delivery of deliveries) await deliver(env, ctx, { shop, deliveries: [delivery] });
      return;
    }
    for (const { message } of deliveries) message.retry({ delaySeconds: delayAfter(message.attempts) });
  }
}

/** The order matters: claims decide what is learnt, and a window is settled only when everything else has its flush. */
async function apply(
  env: Env,
  ctx: ExecutionContext,
  { shop, flushes }: { shop: string; flushes: Flush[] },
): Promise<void> {
  const now = Date.now();
  const [{ claimed }, snapshot] = await Promise.all([
    tallyObject(env, shop).apply(
      shop,
      flushes.map(({ flushId, orders, counted, archived }) => ({ flushId, orders, counted, archived })),
      now,
    ),
    snapshotOf(env, shop, { now, waitUntil: (work) => ctx.waitUntil(work) }),
  ]);
  const keyOf = keysBy(snapshot.catalogue);
  await learnerObject(env, shop).apply(flushes.map((flush) => teach(flush, claimed[flush.flushId] ?? [], keyOf)));
  const closed = flushes.flatMap(({ sender, window }) => (window === null ? [] : [{ sender, window }]));
  if (closed.length > 0) await directoryObject(env, shop).settled(closed);
}
