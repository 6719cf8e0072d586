import { type Context, Hono } from 'hono';
import * as z from 'zod';
import { type AppEnv, tallyObject } from '../env.ts';
import { access } from '../http/access.ts';
import { param } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { Problem } from '../http/problem.ts';
import { snapshotOf } from '../snapshot.ts';
import { planOf } from './plan.ts';
import { resultsOf } from './results.ts';
import { Results } from './schema-results.ts';

const KeyParam = z.object({
  key: z
    .string()
    .min(1)
    .max(200)
    .describe('Of an experiment, or `message:<key>` (its variants), `message-holdout:<key>`, `holdout:<name>`.'),
});

const snapshotFor = (c: Context<AppEnv>) =>
  snapshotOf(c.env, c.var.shop, { now: c.var.now, waitUntil: (work) => c.executionCtx.waitUntil(work) });

/** What experiments have shown. */
export const resultsRoutes = new Hono<AppEnv>().get(
  '/v1/experiments/:key/results',
  describe(
    DESCRIBED && {
      summary: 'What an experiment has shown, and what may be concluded from it',
      description:
        'Per variation exposures and every metric with its lift over the first variation, by default under intervals that hold however often they are read. Where the sample-ratio check fails nothing is concluded. Also of the variants of a message, of a message’s holdout, and of a global holdout, whose headline is the incremental revenue per visitor.',
      tag: 'Analytics',
      key: 'secret',
      param: KeyParam,
      answers: { 200: Results },
      problems: ['not-found'],
    },
  ),
  access('secret'),
  param(KeyParam),
  async (c) => {
    const { key } = c.req.valid('param');
    const { config } = await snapshotFor(c);
    const plan = planOf(config, key);
    if (plan === null) throw new Problem('not-found', `The config has no "${key.slice(0, 100)}" to have results.`);
    const tally = tallyObject(c.env, c.var.shop);
    const [cells, log] = await Promise.all([
      tally.experimentCells(plan.experiment, plan.phase),
      plan.bandit === null ? [] : tally.weightsLog(plan.experiment, plan.phase),
    ]);
    const armsOf = (other: string) => planOf(config, other)?.arms.map((arm) => arm.key) ?? [];
    c.header('Cache-Control', 'private, no-store');
    return c.json(resultsOf(plan, cells, { now: c.var.now, armsOf, log }) satisfies Results);
  },
);
