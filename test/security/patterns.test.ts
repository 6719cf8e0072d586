import { describe, expect, test } from 'vitest';
import { call, post } from '../support/http.ts';

/** Regular expressions whose search takes exponential or high polynomial time on the right text, or that are simply too large. */
const EXPLOSIVE: [string, string][] = [
  ['a repetition of a repetition', '(a+)+$'],
  ['a star of a star', '(a*)*b'],
  ['alternatives that overlap', '(a|aa)+$'],
  ['alternatives that are the same', '(a|a)*$'],
  ['classes that overlap', '([a-z]|[a-m])+$'],
  ['anything, repeated', '(.*)*x'],
  ['words of words', '^(\\w+\\s?)*$'],
  ['an address of mail', '^([a-zA-Z0-9._-]+)*@'],
  ['bounded, but large', '(a{1,50}){1,50}$'],
  ['bounded three times', '((a{1,100}){1,100}){1,100}'],
  ['within a group that is not kept', '(?:a+)+$'],
  ['within a group with a name', '(?<n>a+)+$'],
  ['behind an optional', '(a?){30}a{30}'],
  ['a look ahead', '(?=(a+))a*b'],
  ['a look behind', '(?<=(a+)+)b'],
  ['a reference back', '(a+)\\1+$'],
  ['many stars in a row', '.*.*.*.*.*.*.*.*.*.*x'],
  ['too long', 'a'.repeat(10_000)],
  ['no pattern', '(['],
];

/** Innocent ones: the check must not refuse everything. */
const HARMLESS = ['^mug', 'tea$', '(red|blue) mug', 'a+b'];
const LONG = `${'a'.repeat(40)}!`;

/** An explosion takes minutes; a slow machine takes a moment. */
const MOST_MILLISECONDS = 5_000;

async function inTime(request: Promise<Response>): Promise<Response> {
  const from = performance.now();
  const answer = await request;
  expect(performance.now() - from).toBeLessThan(MOST_MILLISECONDS);
  return answer;
}

describe('a pattern that blows up is refused before it is run', () => {
  test.each(EXPLOSIVE)('%s', async (_name, pattern) => {
    const filter = { title: { $regex: pattern } };
    const config = {
      placements: { home: { filter } },
      personas: { p: { name: 'P', signals: [{ condition: { 'session.searches': { $regex: pattern } }, weight: 1 }] } },
    };
    const secret = { key: 'sk_demo' };
    const validated = await inTime(post('/v1/config/validate', config, secret));
    const { issues, valid } = await validated.json<{ issues?: unknown[]; valid?: boolean }>();
    expect(valid === false || (issues ?? []).length > 0).toBe(true);
    const published = await inTime(call('/v1/config', { ...secret, method: 'PUT', body: JSON.stringify(config) }));
    expect(published.status).toBe(422);
    const body = {
      page: { type: 'search', query: LONG },
      placements: [{ placement: 'home', filter }],
      session: [LONG],
    };
    const decided = await inTime(post('/v1/decide', body));
    expect(decided.status).toBe(422);
  });

  test.each(HARMLESS)('%s is not', async (pattern) => {
    const filter = { title: { $regex: pattern } };
    const decided = await post('/v1/decide', { placements: [{ placement: 'home', filter }] });
    expect(decided.status).toBe(200);
  });
});

describe('our own patterns meet long texts without blowing up', () => {
  const LENGTH = 90_000;
  const texts: [string, string][] = [
    ['hyphens', '-'.repeat(LENGTH)],
    ['spaces', ' '.repeat(LENGTH)],
    ['digits', '1'.repeat(LENGTH)],
    ['a time that never ends', `2026-11-22T10:00:00.${'0'.repeat(LENGTH)}`],
    ['an address that never ends', `https://shop.example/?utm_campaign=${'a&'.repeat(LENGTH / 2)}`],
    ['accents', 'é'.repeat(LENGTH / 2)],
    ['slashes', '/v1/batch'.repeat(LENGTH / 9)],
  ];
  test.each(texts)('%s', async (_name, text) => {
    const event = {
      name: 'view_item',
      timestamp: text,
      items: [{ itemId: text, item_category: text.slice(0, 500), brand: text }],
      page: { url: text, title: text },
    };
    const short = {
      ...event,
      timestamp: undefined,
      page: { title: text.slice(0, 1000) },
      items: [{ itemId: 'a', item_category: text.slice(0, 500), brand: text.slice(0, 200) }],
    };
    expect((await inTime(post('/v1/events', { events: [event, short] }))).status).toBe(202);
    expect(
      (await inTime(post('/v1/track', { event: text, anonymousId: text, properties: { category: text, name: text } })))
        .status,
    ).toBeLessThan(500);
    expect(
      (await inTime(post('/v1/decide', { page: { type: 'category', category: text, url: text } }))).status,
    ).toBeLessThan(500);
    expect((await inTime(call(`/${text.slice(0, 8_000)}`, { method: 'POST', body: '{}' }))).status).toBeLessThan(500);
  });
});
