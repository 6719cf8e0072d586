/** The product with a way to its learner: what a queue and an alarm do at times of their own is done here when it is asked for. */
import { type Env, learnerObject } from '../../src/env.ts';
import product from '../../src/index.ts';
import type { LearnBatch } from '../../src/learning/log.ts';
import { Manifest, manifestKey } from '../../src/learning/schema-published.ts';

export * from '../../src/index.ts';

/** The shop of the key that `startServer` sets. */
const SHOP = 'demo';

async function manifestOf(env: Env): Promise<Manifest | null> {
  return Manifest.nullable().parse(await env.CARDS.get(manifestKey(SHOP), { type: 'json' }));
}

const publishing = {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === '/learn') {
      await learnerObject(env, SHOP).apply(await request.json<LearnBatch[]>());
      return Response.json(await manifestOf(env));
    }
    if (url.pathname !== '/publish') return product.fetch(request, env, context);
    await learnerObject(env, SHOP).publish(Number(url.searchParams.get('now')));
    return Response.json({ published: true });
  },
  queue: product.queue,
};

export { publishing as default };
