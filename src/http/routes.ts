import { Hono } from 'hono';
import * as z from 'zod';
import type { AppEnv } from '../env.ts';
import { describe } from './describe.ts';

const Health = z.object({ status: z.literal('ok') });

/** Pages load nothing from elsewhere, and the browser is told to hold us to it. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'";

async function asset(env: AppEnv['Bindings'], request: Request, path: string): Promise<Response> {
  const found = await env.ASSETS.fetch(new Request(new URL(path, request.url), { headers: request.headers }));
  const answer = new Response(found.body, found);
  answer.headers.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  answer.headers.set('X-Content-Type-Options', 'nosniff');
  return answer;
}

/** What is about the service itself: health, the API document and its page, the pages of problems. */
export const metaRoutes = new Hono<AppEnv>()
  .get(
    '/v1/health',
    describe({
      summary: 'Whether the Worker answers. No I/O, no key',
      tag: 'Meta',
      key: 'none',
      answers: { 200: Health },
    }),
    (c) => c.json({ status: 'ok' as const }),
  )
  .get(
    '/openapi.json',
    describe({ summary: 'This document', tag: 'Meta', key: 'none', answers: { 200: 'OpenAPI 3.1, application/json' } }),
    (c) => asset(c.env, c.req.raw, '/openapi.json'),
  )
  .get(
    '/docs',
    describe({ summary: 'This document as a page', tag: 'Meta', key: 'none', answers: { 200: 'HTML' } }),
    (c) => asset(c.env, c.req.raw, '/docs'),
  )
  .get('/docs/:file', (c) => asset(c.env, c.req.raw, `/docs/${encodeURIComponent(c.req.param('file'))}`))
  .get(
    '/problems/:slug',
    describe({
      summary: 'What a problem means and how to mend it',
      tag: 'Meta',
      key: 'none',
      param: z.object({ slug: z.string() }),
      answers: { 200: 'HTML' },
      problems: ['not-found'],
    }),
    async (c) => {
      const found = await asset(c.env, c.req.raw, `/problems/${encodeURIComponent(c.req.param('slug'))}`);
      return found.status === 404 ? c.notFound() : found;
    },
  );
