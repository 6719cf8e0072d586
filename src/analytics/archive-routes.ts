import { Hono } from 'hono';
import { type AppEnv, tallyObject } from '../env.ts';
import { access } from '../http/access.ts';
import { json, param, query } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { Problem } from '../http/problem.ts';
import { archiveStore } from './archive-store.ts';
import { ArchiveAnswer, ArchiveParam, ArchiveQuery, CountsAnswer, CountsBody } from './schema.ts';

/** The archive of browsing events, and the counters that are raised to it. */
export const archiveRoutes = new Hono<AppEnv>()
  .get(
    '/v1/archive',
    describe(
      DESCRIBED && {
        summary: 'Which values the archive of browsing events has',
        description:
          'The archive holds the events of visitors who consented to being remembered, under pseudonyms. It is written every hour, or every 5 MB, and is kept for `retention.archiveDays`.',
        tag: 'Analytics',
        key: 'secret',
        query: ArchiveQuery,
        answers: { 200: ArchiveAnswer },
        problems: ['invalid'],
      },
    ),
    access('secret'),
    query(ArchiveQuery),
    async (c) => c.json(await archiveStore(c.env.ARCHIVE, c.var.shop).list(c.req.valid('query').cursor)),
  )
  .get(
    '/v1/archive/:day/:hour/:n',
    describe(
      DESCRIBED && {
        summary: 'A value of the archive: an event a line',
        tag: 'Analytics',
        key: 'secret',
        param: ArchiveParam,
        answers: { 200: 'application/x-ndjson' },
        problems: ['invalid', 'not-found'],
      },
    ),
    access('secret'),
    param(ArchiveParam),
    async (c) => {
      const lines = await archiveStore(c.env.ARCHIVE, c.var.shop).read(c.req.valid('param'));
      if (lines === null) throw new Problem('not-found', 'The archive has no such value, or not yet.');
      return c.body(lines, 200, { 'Content-Type': 'application/x-ndjson' });
    },
  )
  .post(
    '/v1/archive/counts',
    describe(
      DESCRIBED && {
        summary: 'Raises the counters of events to what the archive knows',
        description:
          'What `npm run replay` sends. A counter that already says as much or more stays: counters also hold the events of visitors who are not archived. Repeating it changes nothing.',
        tag: 'Analytics',
        key: 'secret',
        body: CountsBody,
        answers: { 200: CountsAnswer },
        problems: ['malformed', 'invalid', 'too-large'],
      },
    ),
    access('secret'),
    json(CountsBody),
    async (c) => c.json({ raised: await tallyObject(c.env, c.var.shop).raise(c.req.valid('json').days) }),
  );
