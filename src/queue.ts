import { FlushMessage, type TalliedFlush } from './analytics/schema.ts';
import { keysBy, teach } from './analytics/teach.ts';
import { awaitedBy, WAITING_ATTEMPTS } from './analytics/windows.ts';
import { shopsOf } from './cron.ts';
import { buried, letterOf } from './dead-letters/bury.ts';
import type { DeadLetter } from './dead-letters/schema.ts';
import { customerObject, directoryObject, type Env, learnerObject, tallyObject, visitorObject } from './env.ts';
import type { Flush } from './learning/schema.ts';
import { snapshotOf } from './snapshot.ts';

interface Delivery {
  message: Message<unknown>;
  flush: Flush;
}

/** From this attempt on the flushes of a shop travel alone, so that one that cannot be applied does not take its batch along to the dead letters. */
const ALONE_FROM_ATTEMPT = 3;
const LONGEST_DELAY_SECONDS = 600;
/** `max_retries` of the queue, as wrangler.toml says, and the first attempt: what fails then is dead. */
export const LAST_ATTEMPT = 11;
/** How the queue of dead letters is named after the queue. */
const DEAD = '-dead';

/** Seconds until the next attempt: 2, 4, 8 …, at most ten minutes. */
export function delayAfter(attempts: number): number {
  return Math.min(2 ** attempts, LONGEST_DELAY_SECONDS);
}

const later = (message: Message<unknown>): void => message.retry({ delaySeconds: delayAfter(message.attempts) });

/**
 * Delivers a batch of flushes: counted, claimed, learnt, settled, shop by shop; one call to each object per shop. Messages are acknowledged one by one; those
 * of a shop that fails are retried, and everything that was done for them already is done again without effect. What is no flush is retried too, for
 * nothing but to end among the dead letters, where somebody can look at it. A batch of dead letters is kept.
 */
export async function consume(batch: MessageBatch<unknown>, env: Env, ctx: ExecutionContext): Promise<void> {
  if (batch.queue.endsWith(DEAD)) return keepDead(batch, env);
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
      later(message);
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
    const waiting = await apply(env, ctx, { shop, flushes });
    for (const { message, flush } of deliveries) {
      // Applied it is; it comes again so that its window is settled when the rest of the window has arrived. In the end the sweep does that.
      if (waiting.has(flush.flushId) && message.attempts < WAITING_ATTEMPTS) later(message);
      else message.ack();
    }
  } catch (error) {
    console.error(JSON.stringify({ shop, flushes: flushes.length, delivery: 'failed', error: String(error) }));
    const worn = deliveries.some(({ message }) => message.attempts >= ALONE_FROM_ATTEMPT);
    if (worn && deliveries.length > 1) {
      for (const delivery of deliveries) await deliver(env, ctx, { shop, deliveries: [delivery] });
      return;
    }
    await noteDeaths(env, shop, { deliveries, error });
    for (const { message } of deliveries) later(message);
  }
}

const talliedOf = ({
  flushId,
  orders,
  refunds,
  attributed,
  counted,
  increments,
  claims,
  visits,
  messages,
  archived,
}: Flush): TalliedFlush => ({
  flushId,
  orders,
  counted,
  archived,
  ...(refunds === undefined ? {} : { refunds }),
  ...(attributed === undefined ? {} : { attributed }),
  ...(increments === undefined ? {} : { increments }),
  ...(claims === undefined ? {} : { claims }),
  ...(visits === undefined ? {} : { visits }),
  ...(messages === undefined ? {} : { messages }),
});

/**
 * The order matters: claims decide what is learnt, and a window is settled only when everything else has all of its flushes.
 * @returns the flushes that close a window of which other flushes are still on their way
 */
