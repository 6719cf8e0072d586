import { describe, expect, test } from 'vitest';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import type { RecommendedItem } from '../../src/recommendations/schema.ts';
import type { Profile } from '../../src/visitors/schema.ts';
import { item, NOW, order, profile, smallShop } from '../recommendations/shop.ts';
import { ask } from './ask.ts';

type PlacementInput = NonNullable<SiteConfigInput['placements']>[string];

/** Ten items, i0 sold most and i9 least; even ones of brand Even, the rest Odd; categories in threes. */
const ITEMS = Array.from({ length: 10 }, (_, i) =>
  item(`i${i}`, {
    price: 10 + i,
    brand: i % 2 === 0 ? 'Even' : 'Odd',
    categories: [`Home > Range ${Math.floor(i / 3)}`],
    attributes: { color: i < 5 ? 'red' : 'blue' },
    ...(i === 7 ? { tags: ['launch'] } : {}),
  }),
);
const MORE = [
  item('gone', { availability: 'out_of_stock', tags: ['launch'] }),
  item('hidden-gem', { tags: ['launch', 'gem'], brand: 'Gem', categories: ['Home > Gems'] }),
];
const SALES = ITEMS.flatMap(({ itemId }, i) =>
  Array.from({ length: 10 - i }, () => ({ basket: [itemId, `filler-${i}`] })),
);

function here(placement: PlacementInput, request: object = {}, visitor: Partial<Profile> | null = null) {
  const shop = smallShop([...ITEMS, ...MORE], SALES, {
    placements: { here: { strategies: [{ strategy: 'bestsellers' }], fallback: [], count: 4, ...placement } },
  });
  const { placements: asked = [{ placement: 'here' }], ...rest } = request as { placements?: object[] };
  const answer = ask(shop, { ...rest, placements: asked as never }, visitor === null ? null : profile(visitor));
  const recommendation = answer.placements?.here;
  if (recommendation === undefined) throw new Error('the placement was not answered');
  for (const one of recommendation.items) expectSum(one);
  return recommendation;
}

function expectSum({ score, reasons }: RecommendedItem): void {
  expect(Math.abs(reasons.reduce((sum, reason) => sum + reason.weight, 0) - score)).toBeLessThan(1e-9);
}

const ids = (recommendation: { items: { itemId: string }[] }) => recommendation.items.map((one) => one.itemId);
const asking = (more: object) => ({ placements: [{ placement: 'here', ...more }] });

describe('rules', () => {
  const boost = { key: 'lift', items: { itemId: 'i5' }, do: 'boost' as const, by: 3 };

  test('a boost lifts, says so, and adds up', () => {
    expect(ids(here({}))).toEqual(['i0', 'i1', 'i2', 'i3']);
    const boosted = here({ rules: [boost] });
    expect(ids(boosted)[0]).toBe('i5');
    expect(boosted.items[0]).toMatchObject({ rule: 'lift' });
    const [own, added] = boosted.items[0]?.reasons ?? [];
    expect(added).toMatchObject({ code: 'rule', detail: 'lift' });
    expect(added?.weight).toBeCloseTo(2 * (own?.weight ?? 0), 12);
    expect(boosted.items[1]?.rule).toBeNull();
  });

  test('burying sinks', () => {
    const buried = here({ rules: [{ key: 'sink', items: { itemId: 'i0' }, do: 'bury', by: 2 }] });
    expect(ids(buried)).toEqual(['i1', 'i2', 'i3', 'i4']);
    const all = here({ count: 10, rules: [{ key: 'sink', items: { itemId: 'i0' }, do: 'bury', by: 2 }] });
    expect(ids(all).indexOf('i0')).toBeGreaterThan(3);
    expect(all.items.find((one) => one.itemId === 'i0')?.reasons.at(-1)?.weight).toBeLessThan(0);
  });

  test('hiding hides, and is counted under the rule', () => {
    const hidden = here({ rules: [{ key: 'no-red', items: { 'attributes.color': 'red' }, do: 'hide' }] });
    expect(ids(hidden)).toEqual(['i5', 'i6', 'i7', 'i8']);
    expect(hidden.dropped).toMatchObject({ 'rule:no-red': 5 });
  });

  test('a pin has its place, candidate or not, but never what is barred', () => {
    const pin = (items: object, at: number) => ({
      rules: [{ key: 'p', items: items as never, do: 'pin' as const, at }],
    });
    expect(ids(here(pin({ itemId: 'i7' }, 2)))).toEqual(['i0', 'i7', 'i1', 'i2']);
    const gem = here(pin({ tags: 'gem' }, 1));
    expect(ids(gem)).toEqual(['hidden-gem', 'i0', 'i1', 'i2']);
    expect(gem.items[0]).toMatchObject({ rule: 'p', reasons: [{ code: 'rule', detail: 'p', weight: 0 }] });
    expect(ids(here(pin({ itemId: 'gone' }, 1)))).toEqual(['i0', 'i1', 'i2', 'i3']);
    expect(ids(here({ ...pin({ itemId: 'gone' }, 1), outOfStock: 'allow' }))[0]).toBe('gone');
    expect(ids(here(pin({ itemId: 'i7' }, 1), asking({ exclude: ['i7'] })))).not.toContain('i7');
    expect(ids(here(pin({ itemId: 'i7' }, 1), {}, { orders: [order('o', 1, ['i7'])] }))).not.toContain('i7');
    expect(ids(here(pin({ itemId: 'i7' }, 1), { session: ['i7'] }))[0]).toBe('i7');
    expect(ids(here(pin({ tags: 'launch' }, 1)))[0]).toBe('i7');
  });

  test('two pins for one place: the earlier rule has it, the other the next', () => {
    const rules = ['i8', 'i9'].map((itemId) => ({ key: itemId, items: { itemId }, do: 'pin' as const, at: 2 }));
    expect(ids(here({ rules }))).toEqual(['i0', 'i8', 'i9', 'i1']);
  });

  test.each<[string, object, boolean]>([
    ['from now on', { from: new Date(NOW).toISOString() }, true],
    ['from the next minute on', { from: new Date(NOW + 60_000).toISOString() }, false],
    ['until now', { until: new Date(NOW).toISOString() }, false],
    ['until the next minute', { until: new Date(NOW + 60_000).toISOString() }, true],
    ['on this page', { when: { 'page.type': 'home' } }, true],
    ['on another page', { when: { 'page.type': 'cart' } }, false],
    ['for this persona', { when: { persona: 'unknown' } }, true],
    ['for another persona', { when: { persona: 'explorer' } }, false],
  ])('hold %s: %o', (_, bound, holds) => {
    const answer = here({ rules: [{ ...boost, ...bound }] }, { page: { type: 'home' } });
    expect(ids(answer)[0]).toBe(holds ? 'i5' : 'i0');
  });

  test('a request brings rules of its own', () => {
    expect(ids(here({}, asking({ rules: [boost] })))[0]).toBe('i5');
    const two = here({ rules: [boost] }, asking({ rules: [{ key: 'p', items: { itemId: 'i9' }, do: 'pin' }] }));
    expect(ids(two).slice(0, 2)).toEqual(['i9', 'i5']);
  });
});

