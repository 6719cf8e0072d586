import { Hono } from 'hono';
import type { AppEnv } from '../env.ts';
import { access } from '../http/access.ts';
import { check, readJson } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { snapshotOf } from '../snapshot.ts';
import { bodyOf } from './check.ts';
import { takeEvents } from './take.ts';
import { EventBatch, EventEnvelope, EventsAnswer } from './wire.ts';

const MOST_BYTES = 500_000;

/** What visitors do, as storefronts and servers tell it. */
export const eventRoutes = new Hono<AppEnv>().post(
  '/v1/events',
  describe(
    DESCRIBED && {
      summary: 'Take events of a visitor',
      description:
        'Up to 500 events and 500 KB, inflated if gzipped; read as JSON whatever the content type says. Each event is checked by itself: a bad one is rejected with the place and the reason, the others are taken. ' +
        'An `eventId` is counted once; an event without one cannot be recognised when it is sent again. A bare list of events, or one event, is accepted as the body too. ' +
        'With the secret key each event may carry its own `visitorId` or `customerId` and a time in the past. Crawlers, and visitors who consent to nothing, are answered with `accepted: 0`.',
      tag: 'Events',
      key: 'publishable',
      body: EventBatch,
      answers: { 202: EventsAnswer },
      problems: [
        ...(['malformed', 'too-large', 'unsupported-encoding', 'invalid', 'invalid-identity-token'] as const),
        ...(['too-many-requests', 'unavailable'] as const),
      ],
    },
  ),
  access('publishable'),
  async (c) => {
    const { envelope, pathTo } = bodyOf(await readJson(c.req.raw, MOST_BYTES));
    const checked = check(EventEnvelope, envelope, 'The body');
    const waitUntil = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
    const snapshot = await snapshotOf(c.env, c.get('shop'), { now: c.get('now'), waitUntil });
    const {
      memory: _memory,
      standing: _standing,
      ...answer
    } = await takeEvents(c, checked, { snapshot, pathTo, recall: false });
    return c.json(answer, 202);
  },
);
