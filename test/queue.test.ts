import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import type { TalliedFlush } from '../src/analytics/schema.ts';
import { directoryObject, learnerObject, tallyObject } from '../src/env.ts';
import { consume, delayAfter } from '../src/queue.ts';
import { flushOf, orderOf } from './analytics/flushes.ts';

let shops = 0;
function shopOf(): string {
  shops += 1;
  return `queue-${shops}`;
}

/** Delivers bodies as a batch; answers which messages (by their place) were acknowledged and which are to be retried, and how many failures were logged. */
async function deliver(bodies: readonly unknown[], attempts = 1, where = env) {
  const messages = bodies.map((body, i) => ({ id: String(i), timestamp: new Date(), attempts, body }));
  const batch = createMessageBatch('interactions', messages);
  const ctx = createExecutionContext();
  const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  await consume(batch, where, ctx);
  const logged = log.mock.calls.length;
  log.mockRestore();
  const result = await getQueueResult(batch, ctx);
  return {
    acked: result.explicitAcks.map(Number).sort((a, b) => a - b),
    retried: result.retryMessages.map((one) => Number(one.msgId)).sort((a, b) => a - b),
    logged,
  };
}

/** An environment in which the tally of one shop is out of order, as an overloaded object is. */
function without(shop: string, refuses: (flushIds: string[]) => boolean = () => true): typeof env {
  const namespace = {
    getByName: (name: string) => {
      const stub = env.TALLIES.getByName(name);
      if (name !== `${shop}:0`) return stub;
      return {
        apply: async (of: string, flushes: TalliedFlush[], now: number) => {
          if (refuses(flushes.map((flush) => flush.flushId))) throw new Error('Durable Object is overloaded.');
          return stub.apply(of, flushes, now);
        },
      };
    },
  };
  return { ...env, TALLIES: namespace as unknown as typeof env.TALLIES };
}

const view = (itemId: string, previous: string[] = []) => ({
  itemId,
  at: Date.now(),
  previous,
  length: previous.length + 1,
  own: false,
});

describe('a batch', () => {
  test('is counted, learnt and settled, and every message acknowledged', async () => {
    const shop = shopOf();
    const directory = directoryObject(env, shop);
    const sender = 'v:visitor-of-a-batch';
    await directory.opened({ sender, window: 1, events: 2 });
    expect(await directory.pending()).toBe(2);
    const flushes = [
      flushOf('a.1', { shop, sender, views: [view('cup'), view('pot', ['cup'])] }),
      flushOf('a.2', { shop, sender, window: 1, orders: [orderOf('1')] }),
    ];
    expect(await deliver(flushes)).toMatchObject({ acked: [0, 1], retried: [], logged: 0 });
    expect(await directory.pending()).toBe(0);
    expect((await tallyObject(env, shop).events()).total).toBe(2);
    expect((await learnerObject(env, shop).unpublished()).events).toBe(3);
    expect(await learnerObject(env, shop).lacking(['a.1', 'a.2', 'a.3'])).toEqual(['a.3']);
  });

  test('that is delivered again, or backwards, changes nothing', async () => {
    const shop = shopOf();
    const flushes = Array.from({ length: 6 }, (_, n) =>
      flushOf(`a.${n + 1}`, { shop, views: [view(`item-${n}`)], orders: [orderOf(String(n % 2))] }),
    );
    await deliver([...flushes].reverse());
    const counted = await tallyObject(env, shop).events();
    const learnt = await learnerObject(env, shop).unpublished();
    expect(await deliver([...flushes, ...flushes])).toMatchObject({ retried: [] });
    expect(await tallyObject(env, shop).events()).toEqual(counted);
    expect(await learnerObject(env, shop).unpublished()).toEqual(learnt);
    expect(counted.total).toBe(6);
    expect(learnt.events).toBe(6 + 2);
  });

  test('of an order brings what its customer bought before, by which the learner tries what is bought again', async () => {
    const shop = shopOf();
    const first = flushOf('a.1', { shop, orders: [orderOf('o-1')] });
    const second = flushOf('a.2', { shop, orders: [orderOf('o-2', { past: [['cup', 1.9]] })] });
    expect((await deliver([first, second])).acked).toEqual([0, 1]);
    expect((await learnerObject(env, shop).unpublished()).buyAgain.trials).toBe(1);
  });

  test('serves several shops apart', async () => {
    const [one, two] = [shopOf(), shopOf()];
    await deliver([flushOf('a.1', { shop: one }), flushOf('a.1', { shop: two }), flushOf('a.2', { shop: two })]);
    expect((await tallyObject(env, one).events()).total).toBe(1);
    expect((await tallyObject(env, two).events()).total).toBe(2);
  });
});

