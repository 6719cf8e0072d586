import { env } from 'cloudflare:workers';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { STRATEGIES } from '../../src/config/schema-placements.ts';
import { readId, signedIds } from '../../src/http/recommendation-ids.ts';
import { type Issued, itemHash, strategyHash } from '../../src/recommendations/recommendation-id.ts';
import { putItems, send, visitor } from '../decide/http.ts';

const NOW = Date.UTC(2026, 10, 22, 10, 11, 12, 345);

const issued = (more: Partial<Issued> = {}): Issued => ({
  placement: 'item-page',
  strategy: 'bought_together',
  fallback: false,
  at: NOW,
  isSeeded: false,
  isDryRun: false,
  seed: 4_000_000_000,
  versions: { config: 17, catalog: 'c8f1', cards: 'k204' },
  explored: null,
  stamp: null,
  country: null,
  device: null,
  arms: [],
  items: ['22086', '85123A', '71053'].map(itemHash),
  ...more,
});

async function idOf(one: Issued, shop = 'demo', secret = 'a secret'): Promise<string> {
  return (await signedIds({ SIGNING_SECRET: secret }, shop, [one]))?.[0] ?? '';
}
const read = (id: string, shop = 'demo', secret = 'a secret') => readId({ SIGNING_SECRET: secret }, shop, id);

describe('a recommendationId', () => {
  test.each<[string, Partial<Issued>]>([
    ['of a plain recommendation', {}],
    ['of a fallback', { fallback: true, strategy: 'bestsellers' }],
    ['of a dry run', { isDryRun: true }],
    ['of a seeded answer', { isSeeded: true, seed: 0, at: Date.UTC(2026, 10, 22) }],
    ['with a randomised slot', { explored: { index: 7, probability: 13_107 / 65_535 } }],
    ['of a known visitor abroad', { stamp: 65_535, country: 'DE' }],
    ['of somebody with a telephone', { device: 'mobile' }],
    ['of a tablet abroad', { country: 'FR', device: 'tablet' }],
    ['by the blend', { versions: { config: 1, catalog: 'c1', cards: 'k7', sessions: 's300' }, stamp: 1 }],
    ['with arms', { arms: [0, 4_294_967_295, 12] }],
    ['without items', { items: [] }],
    ['of a hundred items', { items: Array.from({ length: 100 }, (_, i) => itemHash(`item ${i}`)) }],
    [
      'of the largest versions',
      { versions: { config: 2 ** 31, catalog: `c${(2 ** 53 - 1).toString(16)}`, cards: 'k1' } },
    ],
    ['before anything was published', { versions: { config: 0, catalog: 'c0', cards: 'k0' } }],
    ['of a placement with a long name', { placement: 'p'.repeat(64) }],
  ])('%s says what was signed', async (_name, more) => {
    const id = await idOf(issued(more));
    expect(id).toMatch(/^r_[A-Za-z0-9_-]+$/);
    expect(await read(id)).toEqual(issued(more));
  });

  test('is short enough for those who pass it on', async () => {
    const lengthOf = async (count: number, more: Partial<Issued> = {}) =>
      (await idOf(issued({ items: Array.from({ length: count }, (_, i) => i), stamp: 1, country: 'GB', ...more })))
        .length;
    // GA4 cuts parameters at 100 characters; events take 512.
    expect(await lengthOf(10)).toBeLessThanOrEqual(100);
    expect(await lengthOf(100, { placement: 'p'.repeat(64), arms: [1, 2, 3, 4, 5, 6, 7, 8] })).toBeLessThanOrEqual(512);
  });

  test('holds for one shop under one secret', async () => {
    const id = await idOf(issued());
    expect(await read(id, 'other')).toBeNull();
    expect(await read(id, 'demo', 'another secret')).toBeNull();
    expect(await readId({}, 'demo', id)).toBeNull();
    expect(await signedIds({}, 'demo', [issued()])).toBeNull();
  });

  test('does not hold once a character is changed, added or left out, wherever', async () => {
    const id = await idOf(issued());
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let at = 0; at < id.length; at++) {
      expect(await read(id.slice(0, at))).toBeNull();
      expect(await read(id.slice(0, at) + id.slice(at + 1))).toBeNull();
      // The last character carries bits that say nothing: each of its 63 neighbours must be refused all the same.
      for (const other of at === id.length - 1 ? alphabet : 'Aw_')
        if (other !== id[at]) expect(await read(id.slice(0, at) + other + id.slice(at + 1))).toBeNull();
    }
    for (const other of ['A', '=', '==', '.', ' ', '\n']) expect(await read(id + other)).toBeNull();
  });

  test('is nothing where the text is none', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.base64String().map((text) => `r_${text}`),
        ),
        async (text) => {
          expect(await read(text)).toBeNull();
        },
      ),
    );
  });

  test('tells all strategies apart', () => {
    expect(new Set(STRATEGIES.map(strategyHash)).size).toBe(STRATEGIES.length);
  });
});

describe('an answer', () => {
  beforeAll(() =>
    putItems(['tea', 'cup', 'pot'].map((itemId) => ({ itemId, title: `The ${itemId}`, price: 3, currency: 'GBP' }))),
  );

  type Answer = {
    versions: object;
    placements: Record<string, { recommendationId: string; strategy: string; items: { itemId: string }[] }>;
  };
  const ask = async (more: object = {}) => {
    const body = { consent: 'none', placements: [{ placement: 'home' }], ...more };
    return (await send('/v1/decide', { body })).body as unknown as Answer;
  };
  const homeOf = async (answer: Answer) => {
    const home = answer.placements.home;
    return { home, said: await readId(env, 'demo', home?.recommendationId ?? '') };
  };

  test('carries an id that says what it shows', async () => {
    const before = Date.now();
    const answer = await ask();
    const { home, said } = await homeOf(answer);
    expect(home?.items).toHaveLength(3);
    expect(said).toMatchObject({
      ...{
        placement: 'home',
        strategy: home?.strategy,
        versions: answer.versions,
        isDryRun: false,
        stamp: null,
        arms: [],
      },
      items: home?.items.map((item) => itemHash(item.itemId)),
    });
    expect(said?.at).toBeGreaterThanOrEqual(before);
    expect((await homeOf(await ask())).home?.recommendationId).not.toBe(home?.recommendationId);
  });

  test('of a dry run says that it is one', async () => {
    expect((await homeOf(await ask({ dryRun: true }))).said).toMatchObject({ isDryRun: true });
  });

  test('to a request with a seed is the same to the letter, ids included', async () => {
    const request = { visitorId: visitor('seeded'), seed: 'one' };
    const first = await ask(request);
    expect(await ask(request)).toEqual(first);
    const { home, said } = await homeOf(first);
    expect(said).toMatchObject({ isSeeded: true });
    expect((said?.at ?? 1) % 86_400_000).toBe(0);
    expect((await homeOf(await ask({ ...request, seed: 'two' }))).home?.recommendationId).not.toBe(
      home?.recommendationId,
    );
  });

  test('made from a visitor’s memory says so', async () => {
    const visitorId = visitor('known');
    const events = [{ eventId: 'v', name: 'view_item', items: [{ itemId: 'tea' }] }];
    const known = await homeOf(await ask({ visitorId, consent: 'personal', events }));
    expect(known.said?.stamp).toEqual(expect.any(Number));
  });
});
