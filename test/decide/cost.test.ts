import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { catalogObject, type Env } from '../../src/env.ts';
import { visitor } from './http.ts';

const NOW = Date.UTC(2026, 10, 22);

/** The deployment's bindings, counting what is asked of them. */
function counted() {
  const calls = { kv: 0, objects: 0 };
  const kv = (from: KVNamespace): KVNamespace =>
    new Proxy(from, {
      get(target, name) {
        const own: unknown = Reflect.get(target, name);
        if (typeof own !== 'function') return own;
        return (...given: unknown[]) => {
          calls.kv++;
          return own.apply(target, given);
        };
      },
    });
  const objects = <T extends Rpc.DurableObjectBranded>(from: DurableObjectNamespace<T>) =>
    new Proxy(from, {
      get(target, name) {
        const own: unknown = Reflect.get(target, name);
        if (typeof own !== 'function') return own;
        return (...given: unknown[]) => {
          if (name === 'getByName') calls.objects++;
          return own.apply(target, given);
        };
      },
    });
  const bindings: Env = {
    ...env,
    CARDS: kv(env.CARDS),
    CATALOG: kv(env.CATALOG),
    CONFIG: kv(env.CONFIG),
    VISITORS: objects(env.VISITORS),
    CATALOGS: objects(env.CATALOGS),
    LEARNERS: objects(env.LEARNERS),
    TALLIES: objects(env.TALLIES),
    DIRECTORIES: objects(env.DIRECTORIES),
  };
  return { bindings, calls };
}

async function decide(bindings: Env, body: object, now = NOW) {
  const ctx = createExecutionContext();
  const app = createApp({ now: () => now, random: Math.random });
  const init = { method: 'POST', headers: { Authorization: 'Bearer pk_other' }, body: JSON.stringify(body) };
  const answer = await app.request('/v1/decide', init, bindings, ctx);
  await waitOnExecutionContext(ctx);
  return (await answer.json()) as Record<string, unknown>;
}

describe('what a decision costs, once the isolate is warm', () => {
  test('one object call and no KV read for a visitor who is known; no object call for who is not, or consents to nothing', async () => {
    await catalogObject(env, 'other').put('other', [{ itemId: 'tea', title: 'Tea', availability: 'in_stock' }], NOW);
    const { bindings, calls } = counted();
    const body = { visitorId: visitor('warm'), page: { type: 'item', itemId: 'tea' } };
    await decide(bindings, body);
    const spent = async (asked: object) => {
      Object.assign(calls, { kv: 0, objects: 0 });
      await decide(bindings, asked);
      return { ...calls };
    };
    expect(await spent(body)).toEqual({ kv: 0, objects: 1 });
    const view = { eventId: 'v', name: 'view_item', items: [{ itemId: 'tea' }] };
    expect(await spent({ ...body, consent: 'personal', events: [view] })).toEqual({ kv: 0, objects: 1 });
    expect(await spent({ ...body, consent: 'none' })).toEqual({ kv: 0, objects: 0 });
    expect(await spent({ session: ['tea'], page: { type: 'home' } })).toEqual({ kv: 0, objects: 0 });
    expect(await spent({ page: { type: 'home' } })).toEqual({ kv: 0, objects: 0 });
  });
});

describe('a visitor whose memory cannot be had', () => {
  const without = (call: () => Promise<never>): Env => {
    const VISITORS = { getByName: () => ({ recallAsText: call, observeAsText: call }) };
    return { ...env, VISITORS: VISITORS as never };
  };
  const body = { visitorId: visitor('lost'), session: ['tea'], placements: [{ placement: 'home' }] };

  test.each<[string, () => Promise<never>]>([
    ['never answers', () => new Promise(() => undefined)],
    ['fails', () => Promise.reject(new Error('overloaded'))],
  ])('because the object %s is answered from the request alone, and told so', async (_, call) => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    const started = Date.now();
    expect(await decide(without(call), body)).toMatchObject({
      degraded: true,
      consentUsed: 'session',
      recentlyBought: [],
    });
    expect(Date.now() - started).toBeLessThan(2_000);
    warned.mockRestore();
  });

  test('has its events refused, so that the sender sends them again', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    const events = [{ eventId: 'v', name: 'view_item', items: [{ itemId: 'tea' }] }];
    const answer = await decide(
      without(() => Promise.reject(new Error('overloaded'))),
      { ...body, events },
    );
    expect(answer).toMatchObject({
      degraded: true,
      events: { accepted: 0, rejected: [{ index: 0, type: '/problems/unavailable' }] },
    });
    warned.mockRestore();
  });
});
