import { Hono } from 'hono';
import * as z from 'zod';
import { type AppEnv, learnerObject } from '../env.ts';
import { access } from '../http/access.ts';
import { query, readBytes } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { Problem } from '../http/problem.ts';

const UPLOAD_BYTES = 10_000_000;
const NUMBER = /^\d{1,6}$/;

/** Which part of which import a body is. */
const UploadQuery = z
  .strictObject({
    importId: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/),
    chunk: z.string().regex(NUMBER).transform(Number),
    chunks: z.string().regex(NUMBER).transform(Number),
  })
  .refine((part) => part.chunk < part.chunks, { path: ['chunk'], message: 'is numbered from 0 and below `chunks`' });

const UploadAnswer = z.object({
  importId: z.string(),
  chunk: z.number(),
  /** False: it had been taken before, and nothing was added. */
  accepted: z.boolean(),
});

const REFUSALS = {
  broken: 'The body is no upload of item cards, or is damaged.',
  'in-future': 'The newest event of these cards lies more than a day in the future.',
};

/** Cards that were built offline. */
export const learningRoutes = new Hono<AppEnv>().put(
  '/v1/cards',
  describe({
    summary: 'Adds item cards that were built offline, once per import and chunk',
    description:
      'What `npm run import` sends. A chunk that was taken before is answered with `accepted: false` and adds nothing.',
    tag: 'Learning',
    key: 'secret',
    query: UploadQuery,
    bodyType: 'application/octet-stream',
    answers: { 200: UploadAnswer },
    problems: ['invalid', 'too-large'],
  }),
  access('secret'),
  query(UploadQuery),
  async (c) => {
    const { importId, chunk } = c.req.valid('query');
    const bytes = await readBytes(c.req.raw, UPLOAD_BYTES);
    const whole = bytes.slice().buffer;
    const result = await learnerObject(c.env, c.get('shop')).upload(importId, chunk, whole);
    if (result === 'broken' || result === 'in-future') throw new Problem('invalid', REFUSALS[result]);
    return c.json({ importId, chunk, accepted: result === 'accepted' });
  },
);