describe('beside the page’s item', () => {
  const page = { page: { itemId: 'i0' } };

  test.each<[string, PlacementInput, string[]]>([
    ['the same brand', { sameAs: ['brand'] }, ['i2', 'i4', 'i6', 'i8']],
    ['another brand', { differentFrom: ['brand'] }, ['i1', 'i3', 'i5', 'i7']],
    ['the same attribute', { sameAs: ['attributes.color'] }, ['i1', 'i2', 'i3', 'i4']],
    ['another price', { differentFrom: ['price'] }, ['i1', 'i2', 'i3', 'i4']],
    ['a category in common', { sameAs: ['categories'] }, ['i1', 'i2', 'i3', 'i4']],
    ['a field that it does not state', { sameAs: ['tags'], differentFrom: ['groupId'] }, ['i1', 'i2', 'i3', 'i4']],
  ])('%s', (_, placement, expected) => {
    expect(ids(here(placement, page))).toEqual(expected);
    expect(ids(here({}, { ...page, ...asking(placement) }))).toEqual(expected);
  });

  test('without a page’s item, or with one that nobody knows, nothing is asked', () => {
    expect(ids(here({ sameAs: ['brand'] }))).toEqual(['i0', 'i1', 'i2', 'i3']);
    expect(ids(here({ sameAs: ['brand'] }, { page: { itemId: 'never' } }))).toEqual(['i0', 'i1', 'i2', 'i3']);
  });
});

