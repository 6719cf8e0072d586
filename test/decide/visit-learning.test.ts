import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test, vi } from 'vitest';
import { learnerObject, visitorObject } from '../../src/env.ts';
import { unpackBatches } from '../../src/learning/log.ts';
import { putItems, send, visitor } from './http.ts';

test('what one visitor views in one visit reaches the learner under one number, and no two visitors share it', async () => {
  await putItems(['tea', 'cup'].map((itemId) => ({ itemId, title: itemId, price: 1 })));
  const now = Date.now();
  const visitors = [visitor('first'), visitor('second')];
  const events = visitors.flatMap((visitorId) =>
    ['tea', 'cup'].map((itemId, i) => ({
      ...{ visitorId, eventId: itemId, name: 'view_item', items: [{ itemId }] },
      timestamp: new Date(now - 60_000 + i * 20_000).toISOString(),
    })),
  );
  await send('/v1/events', { key: 'sk_demo', body: { consent: 'personal', events } });
  await Promise.all(visitors.map((visitorId) => visitorObject(env, 'demo', visitorId).wake()));
  await vi.waitFor(
    async () => {
      const numbers = await runInDurableObject(learnerObject(env, 'demo'), async (_, state) =>
        state.storage.sql
          .exec<{ ids: string; batches: ArrayBuffer }>('SELECT ids, batches FROM log')
          .toArray()
          .flatMap(({ ids, batches }) => unpackBatches(new Float64Array(batches), JSON.parse(ids) as string[]).batches)
          .flatMap(({ views }) => views.map((view) => view.session)),
      );
      expect(numbers).toHaveLength(4);
      expect(numbers.every((number) => typeof number === 'number')).toBe(true);
      expect(new Set(numbers).size).toBe(2);
    },
    { timeout: 20_000, interval: 200 },
  );
}, 30_000);