describe('failures', () => {
  test('a shop that fails is retried and hurts no other', async () => {
    const [sick, well] = [shopOf(), shopOf()];
    const bodies = [
      flushOf('a.1', { shop: sick }),
      flushOf('b.1', { shop: well }),
      flushOf('a.2', { shop: sick }),
      flushOf('b.2', { shop: well }),
    ];
    expect(await deliver(bodies, 1, without(sick))).toEqual({
      acked: [1, 3],
      retried: [0, 2],
      logged: 1,
    });
    expect((await tallyObject(env, well).events()).total).toBe(2);
    expect(await deliver([bodies[0], bodies[2]], 2)).toMatchObject({ acked: [0, 1], retried: [] });
    expect((await tallyObject(env, sick).events()).total).toBe(2);
  });

  test('what fails after it was counted is counted once when it comes again, with its claims', async () => {
    const shop = shopOf();
    const flush = flushOf('a.1', { shop, views: [view('cup')], orders: [orderOf('1')] });
    const learners = { ...env, LEARNERS: undefined as unknown as typeof env.LEARNERS };
    expect(await deliver([flush], 1, learners)).toMatchObject({ acked: [], retried: [0] });
    expect((await tallyObject(env, shop).events()).total).toBe(1);
    expect(await deliver([flush], 2)).toMatchObject({ acked: [0], retried: [] });
    expect((await tallyObject(env, shop).events()).total).toBe(1);
    expect((await learnerObject(env, shop).unpublished()).events).toBe(2);
  });

  test('after some attempts one flush that cannot be applied does not hold up the others', async () => {
    const shop = shopOf();
    const bodies = [1, 2, 3].map((n) => flushOf(`a.${n}`, { shop }));
    const poisoned = without(shop, (flushIds) => flushIds.includes('a.2'));
    expect(await deliver(bodies, 1, poisoned)).toMatchObject({ acked: [], retried: [0, 1, 2] });
    expect(await deliver(bodies, 3, poisoned)).toMatchObject({ acked: [0, 2], retried: [1] });
    expect((await tallyObject(env, shop).events()).total).toBe(2);
  });

  test('retries wait longer and longer, at most ten minutes', () => {
    expect([1, 2, 3, 9, 10, 1_000].map(delayAfter)).toEqual([2, 4, 8, 512, 600, 600]);
  });

  test.each([
    ['a text', 'hello'],
    ['nothing', null],
    ['no flush id', { ...flushOf('a.1'), flushId: 7 }],
    ['no shop', { ...flushOf('a.1'), shop: '' }],
    ['a sender of no kind', { ...flushOf('a.1'), sender: 'x:1' }],
    ['a time that is none', { ...flushOf('a.1'), counted: [{ name: 'view_item', at: Number.NaN }] }],
    ['views that are none', { ...flushOf('a.1'), views: [{ itemId: 'cup' }] }],
  ])('%s is retried, so that it ends among the dead letters, and the rest is delivered', async (_, body) => {
    const shop = shopOf();
    expect(await deliver([body, flushOf('good.1', { shop })])).toMatchObject({ acked: [1], retried: [0], logged: 1 });
    expect((await tallyObject(env, shop).events()).total).toBe(1);
  });
});
