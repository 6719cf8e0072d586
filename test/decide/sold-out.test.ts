import { beforeAll, describe, expect, test } from 'vitest';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import type { Recommendation } from '../../src/recommendations/schema.ts';
import { item, smallShop } from '../recommendations/shop.ts';
import { ask } from './ask.ts';
import { putItems, send, visitor } from './http.ts';

const POTS = { categories: ['Kitchen > Pots'], brand: 'Iron' };

describe('a placement with whenSoldOut', () => {
  const items = [
    ...['small', 'large', 'tall'].map((name) => item(name, { title: 'Iron pot', ...POTS })),
    item('gone', { title: 'Iron pot', availability: 'out_of_stock', ...POTS }),
    item('lid', { price: 200, title: 'Lid', categories: ['Covers'] }),
    item('spoon', { price: 300, title: 'Spoon', categories: ['Cutlery'] }),
    item('lonely', { price: 900, title: 'Umbrella', categories: ['Rain'], availability: 'out_of_stock' }),
  ];
  const baskets = [...Array(12)].flatMap(() => [{ basket: ['gone', 'lid'] }, { basket: ['lonely', 'spoon'] }]);
  const shopWith = (more: NonNullable<SiteConfigInput['placements']>[string], config: SiteConfigInput = {}) =>
    smallShop(items, baskets, {
      ...config,
      placements: {
        here: { title: 'Goes with it', strategies: [{ strategy: 'bought_together' }], fallback: [], ...more },
      },
    });
  const on = (itemId: string, more: object = {}) => ({
    placements: [{ placement: 'here', ...more }],
    page: { itemId },
  });
  const here = (shop: ReturnType<typeof shopWith>, request: ReturnType<typeof on>) => {
    const { title, strategy, fallback, items: found = [] } = ask(shop, request).placements?.here ?? {};
    return { title, strategy, fallback, items: found.map((one) => one.itemId).toSorted() };
  };

  test('leads with alternatives under a title that says so, and goes on with what it shows otherwise', () => {
    const shop = shopWith({ whenSoldOut: { title: { en: 'Instead', de: 'Stattdessen' } } });
    expect(here(shop, on('gone'))).toEqual({
      ...{ title: 'Instead', strategy: 'alternatives', fallback: true },
      items: ['large', 'lid', 'small', 'tall'],
    });
    const first = ask(shop, on('gone', { count: 3 })).placements?.here;
    expect(first).toMatchObject({ strategy: 'alternatives', fallback: false });
    for (const { reasons } of first?.items ?? [])
      expect(reasons[0]).toMatchObject({ code: 'alternative', detail: 'gone' });
  });

  test('is what it always is where the item can be had, where nothing stands in for it, and without such an item', () => {
    const shop = shopWith({ whenSoldOut: {} });
    expect(here(shop, on('lid'))).toMatchObject({ title: 'Goes with it', strategy: 'bought_together' });
    expect(here(shop, on('lonely'))).toMatchObject({
      ...{ title: 'Goes with it', strategy: 'bought_together', fallback: true, items: ['spoon'] },
    });
    expect(here(shop, on('unknown'))).toMatchObject({ title: 'Goes with it', items: [] });
    expect(here(shopWith({}), on('gone'))).toMatchObject({
      title: 'Goes with it',
      items: expect.arrayContaining(['lid']),
    });
    expect(here(shopWith({}), on('gone')).strategy).toBe('bought_together');
  });

  test('leads with other strategies where it names them, and with those of a request that has its own', () => {
    const picked = { strategy: 'handpicked' as const, items: ['spoon'] };
    const shop = shopWith({ whenSoldOut: { strategies: [picked] } });
    expect(here(shop, on('gone', { count: 1 }))).toMatchObject({ strategy: 'handpicked', items: ['spoon'] });
    const own = on('gone', { strategies: [{ strategy: 'bestsellers' }] });
    expect(here(shop, own)).toMatchObject({ title: 'Goes with it', strategy: 'bestsellers' });
  });

  test('has a title of ours in the visitor’s language, where the shop has none', () => {
    const shop = shopWith({ whenSoldOut: {} });
    const title = (locale: string) => ask(shop, { ...on('gone'), context: { locale } }).placements?.here?.title;
    expect(title('de-AT')).toBe('Ausverkauft. Wie wäre es damit?');
    expect(title('fr')).toBe('Sold out. How about one of these?');
  });

  test('goes by the stock of the visitor’s market', () => {
    const offers = { DE: { price: 9, currency: 'EUR', availability: 'out_of_stock' as const } };
    const shop = smallShop([...items, item('abroad', { title: 'Iron pot', offers, ...POTS })], [], {
      markets: { DE: { currency: 'EUR', countries: ['DE'] } },
    });
    const request = { page: { type: 'item', itemId: 'abroad' }, fields: [] };
    const strategy = (country: string) =>
      ask(shop, { ...request, context: { country } }).placements?.['item-page']?.strategy;
    expect([strategy('DE'), strategy('GB')]).toEqual(['alternatives', 'similar']);
  });
});

