/** Decisions decided again, through HTTP. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { learnerObject } from '../../src/env.ts';
import { encodeSessions } from '../../src/learning/session-index.ts';
import { cardStore } from '../../src/learning/store.ts';
import { key53 } from '../../src/shared/hash.ts';
import { forget } from '../../src/snapshot.ts';
import { putItems, send, visitor } from '../decide/http.ts';
import { issuedFor, signed } from '../support/recommended.ts';

const item = (n: number, more: object = {}) => ({
  ...{ itemId: `item-${n}`, title: `Item ${n}`, price: n + 1, currency: 'GBP', categories: [n % 2 ? 'Odd' : 'Even'] },
  ...more,
});

type Versions = { config: number; catalog: string; cards: string };
type Placed = { recommendationId: string; strategy: string; items: { itemId: string }[] };
type Replayed = {
  identical: boolean;
  items: { itemId: string }[];
  gone: string[];
  differs: number[];
  decidedAt: string;
};

async function decided(request: object): Promise<{ placed: Record<string, Placed>; versions: Versions }> {
  const { status, body } = await send('/v1/decide', { body: request });
  expect(status).toBe(200);
  return { placed: body.placements as Record<string, Placed>, versions: body.versions as Versions };
}

async function replayed(recommendationId: string | undefined, request: object, more: object = {}): Promise<Replayed> {
  const answer = await send('/v1/replay', { key: 'sk_demo', body: { recommendationId, request, ...more } });
  expect(answer.status).toBe(200);
  return answer.body as unknown as Replayed;
}

const views = (...items: number[]) => {
  const keys = items.map((n) => key53(`item-${n}`));
  return keys.map((key, i) => ({
    ...{ key, at: Date.now(), previous: keys.slice(0, i).reverse(), length: i + 1, own: false },
  }));
};

let published = Date.now();

/** Learns a session and publishes, as if an hour had gone since the last time. */
async function learn(name: string, ...items: number[]): Promise<void> {
  const learner = learnerObject(env, 'demo');
  const learnt = views(...items);
  await learner.apply([{ flushId: `${name}.1`, views: learnt, baskets: [], events: learnt.length }]);
  published += 3_600_000;
  await learner.publish(published);
  forget('demo', 'cards');
}

beforeAll(async () => {
  await putItems(Array.from({ length: 12 }, (_, n) => item(n)));
  const freshness = { cardsSeconds: 1 };
  const placements = {
    chance: { strategies: [{ strategy: 'for_you' }], count: 4, explore: 0.25 },
    plain: { strategies: [{ strategy: 'also_viewed' }], count: 4 },
    pocket: {
      strategies: [{ strategy: 'also_viewed' }],
      rules: [{ key: 'small', when: { 'session.device': 'mobile' }, items: { itemId: 'item-9' }, do: 'pin', at: 1 }],
    },
  };
  const config = { freshness, placements };
  const answer = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: config });
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  await learn('first', 1, 2, 3, 4);
}, 30_000);

const ASKED = {
  consent: 'none',
  session: ['item-1', 'item-2'],
  page: { type: 'item', itemId: 'item-2' },
  placements: [{ placement: 'plain' }, { placement: 'chance', count: 5 }],
};

