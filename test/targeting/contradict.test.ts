import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCondition } from '../../src/targeting/check.ts';
import { compileCondition } from '../../src/targeting/compile.ts';
import { contradictions, neverHolds } from '../../src/targeting/contradict.ts';
import { lintFacts } from '../../src/targeting/lint-facts.ts';
import type { Condition } from '../../src/targeting/schema.ts';
import { FACTS, type Fact, ITEM_VOCABULARY } from '../../src/targeting/vocabulary.ts';

const said = (condition: Condition) =>
  lintFacts(condition, FACTS, 'there is no fact').oddities.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('contradictions', () => {
  test.each<[condition: Condition, path: string, says: string]>([
    [{ 'cart.value': { $gt: 5, $lt: 3 } }, 'cart.value', 'take one away'],
    [{ 'cart.value': { $gt: 5 }, $and: [{ 'cart.value': { $lt: 3 } }] }, '$and.0.cart.value', 'exclude each other'],
    [{ 'cart.value': { $gt: 5, $lt: 5 } }, 'cart.value', 'never holds'],
    [{ 'cart.count': { $gt: 1, $lt: 2 } }, 'cart.count', 'take one away'],
    [{ 'cart.value': { $lt: 0 } }, 'cart.value', 'it is 0 or more'],
    [{ 'affinity.category.mugs': { $gt: 30 } }, 'affinity.category.mugs', 'it goes from 0 to 1'],
    [{ 'session.hour': 24 }, 'session.hour', 'from 0 to 23'],
    [{ 'session.weekday': 0 }, 'session.weekday', 'from 1 to 7'],
    [{ 'page.itemId': { $in: [] } }, 'page.itemId', 'never holds'],
    [{ 'session.items': { $in: [] } }, 'session.items', 'never holds'],
    [{ 'trait.plan': { $in: [] } }, 'trait.plan', 'never holds'],
    [{ 'page.itemId': 'a', $not: { 'page.itemId': 'a' } }, '$not.page.itemId', 'exclude each other'],
    [{ $and: [{ 'page.itemId': 'a' }, { 'page.itemId': 'b' }] }, '$and.1.page.itemId', 'put them under $or'],
    [{ 'page.itemId': { $eq: 'a', $in: ['b', 'c'] } }, 'page.itemId', 'never holds'],
    [{ 'page.itemId': { $exists: false, $eq: 'a' } }, 'page.itemId', 'never holds'],
    [{ 'cart.count': { $exists: false } }, 'cart.count', 'never holds'],
    [{ 'trait.plan': { $eq: 'a', $ne: 'a' } }, 'trait.plan', 'never holds'],
    [{ 'trait.age': { $gt: 65, $lt: 18, $exists: true } }, 'trait.age', 'never holds'],
    [{ lifecycle: { $regex: '^vip' } }, 'lifecycle', 'it is one of new, '],
    [{ lifecycle: { $nin: [...FACTS.lifecycle.values] } }, 'lifecycle', 'one of new'],
    [{ 'visitor.isNew': null }, 'visitor.isNew', 'never holds'],
    [{ 'visitor.isNew': true, $nor: [{ 'visitor.isNew': true }] }, '$nor.0.visitor.isNew', 'exclude each other'],
    [{ 'cart.items': { $in: ['a'], $nin: ['a', 'b'] } }, 'cart.items', 'never holds'],
    [{ $nor: [] }, '$nor', 'never holds'],
    [{ $or: [{ 'cart.value': { $lt: 0 } }, { 'cart.count': 0 }] }, '$or.0.cart.value', 'it is 0 or more'],
    [{ $or: [{ 'cart.value': { $lt: 0 } }, { 'cart.count': -1 }] }, '$or', 'none of these can hold'],
    [{ 'cart.count': 0, $or: [{ 'cart.count': 1 }, { 'cart.count': 2 }] }, '$or', 'none of these can hold'],
    [{ $not: { 'cart.value': { $gte: 0 } } }, '$not.cart.value', 'it is 0 or more'],
    [{ 'cart.value': { $gte: 0 } }, '', 'this always holds'],
    [{ $or: [] }, '', 'this always holds'],
    [{ $or: [{ 'cart.count': 0 }, { 'cart.count': { $gt: 0 } }] }, '', 'this always holds'],
    [{ $or: [{ 'page.itemId': 'a' }, { 'page.itemId': { $ne: 'a' } }] }, '', 'this always holds'],
  ])('%j', (condition, path, says) => {
    expect(checkCondition(condition)).toEqual([]);
    const found = said(condition);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${path.replace(/[$.]/g, '\\$&')}: `));
    expect(found[0]).toContain(says);
  });

  test.each<[condition: Condition]>([
    [{}],
    [{ 'cart.value': { $gt: 3, $lt: 5 } }],
    [{ 'cart.count': { $gte: 1, $lte: 1 } }],
    [{ 'cart.items': 'a', $and: [{ 'cart.items': 'b' }] }],
    [{ 'page.itemId': { $regex: '^a', $ne: 'a' } }],
    [{ $or: [{ 'page.itemId': 'a' }, { 'page.itemId': 'b' }] }],
    [{ lifecycle: { $regexi: '^NEW' }, persona: { $ne: 'trade' } }],
    [{ 'page.itemId': { $ini: ['A'], $nin: ['a', 'A'] } }],
    [{ 'trait.plan': { $ne: 'a' }, $and: [{ 'trait.plan': 'a' }] }],
    [{ 'context.tags': 'a', $and: [{ 'context.tags': 'b' }] }],
    [{ 'affinity.category.mugs': { $exists: false } }],
    [{ 'cart.value': { $gt: 5 }, $or: [{ 'cart.value': { $lt: 9 } }, { 'cart.count': 1 }] }],
  ])('are not seen in %j', (condition) => {
    expect(said(condition)).toEqual([]);
  });

  test('are found in conditions on items too', () => {
    const { oddities } = lintFacts({ price: { $gt: 9, $lt: 3 }, availability: 'sold' }, ITEM_VOCABULARY, '');
    expect(oddities.map((one) => one.path.join('.'))).toEqual(['availability', 'price']);
  });
});

const NAMES = [
  'cart.count',
  'cart.value',
  'page.itemId',
  'lifecycle',
  'visitor.isNew',
  'cart.items',
  'trait.x',
] as const;
const number = fc.constantFrom(-1, 0, 0.5, 1, 2, 3);
const text = fc.constantFrom('a', 'b', 'new', 'lapsed', '1', '');
const primitive = fc.oneof(number, text, fc.boolean(), fc.constant(null));
const operators = fc.record(
  {
    $gt: number,
    $lte: fc.oneof(number, text),
    $eq: primitive,
    $ne: primitive,
    $in: fc.array(primitive, { maxLength: 3 }),
    $nin: fc.array(primitive, { maxLength: 3 }),
    $exists: fc.boolean(),
    $regex: fc.constantFrom('^a', 'e', '.'),
    $size: fc.constantFrom(0, 1, 2),
  },
  { requiredKeys: [] },
);
const clause = fc
  .tuple(fc.constantFrom(...NAMES), fc.oneof(primitive, operators, fc.record({ $not: operators })))
  .map(([name, value]): Condition => ({ [name]: value }));
const condition: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    clause,
    fc.array(tie('node'), { maxLength: 3 }).map((list) => ({ $and: list })),
    fc.array(tie('node'), { maxLength: 3 }).map((list) => ({ $or: list })),
    fc.array(tie('node'), { maxLength: 2 }).map((list) => ({ $nor: list })),
    tie('node').map((one) => ({ $not: one })),
  ),
})).node;

const valuesFor = (fact: Fact): fc.Arbitrary<unknown> => {
  const { type, values, isWhole, absent } = fact;
  const kinds: fc.Arbitrary<unknown>[] = absent === undefined ? [] : [fc.constant(null)];
  if (values !== undefined) kinds.push(fc.constantFrom(...values));
  else if (type === 'number') kinds.push(isWhole ? fc.nat(4) : fc.constantFrom(0, 0.25, 0.5, 0.75, 1, 2, 9));
  else if (type === 'text') kinds.push(text);
  else if (type === 'boolean') kinds.push(fc.boolean());
  else if (type === 'list') kinds.push(fc.array(text, { maxLength: 3 }));
  else kinds.push(primitive, fc.array(text, { maxLength: 3 }));
  return fc.oneof(...kinds);
};
const facts = fc.record({
  count: valuesFor(FACTS['cart.count']),
  value: valuesFor(FACTS['cart.value']),
  items: valuesFor(FACTS['cart.items']),
  itemId: valuesFor(FACTS['page.itemId']),
  lifecycle: valuesFor(FACTS.lifecycle),
  isNew: valuesFor(FACTS['visitor.isNew']),
  x: valuesFor(FACTS['trait.*']),
});

test('what is called dead never holds, and what is called idle always does', () => {
  fc.assert(
    fc.property(condition, fc.array(facts, { minLength: 20, maxLength: 20 }), (asked, all) => {
      const isDead = neverHolds(asked, FACTS);
      const { isIdle } = contradictions(asked, FACTS);
      if (!isDead && !isIdle) return;
      const holds = compileCondition(asked);
      for (const { count, value, items, itemId, lifecycle, isNew, x } of all) {
        const world = { cart: { count, value, items }, page: { itemId }, lifecycle, visitor: { isNew }, trait: { x } };
        expect(holds(world)).toBe(isIdle);
      }
    }),
    { numRuns: 3000 },
  );
});
