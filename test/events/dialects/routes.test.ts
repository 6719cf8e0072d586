import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { call, post, SHOP } from '../../support/http.ts';
import { BROWSER, basic, eventsOf, newcomer, send, view } from './send.ts';

describe('where the key is', () => {
  test.each([
    ['Basic auth', '/v1/track', basic('pk_demo'), {}],
    ['Bearer', '/v1/t', { Authorization: 'Bearer pk_demo' }, {}],
    ['X-Write-Key', '/v1/track', { 'X-Write-Key': 'pk_demo' }, {}],
    ['X-Write-Key with a secret behind a colon', '/api/s/track', { 'X-Write-Key': 'pk_demo:whatever' }, {}],
    ['the query', '/v1/track?writeKey=pk_demo', {}, {}],
    ['the body', '/v1/track', {}, { writeKey: 'pk_demo' }],
    ['the first that is there', '/v1/track?writeKey=pk_nobody', basic('pk_demo'), { writeKey: 'pk_nobody' }],
    ['an empty user of Basic auth says nothing', '/v1/track', basic(''), { writeKey: 'pk_demo' }],
  ])('%s', async (_name, path, headers, body) => {
    const visitor = newcomer();
    const answer = await send(path, { ...view(visitor), ...body }, headers);
    expect(answer.status, await answer.clone().text()).toBe(200);
    expect(await eventsOf(visitor)).toMatchObject([{ name: 'view_item', items: [{ itemId: 'a' }] }]);
  });

  test('the messages of a batch', async () => {
    const visitor = newcomer();
    const answer = await send('/v1/b', { batch: [view(visitor, { writeKey: 'pk_demo' })] }, {});
    expect(await answer.json()).toEqual({ success: true, accepted: 1, duplicates: 0, rejected: [] });
  });

  test.each([
    ['none', '/v1/track', {}, {}, 401, 'no-key'],
    ['one nobody knows', '/v1/track', basic('pk_nobody'), {}, 401, 'unknown-key'],
    ['one nobody knows, in the body', '/v1/batch', {}, { writeKey: 'pk_nobody' }, 401, 'unknown-key'],
    ['a secret one in the address', '/v1/track?writeKey=sk_demo', {}, {}, 403, 'key-may-not'],
    ['a secret one in the address of GA4', '/mp/collect?api_secret=sk_demo', {}, {}, 403, 'key-may-not'],
    ['none for Snowplow', '/com.snowplowanalytics.snowplow/tp2', {}, {}, 401, 'no-key'],
    ['none for a dialect', '/v1/dialects/shopify', {}, {}, 401, 'no-key'],
  ])('%s is refused', async (_name, path, headers, body, status, slug) => {
    const answer = await send(path, { ...view(newcomer()), ...body }, headers);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ type: `/problems/${slug}` });
  });

  test('half a document is refused; without a key nobody asks whose it was', async () => {
    const init = { method: 'POST', body: '{"batch":[', key: null };
    expect((await call('/v1/batch', { ...init, headers: basic('pk_demo') })).status).toBe(400);
    expect((await call('/v1/batch', init)).status).toBe(401);
  });
});

describe('paths', () => {
  test.each([
    ['/segment/v1/batch', 200],
    ['/a/b/c/v1/track', 200],
    ['//v1/t', 200],
    ['/v1/track/', 200],
    ['/x/v1/elsewhere', 404],
    ['/xv1/batch', 404],
  ])('%s is %i', async (path, status) => {
    const answer = await send(path, view(newcomer()));
    expect(answer.status).toBe(status);
  });

  test('what has a route of its own keeps it', async () => {
    const visitorId = newcomer();
    const native = await post('/v1/events', { visitorId, events: [{ name: 'page_view' }] });
    expect(native.status).toBe(202);
    expect(
      (await call('/v1/consent', { method: 'PUT', body: JSON.stringify({ visitorId, consent: 'session' }) })).status,
    ).toBe(200);
    expect((await call('/v1/track')).status).toBe(404);
  });

  test.each([
    ['/beacon/v1/batch?writeKey=pk_demo', 200, 'OK'],
    ['/api/s/track', 200, '{"ok":true,"accepted":1,"duplicates":0,"rejected":[]}'],
    ['/api/s/s2s/track', 200, '{"ok":true,"accepted":1,"duplicates":0,"rejected":[]}'],
    ['/mp/collect?api_secret=pk_demo', 204, ''],
    ['/com.snowplowanalytics.snowplow/tp2?key=pk_demo', 200, 'ok'],
    ['/v1/dialects/klaviyo', 404, null],
  ])('%s answers as its clients expect', async (path, status, text) => {
    const answer = await send(path, view(newcomer()));
    expect(answer.status).toBe(status);
    if (text !== null) expect(await answer.text()).toBe(text);
  });
});