describe('a stateless decision', () => {
  test('comes out the same, chance included, and says when it was', async () => {
    const before = Date.now();
    const { placed } = await decided(ASKED);
    for (const [placement, { recommendationId, items }] of Object.entries(placed)) {
      const again = await replayed(recommendationId, ASKED);
      expect({ placement, ...again }).toMatchObject({ placement, identical: true, gone: [], differs: [], items });
      expect(Date.parse(again.decidedAt)).toBeGreaterThanOrEqual(before);
    }
  });

  test('comes out the same under the cards and the config of then', async () => {
    const { placed, versions } = await decided(ASKED);
    const current = await send('/v1/config', { key: 'sk_demo' });
    const { config } = current.body as { config: { placements: object } };
    const changed = {
      ...config,
      placements: { plain: { strategies: [{ strategy: 'handpicked', items: ['item-9'] }] } },
    };
    await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: changed });
    await learn('second', 2, 11, 2, 10, 2, 9);
    const now = await decided({ ...ASKED, placements: [{ placement: 'plain' }] });
    expect(now.versions.cards).not.toBe(versions.cards);
    expect(now.placed.plain?.items).not.toEqual(placed.plain?.items);
    expect(await replayed(placed.plain?.recommendationId, ASKED)).toMatchObject({
      identical: true,
      gone: [],
      items: placed.plain?.items,
    });
    expect(await replayed(placed.chance?.recommendationId, ASKED)).toMatchObject({ identical: true, gone: [] });
    await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: config });
  });

  test('says which cards have gone, once nothing knows them any more', async () => {
    const { placed, versions } = await decided(ASKED);
    await learn('third', 2, 7, 2, 8, 2, 7);
    await runInDurableObject(learnerObject(env, 'demo'), (_, { storage }) => {
      storage.sql.exec('DELETE FROM manifests WHERE version = ?', Number(versions.cards.slice(1)));
    });
    const again = await replayed(placed.plain?.recommendationId, ASKED);
    expect(again.gone).toEqual([`cards ${versions.cards}`]);
    expect(again.items).not.toEqual(placed.plain?.items);
    expect(again).toMatchObject({ identical: false, differs: expect.arrayContaining([0]) });
    const { placed: later, versions: others } = await decided(ASKED);
    await learn('fourth', 5, 6);
    const { keys } = await env.CARDS.list({ prefix: 'demo/counts/' });
    await env.CARDS.delete(`demo/counts/${others.cards.slice(1)}`);
    expect(keys.map(({ name }) => name)).toContain(`demo/counts/${others.cards.slice(1)}`);
    expect((await replayed(later.plain?.recommendationId, ASKED)).gone).toEqual([`cards ${others.cards}`]);
  });

  test('says that the catalogue has moved on, and whether that made a difference', async () => {
    const { placed } = await decided(ASKED);
    await putItems([item(0, { title: 'Renamed' })]);
    const renamed = await replayed(placed.plain?.recommendationId, ASKED);
    expect(renamed).toMatchObject({ identical: true, gone: [expect.stringMatching(/^catalog c/)] });
    const [first] = placed.plain?.items ?? [];
    await send(`/v1/catalog/items/${first?.itemId}`, { key: 'sk_demo', method: 'DELETE' });
    const without = await replayed(placed.plain?.recommendationId, ASKED);
    expect(without.gone).toHaveLength(1);
    expect(without).toMatchObject({ identical: false, differs: expect.arrayContaining([0]) });
  });

  test('with a seed comes out the same, although its id tells the day alone', async () => {
    const request = { ...ASKED, seed: 'always' };
    const at = new Date().toISOString();
    const { placed } = await decided(request);
    expect(await replayed(placed.chance?.recommendationId, request, { at })).toMatchObject({
      identical: true,
      decidedAt: at,
    });
    expect(await replayed(placed.chance?.recommendationId, request)).toMatchObject({ identical: true });
  });
});

describe('a request that steers', () => {
  const rules = [{ key: 'odd', items: { categories: 'odd' }, do: 'boost', by: 3 }];
  test.each<[string, object]>([
    ['diversity', { diversity: 0.7 }],
    ['caps', { caps: { category: 2 } }],
    ['rules', { rules }],
    ['exclude and filter', { exclude: ['item-3'], filter: { price: { $lt: 9 } } }],
    ['what was seen and the basket', { seen: 'allow' }],
    ['chance', { explore: 0.5 }],
    ['relevance', { minimumRelevance: 'low', fallback: ['bestsellers'] }],
    ['strategies of its own', { strategies: [{ strategy: 'similar' }, { strategy: 'new_arrivals' }] }],
    ['all at once', { diversity: 0.4, caps: { brand: 3 }, rules, exclude: ['item-4'], explore: 0.3, seen: 'allow' }],
  ])('comes out the same: %s', async (_name, steering) => {
    const request = { ...ASKED, cart: [{ itemId: 'item-5' }], placements: [{ placement: 'chance', ...steering }] };
    const { placed } = await decided(request);
    expect(placed.chance?.items.length).toBeGreaterThan(0);
    expect(await replayed(placed.chance?.recommendationId, request)).toMatchObject({
      ...{ identical: true, gone: [], items: placed.chance?.items },
    });
  });

  test('comes out the same on its second page', async () => {
    const first = await decided({ ...ASKED, placements: [{ placement: 'chance', count: 3 }] });
    const { next } = first.placed.chance as Placed & { next: string };
    const request = { ...ASKED, placements: [{ placement: 'chance', count: 3, next }] };
    const { placed } = await decided(request);
    const shown = first.placed.chance?.items.map((one) => one.itemId) ?? [];
    expect(placed.chance?.items.filter((one) => shown.includes(one.itemId))).toEqual([]);
    const id = placed.chance?.recommendationId;
    expect(await replayed(id, request)).toMatchObject({ identical: true, gone: [] });
    // Another page than the one that the id is of.
    expect((await replayed(id, { ...request, placements: [{ placement: 'chance', count: 3 }] })).identical).toBe(false);
  });
});

