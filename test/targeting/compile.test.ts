import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileCondition } from '../../src/targeting/compile.ts';
import { compilePath } from '../../src/targeting/path.ts';
import type { Condition, Facts } from '../../src/targeting/schema.ts';

const CASES: [what: string, condition: Condition, facts: Facts, expected: boolean][] = [
  ['a missing fact counts as null, so it is below 18', { age: { $lt: 18 } }, {}, true],
  ['a missing fact equals null', { age: null }, {}, true],
  ['a fact that is undefined is a missing one', { age: { $exists: false } }, { age: undefined }, true],
  ['a bare number coerces', { a: 5 }, { a: '5' }, true],
  ['$eq does not coerce', { a: { $eq: 5 } }, { a: '5' }, false],
  ['an empty $or is true', { $or: [] }, {}, true],
  ['an empty $and is true', { $and: [] }, {}, true],
  ['an empty $nor is false', { $nor: [] }, {}, false],
  ['an unknown operator is false', { a: { $lss: 5 } }, { a: 1 }, false],
  ['$not of an unknown operator is true', { a: { $not: { $lss: 5 } } }, { a: 1 }, true],
  ['a bare text finds itself in a list', { tags: 'clearance' }, { tags: ['new', 'clearance'] }, true],
  ['a bare text that is not in the list', { tags: 'clearance' }, { tags: ['new', 'clear'] }, false],
  ['a bare number finds itself in a list', { sizes: 42 }, { sizes: [41, '42'] }, true],
  ['a list within a list is no element', { tags: 'a' }, { tags: [['a'], 'b'] }, false],
  ['operators must all hold', { n: { $gt: 1, $lt: 5, $ne: 3 } }, { n: 3 }, false],
  ['$elemMatch passes 0 over', { nums: { $elemMatch: { $lt: 1 } } }, { nums: [0] }, false],
  [
    '$elemMatch with a condition on fields',
    { lines: { $elemMatch: { sku: 'a', n: { $gt: 1 } } } },
    {
      lines: [
        { sku: 'a', n: 1 },
        { sku: 'b', n: 2 },
      ],
    },
    false,
  ],
  ['long lists are looked up', { n: { $in: Array.from({ length: 100 }, (_, i) => i) } }, { n: 77 }, true],
  [
    'lists are walked by number',
    { 'cart.items.1.itemId': 'b' },
    { cart: { items: [{ itemId: 'a' }, { itemId: 'b' }] } },
    true,
  ],
  ['a long path', { 'a.b.c.d.e': 1 }, { a: { b: { c: { d: { e: 1 } } } } }, true],
  ['$type tells lists from objects', { a: { $type: 'array' } }, { a: [] }, true],
  [
    '$regex sees the first 512 characters',
    { a: { $regex: 'b$' } },
    { a: `${'a'.repeat(511)}b${'c'.repeat(500)}` },
    true,
  ],
  ['an unknown group has no members', { id: { $inGroup: 'constructor' } }, { id: 'x' }, false],
  ['nobody is in an unknown group', { id: { $notInGroup: 'none' } }, { id: 'x' }, true],
  ['a version written as a number', { v: { $vgte: '10' } }, { v: 9 }, false],
];

describe('a compiled condition', () => {
  test.each(CASES)('%s', (_what, condition, facts, expected) => {
    expect(compileCondition(condition)(facts)).toBe(expected);
  });

  test.each([
    ['a condition that is no object', { $and: [null, 5] }],
    ['$and of no list', { $and: { a: 1 } }],
    ['$or of no list', { $or: 'a' }],
    ['$nor of no list', { $nor: 1 }],
    ['$not of no object', { $not: [] }],
    ['$elemMatch of no object', { a: { $elemMatch: 5 } }],
    ['$regex of no text', { a: { $regex: { b: 1 } } }],
    ['$in of no list', { a: { $in: 'a' } }],
    ['$all of no list', { a: { $all: 'a' } }],
  ])('is false where it is malformed: %s', (_what, condition) => {
    expect(compileCondition(condition)({ a: ['a', 'b'] })).toBe(false);
  });

  test('combines as logic does', () => {
    const leaf = fc.record({ a: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', null, true)) });
    const facts = fc.record({ a: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', null)) });
    fc.assert(
      fc.property(fc.array(leaf, { minLength: 1, maxLength: 5 }), facts, (leaves, about) => {
        const each = leaves.map((one) => compileCondition(one)(about));
        expect(compileCondition({ $and: leaves })(about)).toBe(each.every(Boolean));
        expect(compileCondition({ $or: leaves })(about)).toBe(each.some(Boolean));
        expect(compileCondition({ $nor: leaves })(about)).toBe(!each.some(Boolean));
        expect(compileCondition({ $not: { $and: leaves } })(about)).toBe(!each.every(Boolean));
      }),
    );
  });

  test('compares as JavaScript does, whatever the types', () => {
    const value = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.string(), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(value, fc.oneof(fc.integer(), fc.string()), (fact, operand) => {
        const ask = (operator: string) => compileCondition({ a: { [operator]: operand } })({ a: fact });
        // Comparing across types is what is specified.
        const [left, right] = [fact as number, operand as number];
        expect(ask('$lt')).toBe(left < right);
        expect(ask('$lte')).toBe(left <= right);
        expect(ask('$gt')).toBe(left > right);
        expect(ask('$gte')).toBe(left >= right);
      }),
    );
  });

  test('never throws, whatever the facts are', () => {
    const operators = ['$lt', '$in', '$regex', '$vgt', '$size', '$elemMatch', '$alli', '$ini', '$type', '$not'];
    const operand = fc.oneof(fc.string(), fc.integer(), fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 4 }));
    fc.assert(
      fc.property(fc.constantFrom(...operators), operand, fc.jsonValue(), (operator, expected, fact) => {
        const compiled = compileCondition({ a: { [operator]: expected }, 'a.b': 'x', $or: [{ a: 5 }, { a: 'b' }] });
        expect(typeof compiled({ a: fact as Record<string, unknown> })).toBe('boolean');
      }),
    );
  });

  test('does not ask facts for a toString of their own', () => {
    const facts: Facts = { a: { toString: 1, valueOf: 2 }, b: [{ toString: null }] };
    for (const operator of ['$lt', '$regex', '$vgt']) {
      expect(() => compileCondition({ a: { [operator]: '5' }, b: { [operator]: '5' } })(facts)).not.toThrow();
    }
    expect(compileCondition({ a: '5' })(facts)).toBe(false);
    expect(compileCondition({ b: 5 })(facts)).toBe(false);
  });
});

describe('a path', () => {
  test.each([
    '__proto__',
    'constructor',
    'a.constructor',
    'a.__proto__.x',
    'toString',
    'list.map',
    'list.at',
    'text.length',
  ])('does not find what is inherited: %s', (path) => {
    expect(compilePath(path)({ a: {}, list: [1], text: 'abc' })).toBeNull();
  });

  test('finds own facts with the names of inherited ones', () => {
    expect(compilePath('a.constructor')({ a: { constructor: 'Lego' } })).toBe('Lego');
    expect(compilePath('list.length')({ list: [1, 2] })).toBe(2);
  });
});