describe('the item page of a shop that configures none', () => {
  beforeAll(async () => {
    await putItems([
      ...[10, 20, 30].map((price, i) => ({ itemId: `pot-${i}`, title: `Pot ${i}`, price, ...POTS })),
      { itemId: 'gone', title: 'A pot that is gone', price: 25, availability: 'out_of_stock', ...POTS },
    ]);
  }, 60_000);

  test('offers alternatives to an item that is sold out, and says so', async () => {
    const body = { visitorId: visitor('looks'), page: { type: 'item', itemId: 'gone' } };
    const { placements } = (await send('/v1/decide', { body })).body as { placements: Record<string, Recommendation> };
    expect(placements['item-page']).toMatchObject({
      ...{ title: 'Sold out. How about one of these?', strategy: 'alternatives', fallback: false },
    });
    const { items = [] } = placements['item-page'] ?? {};
    expect(items.map((one) => one.itemId).toSorted()).toEqual(['pot-0', 'pot-1', 'pot-2']);
    for (const { reasons } of items) expect(reasons[0]?.text).toBe('An alternative to what is sold out');
  });

  test('shows what goes with it again, once it is back', async () => {
    const asked = () => send(`/v1/recommendations/item-page?itemId=gone&visitorId=${visitor('back')}`);
    expect((await asked()).body).toMatchObject({ strategy: 'alternatives' });
    const back = { method: 'PATCH', key: 'sk_demo', body: { availability: 'in_stock' } };
    await send('/v1/catalog/items/gone', back);
    await expect
      .poll(async () => (await asked()).body.title, { timeout: 15_000, interval: 300 })
      .toBe('Goes well with this');
  });
});

describe('the terms of the shop for what stands in', () => {
  const made = (itemId: string, size: string, more: object = {}) => ({
    itemId,
    title: `Shirt ${itemId}`,
    price: 9,
    attributes: { size },
    ...more,
  });

  test('hold in messages as they do in placements', async () => {
    await putItems([
      made('shirt', 'M', { availability: 'out_of_stock' }),
      made('near', 'S'),
      made('fits', 'M', { price: 90 }),
    ]);
    const message = {
      ...{ placement: 'item', audience: { 'page.availability': 'out_of_stock' } },
      content: { en: { items: '{{recommendations:alternatives:9}}' } },
    };
    const offered = async (hard: string[]): Promise<string[][]> => {
      const body = { alternatives: { hard }, messages: { instead: message } };
      await send('/v1/config', { key: 'sk_demo', method: 'PUT', body });
      const placements = [{ placement: 'item-page', strategies: [{ strategy: 'alternatives' }], fallback: [] }];
      const asked = { visitorId: visitor('terms'), page: { type: 'item', itemId: 'shirt' }, placements };
      const answer = (await send('/v1/decide', { body: asked })).body as {
        messages: { content: { items: { itemId: string }[] } }[];
        placements: Record<string, Recommendation>;
      };
      const placed = answer.placements['item-page']?.items ?? [];
      return [answer.messages[0]?.content.items ?? [], placed].map((list) => list.map((one) => one.itemId));
    };
    expect(await offered(['attributes.size'])).toEqual([['fits'], ['fits']]);
    for (const list of await offered([])) expect(list).toEqual(expect.arrayContaining(['near', 'fits']));
  });
});

describe('an experiment that changes what leads where an item is sold out', () => {
  const experiment = {
    status: 'running',
    variations: [{ key: 'control' }, { key: 'b', changes: { 'placements.item-page.whenSoldOut': {} } }],
  };

  beforeAll(async () => {
    await putItems([
      { itemId: 'here', title: 'A pot', price: 25, ...POTS },
      { itemId: 'away', title: 'A pot', price: 25, availability: 'out_of_stock', ...POTS },
    ]);
    const body = {
      consent: { default: 'personal' },
      placements: { 'item-page': { strategies: [{ strategy: 'bestsellers' }] } },
      experiments: { instead: experiment },
    };
    expect((await send('/v1/config', { key: 'sk_demo', method: 'PUT', body })).status).toBe(200);
  });

  test('is met on the page of such an item, in either arm, and on no other', async () => {
    const met = async (visitorId: string, itemId: string): Promise<string[]> => {
      await send('/v1/decide', { body: { visitorId, page: { type: 'item', itemId } } });
      const { profile } = (await send(`/v1/visitors/me/export?visitorId=${visitorId}`)).body as {
        profile: { exposures?: { arm: string }[] } | null;
      };
      return profile?.exposures?.map((one) => one.arm) ?? [];
    };
    const arms = new Set<string>();
    for (let i = 0; arms.size < 2; i++) {
      const visitorId = visitor(`met-${i}`);
      expect(await met(visitorId, 'here')).toEqual([]);
      await expect.poll(async () => (await met(visitorId, 'away')).length).toBe(1);
      arms.add((await met(visitorId, 'away'))[0] ?? '');
    }
    expect([...arms].toSorted()).toEqual(['b', 'control']);
  });
});
