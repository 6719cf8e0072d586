import { env } from 'cloudflare:workers';
import { expect, test, vi } from 'vitest';
import { learnerObject, visitorObject } from '../../src/env.ts';
import { createCards } from '../../src/learning/cards.ts';
import { encodeCounts } from '../../src/learning/counts.ts';
import { cardStore } from '../../src/learning/store.ts';
import { forget } from '../../src/snapshot.ts';
import { putItems, send, visitor } from './http.ts';

const ITEMS = ['tea', 'cup', 'pot', 'spoon', 'honey'].map((itemId) => ({ itemId, title: `The ${itemId}`, price: 1 }));

type Shown = Record<
  string,
  { strategy: string; fallback: boolean; items: { itemId: string; reasons: { code: string; detail?: string }[] }[] }
>;

test('what shoppers do is in everybody’s recommendations: events, queue, cards, decision', async () => {
  await putItems(ITEMS);
  const shoppers = Array.from({ length: 6 }, (_, i) => visitor(`shopper-${i}`));
  const now = Date.now();
  const events = shoppers.flatMap((visitorId, i) => {
    const at = (minutes: number) => new Date(now - (60 - minutes) * 60_000 - i).toISOString();
    return [
      { visitorId, eventId: 'a', name: 'view_item', timestamp: at(0), items: [{ itemId: 'tea' }] },
      { visitorId, eventId: 'b', name: 'view_item', timestamp: at(1), items: [{ itemId: 'honey' }] },
      {
        ...{
          visitorId,
          eventId: 'c',
          name: 'purchase',
          timestamp: at(2),
          orderId: `order-${i}`,
          currency: 'USD',
          value: 2,
        },
        items: [{ itemId: 'tea' }, { itemId: 'pot' }],
      },
    ];
  });
  const taken = await send('/v1/events', { key: 'sk_demo', body: { consent: 'personal', events } });
  expect(taken.body).toMatchObject({ accepted: 18, rejected: [] });
  await Promise.all(shoppers.map((visitorId) => visitorObject(env, 'demo', visitorId).wake()));
  // A window is settled when counters and learner have everything that was in it.
  await vi.waitFor(
    async () => {
      const { body } = await send('/v1/readiness', { key: 'sk_demo' });
      expect(body.learning).toMatchObject({ waiting: { visitors: 0 } });
    },
    { timeout: 20_000, interval: 100 },
  );
  await learnerObject(env, 'demo').publish(Date.now());
  forget('demo', 'cards');

  const stranger = { session: ['tea'], page: { type: 'item', itemId: 'tea' } };
  const { body } = await send('/v1/decide', {
    body: { ...stranger, placements: [{ placement: 'item-page', count: 2 }] },
  });
  const shown = (body.placements as Shown)['item-page'];
  expect(shown).toMatchObject({ strategy: 'bought_together', fallback: false });
  expect(shown?.items.map((item) => item.itemId)).toEqual(['pot', 'honey']);
  expect(shown?.items[0]?.reasons[0]).toMatchObject({ code: 'bought_together', detail: 'tea' });
  expect(shown?.items[1]?.reasons[0]).toMatchObject({ code: 'also_viewed', detail: 'tea' });
  expect((body.versions as { cards: string }).cards).not.toBe('k0');

  const home = await send('/v1/recommendations/home?session=tea&count=1');
  expect(home.body).toMatchObject({ strategy: 'for_you', items: [{ itemId: 'honey' }] });
  // What was bought with the page’s item but is in the basket already gives way.
  const full = await send('/v1/decide', { body: { ...stranger, cart: [{ itemId: 'pot' }] } });
  expect((full.body.placements as Shown)['item-page']?.items[0]?.itemId).toBe('honey');
}, 30_000);

test('cards that are gone from KV are no error: the answer is made without them and says so', async () => {
  await putItems(ITEMS, 'sk_other');
  const store = cardStore(env.CARDS, 'other');
  await store.writeCounts(1, encodeCounts(createCards({ halfLifeMs: 1 }), { ownClicks: 0.5 }));
  await store.writeManifest({ format: 1, version: 1, publishedAt: 0, bits: 0, chunks: ['0/1'], counts: 1 });
  forget('other', 'cards');
  const body = { page: { type: 'item', itemId: 'tea' }, placements: [{ placement: 'item-page', count: 2 }] };
  const answer = await send('/v1/decide', { key: 'pk_other', body });
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    versions: { cards: 'k1' },
    notes: ['Some of the learnt cards could not be read: the answer was made without them.'],
  });
  const shown = (answer.body.placements as Shown)['item-page'];
  expect(shown?.items).toHaveLength(2);
  expect(shown?.items.flatMap((item) => item.reasons.map((reason) => reason.code))).not.toContain('bought_together');
});
