import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { prefixOf } from '../../src/http/network.ts';
import { hmacHex } from '../../src/http/sign.ts';
import { post, SHOP } from '../support/http.ts';
import { flushTexts, newcomer } from '../support/visitor.ts';

describe('the network of an address', () => {
  const cases: [string, string | null][] = [
    ['203.0.113.7', '203.0.113'],
    ['203.0.113.250', '203.0.113'],
    ['::ffff:203.0.113.7', '203.0.113'],
    ['2001:db8:1:2::7', '2001:db8:1'],
    ['2001:DB8:0001:ffff::1', '2001:db8:1'],
    ['2001:db8::7', '2001:db8:0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1'],
    ['127.0.0.1', null],
    ['10.1.2.3', null],
    ['172.20.0.1', null],
    ['172.32.0.1', '172.32.0'],
    ['192.168.1.1', null],
    ['169.254.1.1', null],
    ['::1', null],
    ['::', null],
    ['fe80::1', null],
    ['fd12:3456:789a::1', null],
    ['', null],
    ['unknown', null],
    ['203.0.113', null],
    [':'.repeat(50), null],
  ];
  test.each(cases)('%s is of %s', (address, prefix) => {
    expect(prefixOf(address)).toBe(prefix);
  });
});

const HOUR_MS = 3_600_000;
const nameOf = async (prefix: string) =>
  (await hmacHex('for tests only', [`network:${Math.floor(Date.now() / HOUR_MS)}:${prefix}`]))[0]?.slice(0, 16) ?? '';
const from = (address: string) => ({ headers: { 'CF-Connecting-IP': address } });
const pageView = (visitorId: string) => ({ visitorId, consent: 'personal', events: [{ name: 'page_view' }] });

/** Asks with the limiter of visitors in the place of that of networks: it is the same kind of thing and holds after a tenth of the requests. */
async function ask(address: string, key = 'pk_demo'): Promise<Response> {
  const app = createApp({ now: Date.now, random: Math.random });
  const headers = { 'CF-Connecting-IP': address, Authorization: `Bearer ${key}` };
  const body = JSON.stringify(pageView(crypto.randomUUID()));
  const ctx = createExecutionContext();
  const request = new Request(`${SHOP}/v1/events`, { method: 'POST', headers, body });
  const answer = await app.fetch(request, { ...env, NETWORK_LIMIT: env.RATE_LIMIT }, ctx);
  await waitOnExecutionContext(ctx);
  return answer;
}

test('who invents visitors is held to the rate of one network; the secret key is not limited', async () => {
  const key = `demo:${await nameOf('198.51.100')}`;
  for (let isOpen = true; isOpen; ) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => env.RATE_LIMIT.limit({ key })));
    isOpen = answers.every((answer) => answer.success);
  }
  const held = await ask('198.51.100.99');
  expect(held.status).toBe(429);
  expect(held.headers.get('Retry-After')).toBe('60');
  expect(await held.json()).toMatchObject({ detail: expect.stringContaining('network') });
  expect((await ask('198.51.101.99')).status).toBe(202);
  expect((await ask('198.51.100.99', 'sk_demo')).status).toBe(202);
  expect((await env.NETWORK_LIMIT.limit({ key })).success).toBe(true);
}, 30_000);

test('of an address nothing is kept but a name of its network that changes hourly', async () => {
  const { visitorId, stub } = newcomer();
  const at = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
  const view = (seconds: number) => ({ name: 'view_item', timestamp: at(seconds), items: [{ itemId: 'a' }] });
  await post('/v1/events', { visitorId, consent: 'personal', events: [view(60), view(20)] }, from('203.0.113.77'));
  await stub.wake();
  const [flush = ''] = await flushTexts(stub);
  expect(JSON.parse(flush)).toMatchObject({ network: await nameOf('203.0.113') });
  expect(flush).not.toContain('203.0.113');
  const whole = JSON.stringify(await stub.exportAll(Date.now()));
  expect(whole).not.toContain('203.0.113');
});
