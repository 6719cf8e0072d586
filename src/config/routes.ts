import { type Context, Hono, type MiddlewareHandler } from 'hono';
import * as z from 'zod';
import { archiveStore } from '../analytics/archive-store.ts';
import { type AppEnv, configObject, tallyObject } from '../env.ts';
import type { Simulation } from '../experiments/schema-simulation.ts';
import { simulate } from '../experiments/simulate.ts';
import { access, keyOf } from '../http/access.ts';
import { json, param, query, readJson } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { Problem } from '../http/problem.ts';
import { DAY_MS, isoDay } from '../shared/decay.ts';
import { fnv1a32 } from '../shared/hash.ts';
import { forget } from '../snapshot.ts';
import { type CheckedConfig, checkConfig } from './check.ts';
import { resolveConfig } from './defaults.ts';
import { etagOf, expectedVersion, isKnown } from './etag.ts';
import { lintCaps } from './lint-caps.ts';
import { SiteConfigInput } from './schema.ts';
import { SecretName } from './schema-common.ts';
import {
  Publication,
  Published,
  RollbackRequest,
  SecretReceipt,
  SecretValue,
  ValidateQuery,
  Validation,
  Versions,
  VersionsQuery,
} from './schema-wire.ts';

const BODY_LIMIT = 1_000_000;
const SECRET_LIMIT = 100_000;

/** Who publishes: a fingerprint tells two keys apart and gives neither away. */
function publisherOf(request: Request): string {
  const key = keyOf(request)?.key ?? '';
  return `secret key ${fnv1a32(key).toString(16).padStart(8, '0')}`;
}

function acceptedOrThrow(checked: CheckedConfig): SiteConfigInput {
  if (checked.config !== null) return checked.config;
  const [first] = checked.issues;
  const detail = first
    ? `The config: ${first.path === '' ? '' : `${first.path}: `}${first.message}`
    : 'The config is invalid.';
  throw new Problem('invalid', detail.slice(0, 500), { issues: checked.issues });
}

type SecretBody = z.infer<typeof SecretValue>;

/** Middleware: reads a secret and quotes nothing of what was sent. Where JSON is broken, the usual detail would hold a piece of it. */
const secretBody: MiddlewareHandler<AppEnv, string, { in: { json: SecretBody }; out: { json: SecretBody } }> = async (
  c,
  next,
) => {
  const plain = await readJson(c.req.raw, SECRET_LIMIT).catch((error: unknown) => {
    if (!(error instanceof Problem) || error.slug !== 'malformed') throw error;
    throw new Problem('malformed', 'The body is not a JSON document in UTF-8 such as {"value": "…"}.');
  });
  const result = SecretValue.safeParse(plain);
  const message = 'is a text of 1 to 10,000 characters, and the only field';
  if (!result.success)
    throw new Problem('invalid', `The body: value ${message}`, { issues: [{ path: 'value', message }] });
  c.req.addValidatedData('json', result.data);
  await next();
};

/** Checks a config as the one that is to follow the published one. */
async function checkNext(c: Context<AppEnv>, plain: unknown): Promise<CheckedConfig> {
  const current = await configObject(c.env, c.var.shop).current();
  return checkConfig(plain, c.var.now, current === null ? null : (JSON.parse(current.config) as SiteConfigInput));
}

/** So many days back an experiment is tried. */
const PAST_DAYS = 28;

/** Tries an experiment on the newest events of the archive. @throws Problem where the config has no such experiment */
async function simulation(c: Context<AppEnv>, config: SiteConfigInput, key: string): Promise<Simulation> {
  const { shop, now } = c.var;
  const days = Array.from({ length: PAST_DAYS }, (_, i) => isoDay(now - i * DAY_MS));
  const [events, { total }] = await Promise.all([
    archiveStore(c.env.ARCHIVE, shop).newest(days),
    tallyObject(c.env, shop).events({ from: days[7], to: days[1] }),
  ]);
  const eventsADay = total === 0 ? null : total / 7;
  const found = simulate(resolveConfig(config), key, { events, eventsADay });
  if (found === null) throw new Problem('invalid', `The config has no experiment "${key}" to simulate.`);
  return found;
}

/** Publishes what was checked, and answers as PUT and rollback do. @throws Problem `stale-version` */
async function publish(c: Context<AppEnv>, checked: CheckedConfig, rollbackOf: number | null) {
  const shop = c.var.shop;
  const outcome = await configObject(c.env, shop).publish({
    shop,
    config: JSON.stringify(acceptedOrThrow(checked)),
    expected: expectedVersion(c.req.header('If-Match')),
    by: publisherOf(c.req.raw),
    rollbackOf,
    now: c.var.now,
  });
  if (!outcome.done) {
    throw new Problem('stale-version', `The current version is ${outcome.current}, not the one in If-Match.`, {
      headers: { ETag: etagOf(outcome.current) },
    });
  }
  forget(shop, 'config');
  c.header('ETag', etagOf(outcome.version));
  const { inactive, warnings } = checked;
  return { version: outcome.version, publishedAt: new Date(outcome.publishedAt).toISOString(), inactive, warnings };
}

