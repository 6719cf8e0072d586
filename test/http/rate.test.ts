import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { post } from '../support/http.ts';

test('a visitor has 600 requests a minute; the secret key is not limited', async () => {
  const visitorId = crypto.randomUUID();
  // All but the last are taken from the limiter itself: what is tested is that requests are held to it, under the visitor’s own name.
  const key = `demo:${visitorId}`;
  const spend = async (): Promise<number> => {
    let taken = 0;
    for (let isOpen = true; isOpen && taken < 1500; taken += 100) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => env.RATE_LIMIT.limit({ key })));
      isOpen = answers.every((answer) => answer.success);
    }
    return taken;
  };
  const body = { visitorId, events: [{ name: 'page_view' }] };
  expect(await spend()).toBeGreaterThan(600);
  let held = await post('/v1/events', body);
  // Minutes are counted by the clock: one may begin between the last that was taken and the request, but not twice in a row.
  if (held.status !== 429) {
    await spend();
    held = await post('/v1/events', body);
  }
  expect(held.status).toBe(429);
  expect(held.headers.get('Retry-After')).toBe('60');
  expect(await held.json()).toMatchObject({ type: '/problems/too-many-requests' });
  expect((await post('/v1/events', body, { key: 'sk_demo' })).status).toBe(202);
  expect((await post('/v1/events', { ...body, visitorId: crypto.randomUUID() })).status).toBe(202);
}, 20_000);
