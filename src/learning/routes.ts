import { Hono } from 'hono';
import * as z from 'zod';
import { type AppEnv, learnerObject, tallyObject } from '../env.ts';
import { access } from '../http/access.ts';
import { query, readBytes } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { Problem } from '../http/problem.ts';

const UPLOAD_BYTES = 10_000_000;
const TRIALS = /^(\d{1,5}(\.\d{1,4})?,){3}\d{1,5}(\.\d{1,4})?$/;
/** Numbers of the four kinds of contexts and of personas, four of each. */
const CONTEXTS = /^(-?\d{1,6}(\.\d{1,4})?,){19}-?\d{1,6}(\.\d{1,4})?$/;
const NUMBER = /^\d{1,6}$/;

/** Which part of which import a body is. */
const UploadQuery = z
  .strictObject({
    importId: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/),
    chunk: z.string().regex(NUMBER).transform(Number),
    chunks: z.string().regex(NUMBER).transform(Number),
    replace: z
      .literal('true')
      .optional()
      .describe(
        'The parts replace what was learnt, once all are there; `importId` is the rebuildId of a rebuild that was begun.',
      ),
    trials: z
      .string()
      .regex(TRIALS)
      .optional()
      .describe(
        'How trials went while it was learnt: of so many the one way alone had right, the other alone, both. With cards: of orders, companions weighed against each other and each pair by itself; with sessions: of views, both scorers together and the cards alone. Counted with the part, once; not with `replace`.',
      ),
    again: z
      .string()
      .regex(TRIALS)
      .optional()
      .describe('The same of what is bought again: by who comes back for what, and without.'),
    contexts: z
      .string()
      .regex(CONTEXTS)
      .optional()
      .describe(
        'What knowing country, device, time of day, source and persona told of what was learnt, in this order; of each the number of trials, the sum of bits, of their squares, and of the squared weights of the trials.',
      ),
    sessions: z
      .literal('true')
      .optional()
      .describe('The part is no cards but recent sessions, for the second scorer; parts come the newest first.'),
  })
  .refine(({ replace, sessions }) => replace === undefined || sessions === undefined, {
    path: ['sessions'],
    message: 'is not for parts that replace',
  })
  .refine((part) => part.chunk < part.chunks, { path: ['chunk'], message: 'is numbered from 0 and below `chunks`' });

const UploadAnswer = z.object({
  importId: z.string(),
  chunk: z.number(),
  /** False: it had been taken before, and nothing was added. */
  accepted: z.boolean(),
  /** This was the last part of a rebuild: its cards have taken the place of what was learnt. */
  replaced: z.boolean().optional(),
});

const RebuildAnswer = z.object({
  rebuildId: z.string(),
  until: z
    .number()
    .describe('Values of the archive up to this number are to be read: all that was counted before now.'),
  lastKey: z.string().nullable().describe('The newest of them; KV may need a minute until it is seen everywhere.'),
});

const REFUSALS = {
  broken: 'The body is no upload of item cards (or, with `sessions`, of sessions), or is damaged.',
  'in-future': 'The newest event of these cards lies more than a day in the future.',
  'no-rebuild': 'No such rebuild is in progress; another one may have been begun. Begin again.',
};

/** Cards that were built offline. */
export const learningRoutes = new Hono<AppEnv>()
  .post(
    '/v1/cards/rebuild',
    describe(
      DESCRIBED && {
        summary: 'Begins to rebuild the item cards from the archive',
        description:
          'What `npm run replay` begins with. From now on what is learnt is noted as well; when all parts of the rebuilt cards were sent (`PUT /v1/cards` with `replace`), they take the place of what was learnt and imported before, and what was learnt meanwhile is added. A rebuild that was in progress is given up.',
        tag: 'Learning',
        key: 'secret',
        answers: { 200: RebuildAnswer },
        problems: ['unavailable'],
      },
    ),
    access('secret'),
    async (c) => {
      const { shop } = c.var;
      const rebuildId = `replay-${crypto.randomUUID()}`;
      const learner = learnerObject(c.env, shop);
      // In this order: what is learnt between the two steps is noted, and known to be in the archive.
      await learner.beginRebuild(rebuildId);
      const fence = await tallyObject(c.env, shop).fence();
      if (fence === null)
        throw new Problem('unavailable', 'The archive cannot be written at the moment.', {
          headers: { 'Retry-After': '60' },
        });
      const { until, lastKey, newest } = fence;
      await learner.fenceRebuild(rebuildId, newest);
      return c.json({ rebuildId, until, lastKey: lastKey?.slice(shop.length + 1) ?? null });
    },
  )
  .put(
    '/v1/cards',
    describe(
      DESCRIBED && {
        summary: 'Adds item cards that were built offline, or sessions, once per import and chunk',
        description:
          'What `npm run import` sends. A chunk that was taken before is answered with `accepted: false` and adds nothing.',
        tag: 'Learning',
        key: 'secret',
        query: UploadQuery,
        bodyType: 'application/octet-stream',
        answers: { 200: UploadAnswer },
        problems: ['invalid', 'too-large', 'conflict'],
      },
    ),
    access('secret'),
    query(UploadQuery),
    async (c) => {
      const { importId, chunk, chunks, replace, trials, again, contexts, sessions } = c.req.valid('query');
      const bytes = await readBytes(c.req.raw, UPLOAD_BYTES);
      const whole = bytes.slice().buffer;
      const learner = learnerObject(c.env, c.get('shop'));
      const part = { rebuildId: importId, chunk, chunks };
      const isSessions = sessions === 'true';
      const result = await (replace
        ? learner.stage(part, whole)
        : learner.upload(
            { importId, chunk, isLast: chunk === chunks - 1, trials, again, contexts, isSessions },
            whole,
          ));
      if (result === 'no-rebuild') throw new Problem('conflict', REFUSALS[result]);
      if (result === 'broken' || result === 'in-future') throw new Problem('invalid', REFUSALS[result]);
      const replaced = replace ? { replaced: result === 'replaced' } : {};
      return c.json({ importId, chunk, accepted: result !== 'repeated', ...replaced });
    },
  );
