import { describe, expect, test } from 'vitest';
import { checkCondition } from '../../src/targeting/check.ts';
import { findFact } from '../../src/targeting/find-fact.ts';
import { lintFacts } from '../../src/targeting/lint-facts.ts';
import type { Condition } from '../../src/targeting/schema.ts';
import { FACTS, ITEM_VOCABULARY } from '../../src/targeting/vocabulary.ts';
import { factRows, factTable, itemFactRows, typeInWords } from '../../src/targeting/vocabulary-explained.ts';

const judge = (condition: Condition) => lintFacts(condition, FACTS, 'there is no fact');
const judgeItem = (condition: Condition) => lintFacts(condition, ITEM_VOCABULARY, 'items have no field');

describe('facts that there are not', () => {
  test.each<[condition: Condition, path: string, says: string]>([
    [{ 'visiter.orders': 3 }, 'visiter.orders', 'there is no fact "visiter.orders"; did you mean "visitor.orders"?'],
    [{ 'session.vews': 3 }, 'session.vews', 'did you mean "session.views"?'],
    [{ 'affinity.categories.gifts': { $gt: 0.3 } }, 'affinity.categories.gifts', '"affinity.category.gifts"?'],
    [{ 'affinity.priceBand.6': { $gt: 0.3 } }, 'affinity.priceBand.6', 'did you mean "affinity.priceBand.'],
    [{ 'cart.country': 'DE' }, 'cart.country', 'did you mean "session.country"?'],
    [{ 'trait.size.shoes': 43 }, 'trait.size.shoes', 'there are trait.*'],
    [{ 'page.type.name': 'cart' }, 'page.type.name', 'there are page.type, page.itemId'],
    [{ cart: { $exists: true } }, 'cart', 'by itself; there are cart.count, cart.quantity'],
    [{ experiment: 'b' }, 'experiment', 'by itself; there are experiment.*'],
    [{ basket: 1 }, 'basket', 'there are visitor.*, trait.*, affinity.*, lifecycle, loyalty.*, rfm.*, persona'],
    [{ $or: [{}, { $not: { 'cart.valu': 1 } }] }, '$or.1.$not.cart.valu', 'did you mean "cart.value"?'],
    [{ constructor: 1 }, 'constructor', 'there is no fact "constructor"'],
  ])('%j', (condition, path, says) => {
    const { strays } = judge(condition);
    expect(strays.map((stray) => stray.path.join('.'))).toEqual([path]);
    expect(strays[0]?.message).toContain(says);
  });

  test.each<[condition: Condition, says: string]>([
    [{ pirce: 3 }, 'items have no field "pirce"; did you mean "price"?'],
    [{ 'brand.name': 'Leaf' }, 'items have no field "brand.name"'],
    [{ color: 'red' }, 'items have no field "color"'],
    [{ attributes: {} }, 'by itself; there are attributes.*'],
    [{ 'offers.DE.prize': 3 }, 'did you mean "offers.DE.price"?'],
  ])('of items: %j', (condition, says) => {
    expect(judgeItem(condition).strays).toEqual([
      { path: Object.keys(condition), message: expect.stringContaining(says) },
    ]);
  });

  test.each([
    'trait.age',
    'affinity.category.mugs',
    'affinity.brand.Dr Oetker',
    'cart.items.0',
    'cart.items.length',
    'context.anything.at.all',
    'trait.languages.0',
    'experiment.item-layout',
  ])('%s is one', (path) => {
    expect(findFact(FACTS, path)).not.toBeNull();
  });
});