describe('caps, diversity and rotation', () => {
  test('a cap holds, and others take the places', () => {
    const capped = here({ count: 6, caps: { category: 1 } });
    expect(ids(capped)).toEqual(['i0', 'i3', 'i6', 'i9', 'hidden-gem']);
    expect(capped.dropped).toMatchObject({ 'cap:category': 6 });
    expect(ids(here({ caps: { brand: 1 }, fallback: ['trending'] })).length).toBe(3);
    expect(ids(here({ caps: { brand: 2 } }, asking({ caps: { brand: 1 } })))).toEqual(['i0', 'i1', 'hidden-gem']);
  });

  test('pins count for caps', () => {
    const rules = ['i8', 'i6'].map((itemId, i) => ({ key: itemId, items: { itemId }, do: 'pin' as const, at: i + 1 }));
    expect(ids(here({ count: 3, caps: { brand: 1 }, rules }))).toEqual(['i8', 'i1', 'hidden-gem']);
  });

  test('diversity brings in other kinds, and says what it took', () => {
    const categories = (diversity: number) =>
      new Set(ids(here({ diversity })).map((id) => ITEMS.find((one) => one.itemId === id)?.categories?.[0])).size;
    expect(categories(0)).toBe(2);
    expect(categories(1)).toBeGreaterThan(2);
    const { items } = here({ diversity: 0.5 });
    const scores = items.map((one) => one.score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const took = items[1]?.reasons.find((reason) => reason.code === 'diversity');
    expect(took?.weight).toBeLessThan(0);
    expect(took?.detail).toBe('i0');
  });

  test('what was just shown yields, and comes back with time', () => {
    const rotation = { rate: 0.5, hours: 24 };
    const shown = (hoursAgo: number) => ({ shown: [{ itemId: 'i0', at: NOW - hoursAgo * 3_600_000, weight: 2 }] });
    expect(ids(here({ rotation }, {}, shown(0)))).not.toContain('i0');
    expect(ids(here({ rotation }, {}, shown(25)))[0]).toBe('i0');
    const kept = (hoursAgo: number) =>
      here({ rotation, count: 10 }, {}, shown(hoursAgo)).items.find((one) => one.itemId === 'i0')?.score ?? 0;
    expect(kept(0)).toBeCloseTo(0.25, 9);
    expect(kept(6)).toBeGreaterThan(kept(1));
  });
});

describe('promoted items', () => {
  const promoted = { items: { brand: 'Odd' }, share: 0.5 };

  test('take their share, spread evenly and marked, and no more', () => {
    const answer = here({ promoted, count: 6 });
    expect(answer.items.map((one) => one.promoted === true)).toEqual([false, true, false, true, false, true]);
    expect(ids(answer)).toEqual(['i0', 'i1', 'i2', 'i3', 'i4', 'i5']);
    expect(here({ promoted: { ...promoted, share: 0.25 }, count: 8 }).items.filter((one) => one.promoted)).toHaveLength(
      2,
    );
    expect(here({ promoted: { ...promoted, share: 0 } }).items.filter((one) => one.promoted)).toEqual([]);
  });

  test('that no strategy finds are shown all the same, but never when they are gone', () => {
    expect(ids(here({ promoted: { items: { tags: 'gem' }, share: 0.25 } }))).toEqual(['i0', 'i1', 'i2', 'hidden-gem']);
    expect(ids(here({ promoted: { items: { itemId: 'gone' }, share: 0.25 } }))).toEqual(['i0', 'i1', 'i2', 'i3']);
  });
});

describe('minimum relevance', () => {
  const shown = (minimumRelevance: 'low' | 'medium' | 'high' | null, strategy: 'also_viewed' | 'bestsellers') => {
    const sessions = Array.from({ length: 60 }, (_, i) => ({ session: ['a', i < 45 ? 'b' : i < 57 ? 'c' : 'd'] }));
    const shop = smallShop(
      ['a', 'b', 'c', 'd'].map((id) => item(id)),
      sessions,
      {
        placements: { here: { strategies: [{ strategy }], fallback: [], minimumRelevance } },
      },
    );
    const answer = ask(shop, { placements: [{ placement: 'here' }], page: { itemId: 'a' } }).placements?.here;
    return { ids: answer?.items.map((one) => one.itemId), dropped: answer?.dropped };
  };

  test('rather leaves places empty than shows what hardly belongs', () => {
    expect(shown(null, 'also_viewed').ids).toEqual(['b', 'c', 'd']);
    expect(shown('medium', 'also_viewed')).toEqual({ ids: ['b', 'c'], dropped: { relevance: 1 } });
    expect(shown('high', 'also_viewed').ids).toEqual(['b']);
    expect(shown('medium', 'bestsellers').ids).toEqual([]);
  });
});

describe('chance', () => {
  test('gives one place of an answer to a little-known item, as often as was asked, and says how probable it was', () => {
    const answer = here({ explore: 0.25 });
    const explored = answer.items.filter((one) => one.explored !== undefined);
    expect(explored).toHaveLength(1);
    expect(explored[0]).toMatchObject({
      score: 0,
      reasons: [{ code: 'little_known', weight: 0 }],
      explored: { position: 2 },
    });
    expect(answer.items[1]).toBe(explored[0]);
    expect(explored[0]?.explored?.probability).toBeGreaterThan(0);
    expect(explored[0]?.explored?.probability).toBeLessThanOrEqual(1);
    expect(ids(here({ explore: 0.25 }))).toEqual(ids(answer));
    expect(here({ explore: 0 }).items.some((one) => one.explored)).toBe(false);
  });
});

describe('the next page', () => {
  test('repeats nothing, goes on where the one before ended, and ends', () => {
    const shown: string[] = [];
    let next: string | null | undefined;
    for (let page = 0; page < 4 && next !== null; page++) {
      const answer = here({ caps: {} }, asking(next === undefined ? {} : { next }));
      shown.push(...ids(answer));
      next = answer.next;
    }
    expect(next).toBeNull();
    expect(shown.slice(0, 10)).toEqual(ITEMS.map((one) => one.itemId));
    expect(new Set(shown).size).toBe(shown.length);
    expect(shown).toHaveLength(11);
  });
});
