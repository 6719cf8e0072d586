import { type Context, Hono } from 'hono';
import * as z from 'zod';
import type { AppEnv } from '../../env.ts';
import type { Carried } from '../../http/access.ts';
import { readJson } from '../../http/body.ts';
import { type Description, describe } from '../../http/describe.ts';
import { admitForeign, bodyKeyOf, foreignKeyOf } from '../../http/foreign-key.ts';
import { Problem } from '../../http/problem.ts';
import { Consent } from '../schema.ts';
import { Rejection } from '../wire.ts';
import { translateMeasurementProtocol } from './ga4.ts';
import { translateSegment } from './segment.ts';
import { translateSnowplow } from './snowplow.ts';
import { takeForeign } from './take.ts';
import type { Translation } from './translated.ts';
import { Dialect, translateWrapped } from './wrapped.ts';

/** Segment's own limit is half of this; others are less strict. */
const MOST_BYTES = 1_000_000;

const Body = z.looseObject({}).describe('As the client sends it; JSON whatever the content type says, also gzipped');
const Counted = { accepted: z.number(), duplicates: z.number(), rejected: z.array(Rejection) };
const WrappedAnswer = z.object({ ...Counted, visitorId: z.string().optional(), consentUsed: Consent.optional() });

function described(summary: string, answers: Description['answers'], description?: string): Description {
  const problems = ['too-many-requests', 'unavailable'] as const;
  const rest = description === undefined ? {} : { description };
  return { summary, tag: 'Events', key: 'publishable', body: Body, answers, problems, ...rest };
}

/** The calls of the tracking API by the last part of their path. */
const CALLS: ReadonlyMap<string, string | undefined> = new Map([
  ...['track', 'page', 'identify', 'screen', 'group', 'alias'].flatMap((type): [string, string][] => [
    [type, type],
    [type.charAt(0), type],
  ]),
  ['batch', undefined],
  ['b', undefined],
]);
const TRACKING_PATHS = [...CALLS.keys()].map((call) => `/v1/${call}`);
const PREFIXED = new RegExp(`/v1/(${[...CALLS.keys()].join('|')})/?$`);

/**
 * Reads a foreign body and lets its sender in.
 * @throws Problem `no-key` before `malformed`: where the body cannot be read and the request carries no key, nobody knows whose it is
 */
async function readForeign(c: Context<AppEnv>): Promise<unknown> {
  const carried: Carried | null = foreignKeyOf(c.req.raw);
  if (carried !== null) admitForeign(c, carried);
  try {
    const body = await readJson(c.req.raw, MOST_BYTES);
    if (carried === null) admitForeign(c, bodyKeyOf(body));
    return body;
  } catch (error) {
    if (carried === null && error instanceof Problem && error.slug === 'malformed') admitForeign(c, null);
    throw error;
  }
}

/** RudderStack repeats the anonymous id in a header, in base64. */
function anonymousIdOf(c: Context<AppEnv>): string | undefined {
  try {
    return atob(c.req.header('AnonymousId') ?? '') || undefined;
  } catch {
    return undefined;
  }
}

async function takeBody(c: Context<AppEnv>, translate: (body: unknown) => Translation) {
  return takeForeign(c, translate(await readForeign(c)));
}

async function track(c: Context<AppEnv>, call: string) {
  const { accepted, duplicates, rejected } = await takeBody(c, (body) =>
    translateSegment(body, CALLS.get(call), anonymousIdOf(c)),
  );
  return { success: true as const, accepted, duplicates, rejected };
}

const TrackingAnswer = z.object({ success: z.literal(true), ...Counted });
const TRACKING =
  'Messages as Segment’s and RudderStack’s clients send them, one or a `batch`. The key: Basic auth (as the user name), Bearer, `X-Write-Key`, `?writeKey=`, or the body’s `writeKey`. ' +
  'Any prefix before `/v1/` is accepted. A message that cannot be taken is named under `rejected` and hurts no other; event names that have no counterpart are kept as `custom`.';

/** Events as the clients of other tools send them. */
export const dialectRoutes = new Hono<AppEnv>()
  .on(
    'POST',
    [...TRACKING_PATHS],
    describe(DESCRIBED && described('Take messages of Segment’s tracking API', { 200: TrackingAnswer }, TRACKING)),
    async (c) => c.json(await track(c, c.req.path.split('/').at(-1) ?? '')),
  )
  .post(
    '/beacon/v1/batch',
    describe(DESCRIBED && described('Take a beacon of RudderStack’s browser client', { 200: 'OK' })),
    async (c) => {
      await track(c, 'batch');
      return c.text('OK');
    },
  )
  .on(
    'POST',
    ['/api/s/:type', '/api/s/s2s/:type'],
    describe(
      DESCRIBED && {
        ...described('Take a message of Jitsu’s clients', { 200: z.object({ ok: z.literal(true), ...Counted }) }),
        param: z.object({ type: z.string().describe('track, page, identify, group, …') }),
      },
    ),
    async (c) => {
      const { accepted, duplicates, rejected } = await takeBody(c, (body) =>
        translateSegment(body, c.req.path.split('/').at(-1)),
      );
      return c.json({ ok: true as const, accepted, duplicates, rejected });
    },
  )
  .post(
    '/mp/collect',
    describe(
      DESCRIBED && {
        ...described('Take a body of GA4’s Measurement Protocol', { 204: 'Taken, as far as it could be read' }),
        query: z.object({ api_secret: z.string().describe('The publishable key') }),
      },
    ),
    async (c) => {
      await takeBody(c, translateMeasurementProtocol);
      return c.body(null, 204);
    },
  )
  .post(
    '/com.snowplowanalytics.snowplow/tp2',
    describe(
      DESCRIBED && {
        ...described('Take events of Snowplow’s trackers', { 200: 'ok' }),
        query: z.object({ key: z.string().describe('The publishable key') }),
      },
    ),
    async (c) => {
      await takeBody(c, translateSnowplow);
      return c.text('ok');
    },
  )
  .post(
    '/v1/dialects/:dialect',
    describe(
      DESCRIBED && {
        ...described(
          'Take events in the words of another tool',
          { 202: WrappedAnswer },
          'What a shop’s page hands on: pushes of a `dataLayer` (ga4), events of a Shopify web pixel (shopify), what Hydrogen’s `Analytics` publishes (hydrogen); one or a list, bare or under `events`. ' +
            'Beside `events`, or in the query, the visitor may be named: `visitorId`; beside them also `customerId`, `consent`, `sentAt`, and Shopify’s `customerPrivacy`.',
        ),
        param: z.object({ dialect: Dialect }),
        query: z.object({ visitorId: z.string().optional() }),
      },
    ),
    async (c) => {
      const dialect = Dialect.safeParse(c.req.param('dialect'));
      if (!dialect.success) throw new Problem('not-found', 'There is no such dialect: ga4, shopify and hydrogen are.');
      const visitorId = c.req.query('visitorId');
      const taken = await takeBody(c, (body) => translateWrapped(dialect.data, body, visitorId));
      return c.json(taken, 202);
    },
  );

/** The tracking API under any prefix, as clients are pointed at a proxy's path. To be registered last: it looks at whatever no other route has answered. */
export const prefixedRoutes = new Hono<AppEnv>().post('*', async (c, next) => {
  const call = PREFIXED.exec(c.req.path)?.[1];
  if (call === undefined) return next();
  return c.json(await track(c, call));
});