describe('comparisons that are hardly meant', () => {
  test.each<[condition: Condition, path: string, says: string]>([
    [{ 'cart.value': { $gte: '20' } }, 'cart.value.$gte', 'this is a number, and "20" is none; write 20'],
    [{ 'cart.value': { $in: [20, 'high'] } }, 'cart.value.$in', '"high" is none'],
    [{ 'cart.count': '3' }, 'cart.count', 'write 3'],
    [{ 'cart.value': { $regex: '^2' } }, 'cart.value.$regex', '$regex compares texts'],
    [{ 'cart.value': { $size: 2 } }, 'cart.value.$size', '$size is about lists'],
    [{ 'page.itemId': { $gt: 3, $exists: true } }, 'page.itemId.$gt', 'this is a text, and 3 is none; write "3"'],
    [{ 'page.itemId': 85123 }, 'page.itemId', 'write "85123"'],
    [{ 'visitor.isNew': 'true' }, 'visitor.isNew', 'this is true or false, and "true" is none; write true'],
    [{ 'visitor.isNew': { $gt: 0 } }, 'visitor.isNew.$gt', 'neither more nor less'],
    [{ 'session.searches': { $eq: 'gift' } }, 'session.searches.$eq', 'leave $eq out'],
    [{ 'session.searches': { $ne: 'gift' } }, 'session.searches.$ne', 'use $nin'],
    [{ 'session.items': { $gt: 2 } }, 'session.items.$gt', '{"$size": {"$gt": 2}}'],
    [{ 'session.items': { $in: [85123] } }, 'session.items.$in', 'a list of texts, and 85123 is none'],
    [{ lifecycle: 'laspsed' }, 'lifecycle', '"laspsed" is never met; did you mean "lapsed"?'],
    [{ lifecycle: { $not: { $in: ['new', 'gone'] } } }, 'lifecycle.$not.$in', '"gone" is never met'],
    [{ 'session.device': 'phone' }, 'session.device', 'usually one of mobile, tablet, desktop'],
    [{ 'page.type': { $in: ['cart', 'chekout'] } }, 'page.type.$in', 'did you mean "checkout"?'],
    [{ 'trait.age': { $lt: 18 } }, 'trait.age', 'trait.age is unknown it counts as 0, and this holds'],
    [{ 'trait.age': { $not: { $gte: 18 } } }, 'trait.age', 'this holds'],
    [{ 'trait.age': { $gte: 25, $lt: 45 } }, 'trait.age', 'this does not hold; say which is meant by "$exists"'],
    [{ $or: [{ 'cart.toFreeShipping': { $lte: 10 } }] }, '$or.0.cart.toFreeShipping', 'this holds'],
  ])('%j', (condition, path, says) => {
    expect(checkCondition(condition)).toEqual([]);
    const { strays, oddities } = judge(condition);
    expect(strays).toEqual([]);
    expect(oddities.map((oddity) => oddity.path.join('.'))).toEqual([path]);
    expect(oddities[0]?.message).toContain(says);
  });

  test.each<[condition: Condition]>([
    [{ 'cart.value': { $gte: 20, $lt: 35 }, persona: { $ne: 'trade' } }],
    [{ 'trait.age': { $lt: 18, $exists: true } }],
    [{ $and: [{ 'trait.age': { $exists: true } }, { 'trait.age': { $lt: 18 } }] }],
    [{ $or: [{ 'trait.age': null }, { 'trait.age': { $lt: 18 } }] }],
    [{ 'affinity.category.gifts': { $lt: 0.1 } }],
    [{ 'session.searches': 'gift', 'session.items': { $size: { $gt: 2 } }, 'cart.items': { $in: ['a'] } }],
    [{ 'session.device': { $ini: ['MOBILE'] }, 'page.itemId': null, 'visitor.isNew': true }],
    [{ 'trait.plan': 3, 'context.staff': { $gt: 'a', $exists: true } }],
  ])('nothing is said of %j', (condition) => {
    expect(judge(condition)).toEqual({ strays: [], oddities: [] });
  });
});

describe('what people are told about facts', () => {
  test.each(factRows())('$path is explained by an example that holds water', ({ meaning, example }) => {
    expect(meaning).not.toBe('');
    expect(checkCondition(example)).toEqual([]);
    expect(judge(example)).toEqual({ strays: [], oddities: [] });
  });

  test.each(itemFactRows())('$path of items too', ({ meaning, example }) => {
    expect(meaning).not.toBe('');
    expect(checkCondition(example)).toEqual([]);
    expect(judgeItem(example)).toEqual({ strays: [], oddities: [] });
  });

  test('types are put into words', () => {
    expect(typeInWords(FACTS['session.hour'])).toBe('whole number from 0 to 23');
    expect(typeInWords(FACTS['session.device'])).toBe('text: mobile, tablet, desktop, …, or unknown');
    expect(typeInWords(FACTS['cart.value'])).toBe('number, 0 or more');
  });

  test('a table has columns of one width', () => {
    const lines = factTable(factRows()).split('\n');
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines).toHaveLength(factRows().length + 2);
  });
});