export const configRoutes = new Hono<AppEnv>()
  .get(
    '/v1/config',
    describe(
      DESCRIBED && {
        summary: 'The published config',
        description:
          'Exactly as it was published, with its version as `ETag`. Before the first publication it is `{}`, version 0.',
        tag: 'Config',
        key: 'secret',
        answers: { 200: Published, 304: 'Nothing newer than the version in `If-None-Match`.' },
      },
    ),
    access('secret'),
    async (c) => {
      const current = await configObject(c.env, c.var.shop).current();
      const version = current?.version ?? 0;
      c.header('ETag', etagOf(version));
      c.header('Cache-Control', 'private, no-cache');
      if (isKnown(c.req.header('If-None-Match'), version)) return c.body(null, 304);
      const config: SiteConfigInput = current === null ? {} : JSON.parse(current.config);
      const publishedAt = current === null ? null : new Date(current.publishedAt).toISOString();
      return c.json({ version, publishedAt, config });
    },
  )
  .put(
    '/v1/config',
    describe(
      DESCRIBED && {
        summary: 'Publish a config',
        description:
          'The bare config becomes the next version. `If-Match` with the `ETag` that was read keeps two publishers from overwriting each other. Parts without effect yet are named in `inactive`.',
        tag: 'Config',
        key: 'secret',
        body: SiteConfigInput,
        answers: { 200: Publication },
        problems: ['invalid', 'stale-version', 'malformed', 'too-large'],
      },
    ),
    access('secret'),
    async (c) => c.json(await publish(c, await checkNext(c, await readJson(c.req.raw, BODY_LIMIT)), null)),
  )
  .post(
    '/v1/config/validate',
    describe(
      DESCRIBED && {
        summary: 'Check a config without publishing it',
        description:
          'As the one that would follow the published one. With `simulate` an experiment is tried on the archive before it starts: who would be in it, how long it would take, which others it overlaps, which caps its metrics would need.',
        tag: 'Config',
        key: 'secret',
        query: ValidateQuery,
        body: SiteConfigInput,
        answers: { 200: Validation },
        problems: ['malformed', 'too-large', 'invalid'],
      },
    ),
    access('secret'),
    query(ValidateQuery),
    async (c) => {
      const { config, issues, warnings, inactive } = await checkNext(c, await readJson(c.req.raw, BODY_LIMIT));
      const checked = { valid: config !== null, problems: issues, warnings, inactive };
      const { simulate: key } = c.req.valid('query');
      if (config === null || key === undefined) return c.json(checked);
      const found = await simulation(c, config, key);
      return c.json({
        ...checked,
        warnings: [...warnings, ...lintCaps(config, found)],
        simulation: found,
      } satisfies z.infer<typeof Validation>);
    },
  )
  .get(
    '/v1/config/versions',
    describe(
      DESCRIBED && {
        summary: 'Every version ever published, newest first',
        tag: 'Config',
        key: 'secret',
        query: VersionsQuery,
        answers: { 200: Versions },
        problems: ['invalid'],
      },
    ),
    access('secret'),
    query(VersionsQuery),
    async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const heads = await configObject(c.env, c.var.shop).list(cursor, limit);
      const versions = heads.map((head) => ({ ...head, publishedAt: new Date(head.publishedAt).toISOString() }));
      const last = versions.at(-1);
      return c.json({
        versions,
        cursor: last !== undefined && versions.length === limit ? String(last.version) : null,
      });
    },
  )
  .post(
    '/v1/config/rollback',
    describe(
      DESCRIBED && {
        summary: 'Publish an earlier version again',
        description: 'It becomes the next version, checked anew. `If-Match` counts as it does for PUT.',
        tag: 'Config',
        key: 'secret',
        body: RollbackRequest,
        answers: { 200: Publication },
        problems: ['unknown-version', 'stale-version', 'invalid', 'malformed'],
      },
    ),
    access('secret'),
    json(RollbackRequest),
    async (c) => {
      const { version } = c.req.valid('json');
      const earlier = await configObject(c.env, c.var.shop).get(version);
      if (earlier === null) throw new Problem('unknown-version', `There is no version ${version}.`);
      return c.json(await publish(c, await checkNext(c, JSON.parse(earlier.config)), version));
    },
  )
  .put(
    '/v1/secrets/:name',
    describe(
      DESCRIBED && {
        summary: 'Set a secret that the config refers to by name',
        description: 'Write-only: no route hands a value out.',
        tag: 'Config',
        key: 'secret',
        param: z.object({ name: SecretName }),
        body: SecretValue,
        answers: { 200: SecretReceipt },
        problems: ['invalid', 'malformed'],
      },
    ),
    access('secret'),
    param(z.object({ name: SecretName })),
    secretBody,
    async (c) => {
      const { name } = c.req.valid('param');
      await configObject(c.env, c.var.shop).putSecret(name, c.req.valid('json').value, c.var.now);
      return c.json({ name, updatedAt: new Date(c.var.now).toISOString() });
    },
  );