describe('a question by GET', () => {
  test('comes out the same as the body that says the same', async () => {
    const { body } = await send('/v1/recommendations/chance?itemId=item-2&session=item-1,item-2&consent=none&count=5');
    const { recommendationId, items } = body as unknown as Placed;
    const request = { ...ASKED, placements: [{ placement: 'chance', count: 5 }] };
    expect(await replayed(recommendationId, request)).toMatchObject({ identical: true, gone: [], items });
  });

  test('about somebody who is known says that they moved on once they do', async () => {
    const visitorId = visitor('got');
    const view = (n: number) => ({ eventId: `g-${n}`, name: 'view_item', items: [{ itemId: `item-${n}` }] });
    await send('/v1/events', { body: { visitorId, consent: 'personal', events: [view(1), view(2)] } });
    const { body } = await send(`/v1/recommendations/plain?visitorId=${visitorId}&consent=personal`);
    const { recommendationId, items } = body as unknown as Placed;
    const request = { visitorId, consent: 'personal', placements: [{ placement: 'plain' }] };
    expect(await replayed(recommendationId, request)).toMatchObject({ identical: true, gone: [], items });
    await send('/v1/events', { body: { visitorId, consent: 'personal', events: [view(6)] } });
    expect((await replayed(recommendationId, request)).gone).toEqual(['visitor']);
  });

  test('knows the device that a browser asked with', async () => {
    const ask = (agent: string) =>
      send('/v1/recommendations/pocket?session=item-1,item-2&consent=none', { headers: { 'User-Agent': agent } });
    const request = { consent: 'none', session: ['item-1', 'item-2'], placements: [{ placement: 'pocket' }] };
    const { recommendationId, items } = (await ask('Mozilla/5.0 (iPhone)')).body as unknown as Placed;
    expect(items[0]?.itemId).toBe('item-9');
    expect(await replayed(recommendationId, request)).toMatchObject({ identical: true, gone: [], items });
    const other = (await ask('Mozilla/5.0 (X11; Linux x86_64)')).body as unknown as Placed;
    expect(other.items[0]?.itemId).not.toBe('item-9');
    expect(await replayed(other.recommendationId, request)).toMatchObject({ identical: true, items: other.items });
  });
});

test('a decision by the blend reads the sessions of then, or says that they have gone', async () => {
  const { placed, versions } = await decided(ASKED);
  const shown = placed.plain?.items.map((one) => one.itemId) ?? [];
  const id = await signed(issuedFor(shown, { placement: 'plain', versions: { ...versions, sessions: 's9' } }));
  expect((await replayed(id, ASKED)).gone).toEqual(['sessions s9']);
  const keys = Float64Array.from(['item-2', 'item-0', 'item-5', 'item-6'].map(key53));
  const index = encodeSessions({ size: 2, starts: Uint32Array.of(0, 2, 4), keys });
  await cardStore(env.CARDS, 'demo').writeSessions(9, index);
  const again = await replayed(id, ASKED);
  expect(again.gone).toEqual([]);
  expect(again.items.map((one) => one.itemId)).toContain('item-0');
});

describe('a decision about somebody who is known', () => {
  test('comes out the same while they do nothing, and says that they moved on once they do', async () => {
    const visitorId = visitor('replayed');
    const view = (n: number) => ({ eventId: `v-${n}`, name: 'view_item', items: [{ itemId: `item-${n}` }] });
    const asked = { visitorId, consent: 'personal', placements: [{ placement: 'plain' }] };
    const request = { ...asked, events: [view(1), view(2)] };
    const { placed } = await decided(request);
    const id = placed.plain?.recommendationId;
    expect(await replayed(id, request)).toMatchObject({ identical: true, gone: [], items: placed.plain?.items });
    await send('/v1/events', { body: { visitorId, consent: 'personal', events: [view(6)] } });
    expect((await replayed(id, request)).gone).toEqual(['visitor']);
    const held = (await send(`/v1/visitors/${visitorId}`, { key: 'sk_demo' })).body;
    expect(held).toMatchObject({ profile: { events: 3 } });
  });
});

test.each<[string, () => Promise<object>, string]>([
  [
    'an id of another shop',
    async () => ({ recommendationId: await signed(issuedFor(['item-1']), 'other'), request: ASKED }),
    'recommendationId',
  ],
  ['an id that nobody signed', async () => ({ recommendationId: 'r_0123456789', request: ASKED }), 'recommendationId'],
  [
    'a request for another placement',
    async () => ({
      recommendationId: await signed(issuedFor(['item-1'], { placement: 'plain' })),
      request: { ...ASKED, placements: [] },
    }),
    'request.placements',
  ],
  ['no request', async () => ({ recommendationId: await signed(issuedFor(['item-1'])) }), 'request'],
  [
    'a request that is none',
    async () => ({ recommendationId: await signed(issuedFor(['item-1'])), request: { placements: 7 } }),
    'request.placements',
  ],
])('%s is refused', async (_name, body, path) => {
  const answer = await send('/v1/replay', { key: 'sk_demo', body: await body() });
  expect(answer.status).toBe(422);
  expect((answer.body.issues as { path: string }[]).map((issue) => issue.path)).toContain(path);
});

test('only a secret key replays', async () => {
  expect((await send('/v1/replay', { body: { recommendationId: 'r_1', request: {} } })).status).toBe(403);
});
