import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCondition } from '../../src/targeting/check.ts';
import { clausesOf } from '../../src/targeting/clauses.ts';
import { compileCondition } from '../../src/targeting/compile.ts';
import type { Condition } from '../../src/targeting/schema.ts';
import { CheckedCondition } from '../../src/targeting/schema-checked.ts';

const nested = (depth: number): Condition => (depth === 0 ? { a: 1 } : { $not: nested(depth - 1) });

const BAD: [what: string, condition: unknown, path: string, says: string][] = [
  ['a list', [], 'filter', 'a condition is an object'],
  ['a text', 'price > 3', 'filter', 'a condition is an object'],
  ['a misspelt operator', { price: { $lss: 3 } }, 'filter.price.$lss', 'did you mean "$lt"?'],
  ['an operator from MongoDB', { a: { $mod: [2, 0] } }, 'filter.a.$mod', 'there is no operator "$mod"'],
  ['an operator without a fact', { $gt: 5 }, 'filter.$gt', 'below the fact'],
  ['a misspelt connective', { $ors: [] }, 'filter.$ors', 'did you mean "$or"?'],
  ['operators among names', { a: { $gt: 1, b: 2 } }, 'filter.a', 'cannot be mixed'],
  ['an operator without its $', { price: { lt: 5 } }, 'filter.price', 'looks like an operator'],
  ['a nested fact', { cart: { value: { $gt: 5 } } }, 'filter.cart', 'dotted path'],
  ['$and of an object', { $and: { a: 1 } }, 'filter.$and', 'a list of conditions'],
  ['$in of a text', { a: { $in: 'b' } }, 'filter.a.$in', 'a list of values'],
  ['$in of objects', { a: { $in: [{}] } }, 'filter.a.$in', 'the list holds texts'],
  ['$in of too much', { a: { $in: Array.from({ length: 1001 }, () => 1) } }, 'filter.a.$in', 'at most 1000'],
  ['$gt of true', { a: { $gt: true } }, 'filter.a.$gt', 'a number or a text'],
  ['$eq of a list', { a: { $eq: [1] } }, 'filter.a.$eq', 'a text, a number'],
  ['$exists of 1', { a: { $exists: 1 } }, 'filter.a.$exists', 'true or false'],
  ['$type of an unknown type', { a: { $type: 'date' } }, 'filter.a.$type', 'one of string'],
  ['$vgt of a number', { a: { $vgt: 1 } }, 'filter.a.$vgt', 'a version'],
  ['a group that is not there', { a: { $inGroup: 'staff' } }, 'filter.a.$inGroup', 'there are vip'],
  ['a broken regular expression', { a: { $regex: '/???***[)' } }, 'filter.a.$regex', 'compiles'],
  ['a catastrophic one', { a: { $regexi: '(a+)+$' } }, 'filter.a.$regexi', 'exponential'],
  [
    'what is wrong inside $not',
    { a: { $not: { $size: 'x', $foo: 1 } } },
    'filter.a.$not.$size',
    'a number or operators',
  ],
  [
    'what is wrong inside $elemMatch',
    { a: { $elemMatch: { b: { $gte: null } } } },
    'filter.a.$elemMatch.b.$gte',
    'a number',
  ],
  ['what is wrong inside $all', { a: { $all: ['x', { $foo: 1 }] } }, 'filter.a.$all[1].$foo', 'no operator'],
  ['what is wrong inside $or', { $or: [{}, { a: { $foo: 1 } }] }, 'filter.$or[1].a.$foo', 'no operator'],
  ['an empty step', { 'a..b': 1 }, 'filter.a..b', 'empty steps'],
  ['__proto__', JSON.parse('{"a.__proto__":1}'), 'filter.a.__proto__', 'dotted path'],
  ['a long text', { a: 'x'.repeat(1001) }, 'filter.a', 'at most 1000 characters'],
  ['too many comparisons', { $or: Array.from({ length: 201 }, () => ({ a: 1 })) }, 'filter', 'at most 200'],
  ['too deep nesting', nested(11), `filter${'.$not'.repeat(10)}`, 'at most 10 deep'],
];

describe('checking a condition', () => {
  test.each(BAD)('refuses %s', (_what, condition, path, says) => {
    const issues = checkCondition(condition, { path: 'filter', groups: ['vip'] });
    expect(issues).toContainEqual({ path, message: expect.stringContaining(says) });
  });

  test.each([
    [{}],
    [{ 'cart.value': { $gte: 20, $lt: 35 }, persona: { $ne: 'trade' } }],
    [{ $or: [{ a: null }, { b: [1, 2] }], $nor: [], $not: { c: true } }],
    [{ a: { $elemMatch: { $regex: '^(de|at)-' } }, b: { $size: { $gt: 2 } }, c: { $all: ['x', { $gt: 3 }] } }],
    [{ a: { $inGroup: 'vip' }, v: { $vgte: '1.2.3' }, t: { $type: 'array' }, o: { color: 'red' } }],
    [nested(9)],
  ])('has nothing against %j', (condition) => {
    expect(checkCondition(condition, { groups: ['vip'] })).toEqual([]);
  });

  test('is not brought down by anything, and what passes can be asked', () => {
    const operator = fc.constantFrom(
      '$gt',
      '$in',
      '$not',
      '$regex',
      '$elemMatch',
      '$size',
      '$all',
      '$and',
      '$or',
      '$foo',
      'a',
      'b.c',
    );
    const condition = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.dictionary(operator, tie('node'), { maxKeys: 3 }),
        fc.array(tie('node'), { maxLength: 3 }),
      ),
    })).node;
    fc.assert(
      fc.property(condition, (plain) => {
        if (checkCondition(plain).length === 0)
          expect(typeof compileCondition(plain as Condition)({ a: ['b'] })).toBe('boolean');
      }),
      { numRuns: 300 },
    );
  });

  test('reports at its own path inside a request', () => {
    const result = CheckedCondition.safeParse({ price: { $lss: 3 } });
    expect(result.error?.issues).toMatchObject([{ path: ['price.$lss'] }]);
  });

  test('finds what facts are compared with', () => {
    const condition = { persona: { $in: ['a', 'b'], $ne: 'c' }, $or: [{ $not: { 'experiment.x': 'y' } }] };
    expect(clausesOf(condition)).toEqual([
      {
        fact: 'persona',
        path: ['persona'],
        value: { $in: ['a', 'b'], $ne: 'c' },
        texts: ['a', 'b'],
        excluded: ['c'],
      },
      { fact: 'experiment.x', path: ['$or', 0, '$not', 'experiment.x'], value: 'y', texts: ['y'], excluded: [] },
    ]);
  });
});