describe('the dialects that a page hands on', () => {
  const pushes = [
    { event: 'view_item', ecommerce: { items: [{ item_id: 'a' }] } },
    { ecommerce: null },
    { event: 'sign_up', method: 'x' },
  ];
  const pixel = { id: 'p1', name: 'page_viewed', clientId: 'too-short' };

  test.each([
    ['ga4, a list, the visitor in the query', '/v1/dialects/ga4?visitorId=', pushes, 2],
    ['ga4, events and visitor in the body', '/v1/dialects/ga4', { events: pushes }, 2],
    ['ga4, one push', '/v1/dialects/ga4', pushes[0], 1],
    ['ga4, as the Measurement Protocol has it', '/v1/dialects/ga4', { events: [{ name: 'page_view', params: {} }] }, 1],
    ['shopify', '/v1/dialects/shopify', { events: [{ ...pixel, clientId: undefined }] }, 1],
    ['hydrogen', '/v1/dialects/hydrogen', { events: [{ event: 'page_viewed', payload: {} }] }, 1],
  ])('%s', async (_name, path, body, count) => {
    const visitorId = newcomer();
    const isQuery = path.endsWith('=');
    const answer = await send(isQuery ? path + visitorId : path, isQuery ? body : { ...(body as object), visitorId });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({
      visitorId,
      consentUsed: 'session',
      accepted: count,
      duplicates: 0,
      rejected: [],
    });
    expect(await eventsOf(visitorId)).toHaveLength(count);
  });

  test('GA4 keeps unknown names as custom and sends the visitor in its own way', async () => {
    const clientId = `${Math.floor(Math.random() * 1e9)}.1795310626`;
    const body = {
      client_id: clientId,
      events: [{ name: 'purchase', params: { transaction_id: 'T', items: [{ item_id: 'a' }] } }, { name: 'sign_up' }],
    };
    expect((await send('/mp/collect?api_secret=pk_demo', body, {})).status).toBe(204);
    expect(await eventsOf(clientId)).toMatchObject([{ name: 'purchase' }, { name: 'custom', key: 'sign_up' }]);
  });

  test('the page says consent in our words as well', async () => {
    const answer = await send('/v1/dialects/shopify', { consent: 'none', visitorId: newcomer(), events: [pixel] });
    expect(await answer.json()).toMatchObject({ consentUsed: 'none', accepted: 0 });
  });
});

describe('who counts', () => {
  test.each([
    ['a crawler', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 0],
    ['a browser', BROWSER, 1],
    ['a server’s library', 'analytics-node-next/latest', 1],
    ['another', 'analytics-node/3.0.13', 1],
    ['Node itself', 'node', 1],
  ])('%s', async (_name, agent, accepted) => {
    const answer = await send('/v1/track', view(newcomer()), { ...basic('pk_demo'), 'User-Agent': agent });
    expect(await answer.json()).toMatchObject({ success: true, accepted });
  });
});

test('what breaks on our side is 503 with Retry-After: any other refusal would make clients drop their events', async () => {
  const app = createApp({ now: Date.now, random: Math.random });
  const down = {
    ...env,
    VISITORS: {
      getByName: () => {
        throw new Error('the storage is down');
      },
    },
  };
  const request = new Request(`${SHOP}/v1/track`, {
    method: 'POST',
    body: JSON.stringify(view(newcomer())),
    headers: basic('pk_demo'),
  });
  const answer = await app.fetch(request, down, createExecutionContext());
  expect(answer.status).toBe(503);
  expect(answer.headers.get('Retry-After')).toMatch(/^\d+$/);
  expect(await answer.text()).not.toContain('the storage is down');
});

describe('what browser clients start with', () => {
  test('Segment’s settings name one destination, here', async () => {
    const answer = await call('/v1/projects/pk_demo/settings', { key: null, headers: { Origin: SHOP } });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(SHOP);
    expect(await answer.json()).toMatchObject({
      integrations: { 'Segment.io': { apiKey: 'pk_demo', apiHost: 'floorwalker.test/v1', protocol: 'https' } },
      metrics: { sampleRate: 0 },
    });
  });

  test.each(['/sourceConfig/', '/sourceConfig'])('RudderStack’s source config at %s', async (path) => {
    const answer = await call(`${path}?p=npm&writeKey=pk_demo`, { key: null, headers: basic('pk_demo') });
    expect(await answer.json()).toMatchObject({
      source: { id: 'floorwalker-demo', writeKey: 'pk_demo', enabled: true, destinations: [] },
    });
  });

  test.each([
    ['/v1/projects/pk_nobody/settings', 401],
    ['/v1/projects/sk_demo/settings', 403],
    ['/sourceConfig/', 401],
    ['/sourceConfig/?writeKey=sk_demo', 403],
  ])('%s is %i', async (path, status) => {
    expect((await call(path, { key: null })).status).toBe(status);
  });
});
