import { Hono } from 'hono';
import * as z from 'zod';
import type { AppEnv } from '../env.ts';
import { describe } from './describe.ts';

const Health = z.object({ status: z.literal('ok') });

/** What is about the service itself: health, the API document and its page, the pages of problems. */
export const metaRoutes = new Hono<AppEnv>().get(
  '/v1/health',
  describe({
    summary: 'Whether the Worker answers. No I/O, no key',
    tag: 'Meta',
    key: 'none',
    answers: { 200: Health },
  }),
  (c) => c.json({ status: 'ok' as const }),
);
