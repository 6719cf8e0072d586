import { env } from 'cloudflare:workers';
import { expect, vi } from 'vitest';
import { visitorObject } from '../../src/env.ts';
import { send } from '../decide/http.ts';

/** Objects that are woken at a time. */
const AT_ONCE = 16;

/** Waits until whatever these visitors hold is flushed, and has arrived. */
export async function arrived(visitorIds: readonly string[]): Promise<void> {
  for (let from = 0; from < visitorIds.length; from += AT_ONCE)
    await Promise.all(visitorIds.slice(from, from + AT_ONCE).map((one) => visitorObject(env, 'demo', one).wake()));
  await vi.waitFor(
    async () => {
      const { body } = await send('/v1/readiness', { key: 'sk_demo' });
      expect(body.learning).toMatchObject({ waiting: { visitors: 0 } });
    },
    { timeout: 60_000, interval: 200 },
  );
}
