import { Hono } from 'hono';
import { type AppEnv, directoryObject } from '../env.ts';
import { access } from '../http/access.ts';
import { describe } from '../http/describe.ts';
import { SamplesAnswer } from './schema-sample.ts';

export const personaRoutes = new Hono<AppEnv>().get(
  '/v1/personas/samples',
  describe(
    DESCRIBED && {
      summary: 'How a sample of the shop’s visitors shops',
      description:
        'Numbers of at most a thousand visitors who may be remembered, drawn at random, without anything that names them: what `npm run personas -- --discover` looks for personas in.',
      tag: 'Analytics',
      key: 'secret',
      answers: { 200: SamplesAnswer },
    },
  ),
  access('secret'),
  async (c) => {
    const { shop, now } = c.var;
    const samples = await directoryObject(c.env, shop).samples(now);
    return c.json({
      samples: samples.map(({ at, orderedAt, facts }) => ({
        at: new Date(at).toISOString(),
        ...(orderedAt === undefined ? {} : { orderedAt: new Date(orderedAt).toISOString() }),
        facts,
      })),
    } satisfies SamplesAnswer);
  },
);
