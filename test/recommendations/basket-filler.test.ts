import { describe, expect, test } from 'vitest';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { ask, shown } from '../decide/ask.ts';
import { item, type SmallShop, smallShop } from './shop.ts';

/** Everything is bought with tea, more or less often; prices are the names. */
function shopOf(prices: readonly number[], config: SiteConfigInput = {}): SmallShop {
  const items = prices.map((price) => item(`p${price}`, { price, categories: ['Food'] }));
  const teachings = prices.flatMap((price, i) =>
    Array.from({ length: prices.length - i + 5 }, () => ({ basket: ['tea', `p${price}`] })),
  );
  return smallShop([item('tea', { price: 20, categories: ['Food'] }), ...items], teachings, {
    carts: { freeShippingFrom: 35 },
    placements: { here: { strategies: [{ strategy: 'basket_filler' }], fallback: [], count: 4 } },
    ...config,
  });
}

const asked = (quantity = 1) => ({ placements: [{ placement: 'here' }], cart: [{ itemId: 'tea', quantity }] });
const items = (shop: SmallShop, request = asked()) => ask(shop, request).placements?.here?.items ?? [];

describe('basket_filler', () => {
  // The basket is worth 20 and delivery free from 35: 15 are missing.
  test.each<[prices: number[], first: string[], why: string]>([
    [[15], ['p15'], 'the one that fits'],
    [[60, 16, 30], ['p16', 'p30', 'p60'], 'the least overshoot, though the dear one goes with tea more often'],
    [[17, 16.5], ['p17', 'p16.5'], 'of two that fit as well, the one that goes with tea more often'],
    [[14.99], [], 'nothing that does not reach'],
    [[8, 7.5, 5], ['p8', 'p7.5'], 'a pair, where no single one reaches'],
    [[8, 7.5, 90], ['p8', 'p7.5', 'p90'], 'a pair before a single one that overshoots by far'],
    [[8, 7.5, 15.5], ['p15.5'], 'no pair where a single one fits'],
    [[9, 6, 8, 7.5], ['p9', 'p6', 'p8', 'p7.5'], 'each item in one pair, the pair beside each other'],
  ])('of prices %j: %j, %s', (prices, first) => {
    expect(items(shopOf(prices)).map((one) => one.itemId)).toEqual(first);
  });

  test('says what is missing, and of a pair what else it takes; reasons add up', () => {
    const [single] = items(shopOf([16]));
    expect(single?.reasons[0]).toMatchObject({
      code: 'reaches_free_delivery',
      detail: '15.00 USD',
      text: 'Reaches free delivery',
    });
    const pair = items(shopOf([8, 7.5]));
    expect(pair.map((one) => one.reasons[0]?.detail)).toEqual(['15.00 USD with p7.5', '15.00 USD with p8']);
    for (const one of [...pair, ...(single ? [single] : [])])
      expect(one.reasons.reduce((sum, reason) => sum + reason.weight, 0)).toBeCloseTo(one.score, 9);
  });

  test('nothing where nothing is missing, delivery is never free, the basket is empty, or a line has no price', () => {
    const shop = shopOf([16]);
    expect(items(shop, asked(2))).toEqual([]);
    expect(items(shopOf([16], { carts: {} }))).toEqual([]);
    expect(items(shop, { ...asked(), cart: [] })).toEqual([]);
    expect(
      items(shop, {
        ...asked(),
        cart: [
          { itemId: 'tea', quantity: 1 },
          { itemId: 'gone', quantity: 1 },
        ],
      }),
    ).toEqual([]);
  });

  test('only money of the visitor’s market is compared', () => {
    const offers = { DE: { price: 14, currency: 'EUR' } };
    const goods = [
      item('tea', { price: 20, offers: { DE: { price: 21, currency: 'EUR' } } }),
      item('dollars', { price: 15 }),
      item('euros', { price: 3, offers }),
    ];
    const teachings = [{ basket: ['tea', 'dollars', 'euros'] }];
    const config = (freeShippingFrom?: number | null): SiteConfigInput => ({
      carts: { freeShippingFrom: 35 },
      markets: { DE: { currency: 'EUR', ...(freeShippingFrom === undefined ? {} : { freeShippingFrom }) } },
      placements: { here: { strategies: [{ strategy: 'basket_filler' }], fallback: [] } },
    });
    const inGermany = { ...asked(), context: { market: 'DE' } };
    expect(shown(ask(smallShop(goods, teachings, config(35)), inGermany), 'here')).toEqual(['euros']);
    expect(shown(ask(smallShop(goods, teachings, config()), inGermany), 'here')).toEqual([]);
    expect(shown(ask(smallShop(goods, teachings, config(null)), inGermany), 'here')).toEqual([]);
    expect(shown(ask(smallShop(goods, teachings, config()), asked()), 'here')).toEqual(['dollars']);
  });

  test('what may not be shown is in no pair', () => {
    const shop = shopOf([9, 8, 7.5]);
    const answer = ask(shop, { ...asked(), placements: [{ placement: 'here', exclude: ['p9'] }] });
    expect(shown(answer, 'here')).toEqual(['p8', 'p7.5']);
  });
});
