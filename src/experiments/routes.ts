import { type Context, Hono } from 'hono';
import { experimentsOf } from '../decide/compiled.ts';
import type { AppEnv } from '../env.ts';
import { access, admit, keyOf } from '../http/access.ts';
import { json, readJson } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { issueOverrides } from '../http/overrides.ts';
import { Problem } from '../http/problem.ts';
import { fnv1a32 } from '../shared/hash.ts';
import { snapshotOf } from '../snapshot.ts';
import { growthbookFeatures } from './growthbook.ts';
import { EvaluationBody, evaluateExperiment, OverridesAnswer, OverridesBody } from './ofrep.ts';
import { takeUnit } from './take.ts';

const BODY_LIMIT_BYTES = 100_000;

/** The config, and the weights by which its bandits deal. */
async function dealingNow(c: Context<AppEnv>) {
  const waitUntil = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
  const { config, aggregates } = await snapshotOf(c.env, c.var.shop, { now: c.var.now, waitUntil });
  return { config, weights: aggregates.weights };
}

/** OpenFeature's clients carry the key as Bearer or as `X-API-Key`. */
function admitFlags(c: Context<AppEnv>): void {
  const own = c.req.header('X-API-Key');
  admit(c, own ? { key: own, from: 'header' } : keyOf(c.req.raw), 'publishable');
}

/** @returns what is wrong, in the protocol's words */
function problemOf(error: { issues: readonly { path: readonly PropertyKey[] }[] }): {
  errorCode: string;
  errorDetails: string;
} {
  const isKey = error.issues.some((issue) => issue.path.includes('targetingKey'));
  return {
    errorCode: isKey ? 'TARGETING_KEY_MISSING' : 'INVALID_CONTEXT',
    errorDetails: isKey
      ? 'context.targetingKey is a text of 1 to 256 characters.'
      : 'The body is {"context": {"targetingKey": "…"}}.',
  };
}

/** @throws Problem for a body that is too large or cannot be inflated; what is no JSON is said in the protocol's words */
async function bodyOf(c: Context<AppEnv>) {
  try {
    return EvaluationBody.safeParse(await readJson(c.req.raw, BODY_LIMIT_BYTES));
  } catch (error) {
    if (!(error instanceof Problem) || error.slug !== 'malformed') throw error;
    return { success: false as const, failure: { errorCode: 'PARSE_ERROR', errorDetails: 'The body is not JSON.' } };
  }
}

const unitOf = (c: Context<AppEnv>, { context: { targetingKey, ...context } }: EvaluationBody) =>
  takeUnit(c, targetingKey, context);

const failureOf = (read: { success: false; error?: Parameters<typeof problemOf>[0]; failure?: object }) =>
  read.failure ?? problemOf(read.error ?? { issues: [] });

/** Flags for OpenFeature's clients, and the experiments for GrowthBook's. Nothing that is asked here counts as met. */
export const experimentRoutes = new Hono<AppEnv>()
  .get(
    '/v1/experiments/growthbook.json',
    describe(
      DESCRIBED && {
        summary: 'The experiments as features for GrowthBook’s SDKs',
        description:
          'With the facts as attributes (`visitorId`, `context`, …) an SDK gives every visitor the variation that decisions give.',
        tag: 'Decide',
        key: 'publishable',
        answers: { 200: 'The features, as GrowthBook’s API answers them' },
      },
    ),
    access('publishable'),
    async (c) => {
      c.header('Cache-Control', 'private, max-age=30');
      const { config, weights } = await dealingNow(c);
      return c.json({ status: 200, features: growthbookFeatures(config, weights) });
    },
  )
  .post(
    '/v1/experiments/overrides',
    describe(
      DESCRIBED && {
        summary: 'A token with which variations can be tried out',
        description:
          'Sent with a decision (`overrides`, or the header `X-Experiment-Overrides`) or in the context of a flag, it gives these variations, drafts included, and nothing of it is counted.',
        tag: 'Decide',
        key: 'secret',
        body: OverridesBody,
        answers: { 200: OverridesAnswer },
        problems: ['malformed', 'no-key', 'unknown-key', 'key-may-not', 'invalid', 'no-keys'],
      },
    ),
    access('secret'),
    json(OverridesBody, BODY_LIMIT_BYTES),
    async (c) => {
      const { variations, hours } = c.req.valid('json');
      const until = c.var.now + hours * 3_600_000;
      const token = await issueOverrides(c.env, c.var.shop, { variations, until });
      if (token === null) throw new Problem('invalid', 'This deployment has no SIGNING_SECRET to sign a token with.');
      return c.json({ token, expiresAt: new Date(until).toISOString() });
    },
  )
  .post(
    '/ofrep/v1/evaluate/flags',
    describe(
      DESCRIBED && {
        summary: 'All flags for one context (OFREP 0.3, bulk)',
        description:
          'A flag is an experiment, its variant a variation. The `ETag` is of the result. A bulk evaluation is no exposure.',
        tag: 'Decide',
        key: 'publishable',
        body: EvaluationBody,
        problems: ['too-many-requests'],
        answers: { 200: 'The evaluated flags', 304: 'Nothing has changed', 400: 'The context is not as it should be' },
      },
    ),
    async (c) => {
      admitFlags(c);
      const read = await bodyOf(c);
      if (!read.success) return c.json(failureOf(read), 400);
      const unit = await unitOf(c, read.data);
      const flags = experimentsOf(unit.config, unit.weights).map((one) => evaluateExperiment(one, unit));
      const text = JSON.stringify({ flags });
      const etag = `"${fnv1a32(text).toString(16)}${text.length.toString(16)}"`;
      c.header('ETag', etag);
      c.header('Cache-Control', 'private, no-cache');
      if (c.req.header('If-None-Match') === etag) return c.body(null, 304);
      c.header('Content-Type', 'application/json');
      return c.body(text);
    },
  )
  .post(
    '/ofrep/v1/evaluate/flags/:key',
    describe(
      DESCRIBED && {
        summary: 'One flag for one context (OFREP 0.3)',
        tag: 'Decide',
        key: 'publishable',
        body: EvaluationBody,
        problems: ['too-many-requests'],
        answers: { 200: 'The evaluated flag', 400: 'The context is not as it should be', 404: 'There is no such flag' },
      },
    ),
    async (c) => {
      admitFlags(c);
      const key = c.req.param('key');
      const read = await bodyOf(c);
      if (!read.success) return c.json({ key, ...failureOf(read) }, 400);
      const unit = await unitOf(c, read.data);
      const experiment = experimentsOf(unit.config, unit.weights).find((one) => one.key === key);
      if (experiment === undefined)
        return c.json(
          { key, errorCode: 'FLAG_NOT_FOUND', errorDetails: `There is no flag "${key.slice(0, 100)}".` },
          404,
        );
      return c.json(evaluateExperiment(experiment, unit));
    },
  );
