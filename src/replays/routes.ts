import { Hono } from 'hono';
import { BODY_LIMIT_BYTES } from '../decide/schema.ts';
import type { AppEnv } from '../env.ts';
import { access } from '../http/access.ts';
import { json } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { ReplayAnswer, ReplayRequest } from './schema.ts';
import { replayRequest } from './take.ts';

export const replayRoutes = new Hono<AppEnv>().post(
  '/v1/replay',
  describe(
    DESCRIBED && {
      summary: 'Decides again what a recommendationId stands for',
      description:
        'With the config, the cards, the time and the chance that the id names, and the request that it answered. Every config is kept, cards for some days (their objects live seven), the catalogue and the visitor’s memory only as they are today: where one of these is another than it was, `gone` says so. Whether the list is the same is checked by the hashes in the id, and nothing is recorded.',
      tag: 'Decide',
      key: 'secret',
      body: ReplayRequest,
      answers: { 200: ReplayAnswer },
      problems: ['malformed', 'invalid', 'too-large', 'invalid-identity-token'],
    },
  ),
  access('secret'),
  json(ReplayRequest, BODY_LIMIT_BYTES + 1_000),
  async (c) => c.json(await replayRequest(c, c.req.valid('json'))),
);
