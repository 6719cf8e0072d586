import { env } from 'cloudflare:workers';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { setHeaders } from '../../src/http/answer-headers.ts';

const HEADERS = { 'X-First': 'one', 'X-Second': 'two' };

/** What comes out of an app that puts headers on the answer of a handler, and whether it is the very answer that the handler made. */
async function through(make: () => Response | Promise<Response>): Promise<{ answer: Response; isSame: boolean }> {
  let made: Response | undefined;
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    setHeaders(c, HEADERS);
  });
  app.get('/', async () => {
    made = await make();
    return made;
  });
  const answer = await app.request('/');
  return { answer, isSame: answer === made };
}

test('an answer gets its headers in place', async () => {
  const { answer, isSame } = await through(
    () => new Response('text', { headers: { 'X-First': 'before', Vary: 'Accept' } }),
  );
  expect(isSame).toBe(true);
  expect(Object.fromEntries(answer.headers)).toMatchObject({ 'x-first': 'one', 'x-second': 'two', vary: 'Accept' });
  expect(await answer.text()).toBe('text');
});

test('an answer that cannot be changed is made anew with them', async () => {
  const { answer, isSame } = await through(() => env.ASSETS.fetch('https://shop.example/no-such-file'));
  expect(isSame).toBe(false);
  expect(Object.fromEntries(answer.headers)).toMatchObject({ 'x-first': 'one', 'x-second': 'two' });
});