async function apply(
  env: Env,
  ctx: ExecutionContext,
  { shop, flushes }: { shop: string; flushes: Flush[] },
): Promise<Set<string>> {
  const now = Date.now();
  const tally = tallyObject(env, shop);
  const [{ claimed, elsewhere }, snapshot] = await Promise.all([
    tally.apply(shop, flushes.map(talliedOf), now),
    snapshotOf(env, shop, { now, waitUntil: (work) => ctx.waitUntil(work) }),
  ]);
  const by = { keyOf: keysBy(snapshot.catalogue), timeZone: snapshot.config.shop.timeZone };
  const learner = learnerObject(env, shop);
  await learner.apply(
    flushes.map((flush) => ({ ...teach(flush, claimed[flush.flushId] ?? [], by), sender: flush.sender })),
  );
  const told = flushes.map(({ flushId, sender }) =>
    tellElsewhere(env, shop, { sender, owners: elsewhere[flushId] ?? {} }),
  );
  await Promise.all(told);
  const closing = flushes.filter((flush) => flush.window !== null);
  if (closing.length === 0) return new Set();
  const awaited = awaitedBy(closing, new Set(flushes.map((flush) => flush.flushId)));
  const asked = [...new Set([...awaited.values()].flat())];
  const lacked = asked.length === 0 ? [] : (await Promise.all([tally.lacking(asked), learner.lacking(asked)])).flat();
  const waiting = new Set(
    closing.map((flush) => flush.flushId).filter((id) => awaited.get(id)?.some((one) => lacked.includes(one))),
  );
  const settled = closing.filter((flush) => !waiting.has(flush.flushId));
  if (settled.length > 0)
    await directoryObject(env, shop).settled(
      settled.map(({ sender, window }) => ({ sender, window: window ?? 0 })),
      settled.flatMap(({ sample }) => sample ?? []),
    );
  return waiting;
}

/** Two who were never brought together may report the same order: whoever asked later to count it in experiments hears who does. */
async function tellElsewhere(
  env: Env,
  shop: string,
  { sender, owners }: { sender: string; owners: Record<string, string> },
): Promise<void> {
  if (Object.keys(owners).length === 0) return;
  const name = sender.slice(2);
  const object = sender.startsWith('c:') ? customerObject(env, shop, name) : visitorObject(env, shop, name);
  await object.countedElsewhere(owners);
}

/** Why a flush died is known only here: the queue of dead letters carries the message and no reason. A note that fails is no reason to fail. */
async function noteDeaths(
  env: Env,
  shop: string,
  { deliveries, error }: { deliveries: readonly Delivery[]; error: unknown },
): Promise<void> {
  const dying = deliveries.filter(({ message }) => message.attempts >= LAST_ATTEMPT);
  if (dying.length === 0) return;
  const why = String(error).slice(0, 200);
  const letters = dying.map(({ flush }) => ({ ...buried(flush, why), body: null }));
  try {
    await directoryObject(env, shop).keepLetters(letters, Date.now());
  } catch (failure) {
    console.error(JSON.stringify({ shop, 'dead letters': 'not noted', error: String(failure) }));
  }
}

/** Keeps dead letters where they can be seen and re-driven. Whose a message is that does not say it: the first shop's of the deployment. */
async function keepDead(batch: MessageBatch<unknown>, env: Env): Promise<void> {
  const shops = shopsOf(env);
  const byShop = new Map<string, { messages: Message<unknown>[]; letters: DeadLetter[] }>();
  for (const message of batch.messages) {
    const { shop, letter } = letterOf(message);
    const owner = shop ?? shops[0] ?? '';
    const kept = byShop.get(owner) ?? { messages: [], letters: [] };
    kept.messages.push(message);
    kept.letters.push(letter);
    byShop.set(owner, kept);
  }
  for (const [shop, { messages, letters }] of byShop) {
    console.error(JSON.stringify({ shop, 'dead letters': letters.map((letter) => letter.letterId) }));
    try {
      await directoryObject(env, shop).keepLetters(letters, Date.now());
      for (const message of messages) message.ack();
    } catch (error) {
      console.error(JSON.stringify({ shop, 'dead letters': 'not kept', error: String(error) }));
      for (const message of messages) later(message);
    }
  }
}
