import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileContent, escaped, placesOf, type Sources } from '../../src/messages/template.ts';

const SOURCES: Sources = {
  facts: { cart: { toFreeShipping: 4.5, count: 2 }, trait: { firstName: 'Anna', company: '<b>' } },
  locale: 'en-GB',
  currency: 'GBP',
  recommend: (strategy, count) =>
    strategy === 'nothing' ? [] : [{ itemId: 'tea', title: 'Tea & co', price: 3 }, { itemId: 'cup' }].slice(0, count),
};
const fill = (fields: Record<string, unknown>, sources: Partial<Sources> = {}) =>
  compileContent(fields)({ ...SOURCES, ...sources });

describe('a content', () => {
  test.each([
    [
      'without places is as it is',
      { headline: 'Hello <b>you</b>', columns: 2 },
      { headline: 'Hello <b>you</b>', columns: 2 },
    ],
    ['fills facts', { headline: 'Dear {{trait.firstName}},' }, { headline: 'Dear Anna,' }],
    ['writes money as such', { headline: 'Only {{ cart.toFreeShipping }} left' }, { headline: 'Only £4.50 left' }],
    ['writes numbers', { headline: '{{cart.count}} things' }, { headline: '2 things' }],
    ['escapes what it fills', { headline: 'To {{trait.company}}' }, { headline: 'To &lt;b&gt;' }],
    ['fills a recommendation', { text: '{{recommendations.0.title}}?' }, { text: 'Tea &amp; co?' }],
    ['writes its price', { text: '{{recommendations:trending.0.price}}' }, { text: '£3.00' }],
    [
      'takes a list of them',
      { items: '{{recommendations:basket_filler:1}}' },
      { items: [{ itemId: 'tea', title: 'Tea &amp; co', price: 3 }] },
    ],
    ['fills what is inside', { a: [{ b: '{{cart.count}}' }] }, { a: [{ b: '2' }] }],
  ])('%s', (_what, fields, expected) => {
    expect(fill(fields)).toEqual(expected);
  });

  test.each([
    ['an unknown fact', { a: 'Dear {{trait.lastName}}' }],
    ['an empty list', { a: '{{recommendations:nothing:3}}' }],
    ['a field that the item lacks', { a: '{{recommendations.1.title}}' }],
    ['a hole deep inside', { a: { b: ['{{trait.lastName}}'] } }],
    ['what is inherited', { a: '{{constructor.name}}' }],
  ])('with %s is not filled at all', (_what, fields) => {
    expect(fill(fields)).toBeNull();
  });

  test('money is written as the visitor’s locale and market have it', () => {
    const headline = fill({ headline: '{{cart.toFreeShipping}}' }, { locale: 'de-DE', currency: 'EUR' })?.headline;
    expect(String(headline).replace(/\s/g, ' ')).toBe('4,50 €');
  });

  test('no fact brings markup, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(fc.constantFrom('<', '>', '"', "'", '&', '{{', '}}', 'script')),
        (text, more) => {
          const company = text + more.join('');
          const filled = fill({ a: '[{{trait.company}}]' }, { facts: { trait: { company } } });
          if (company === '') expect(filled).toBeNull();
          else {
            expect(filled?.a).toBe(`[${escaped(company)}]`);
            expect(String(filled?.a)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
          }
        },
      ),
    );
  });

  test('says which facts it needs', () => {
    expect(placesOf({ a: '{{cart.value}} {{recommendations.0.title}}', b: ['{{trait.x}}'] })).toEqual([
      'cart.value',
      'trait.x',
    ]);
  });
});
