import { exports } from 'cloudflare:workers';
import { hc, type InferRequestType, type InferResponseType } from 'hono/client';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { App } from '../src/app.ts';

const client = hc<App>('http://shop.test', {
  headers: { Authorization: 'Bearer sk_demo' },
  fetch: (input: RequestInfo | URL, init?: RequestInit) => exports.default.fetch(new Request(input, init)),
});

describe('the typed client', () => {
  test('knows the shapes of requests and answers without a generated file', () => {
    type Decide = InferResponseType<typeof client.v1.decide.$post, 200>;
    expectTypeOf<Decide['visitorId']>().toEqualTypeOf<string>();
    expectTypeOf<Decide['degraded']>().toEqualTypeOf<boolean>();
    type Placements = NonNullable<Decide['placements']>;
    expectTypeOf<Placements[string]['items'][number]['itemId']>().toEqualTypeOf<string>();
    expectTypeOf<Placements[string]['strategy']>().toExtend<string>();
    type Asked = InferRequestType<typeof client.v1.decide.$post>['json'];
    expectTypeOf<NonNullable<Asked['consent']>>().toEqualTypeOf<'none' | 'session' | 'personal'>();
    type Taken = InferResponseType<typeof client.v1.events.$post, 202>;
    expectTypeOf<Taken['accepted']>().toEqualTypeOf<number>();
  });

  test('refuses what the contract does not know, when it compiles', () => {
    type Asked = InferRequestType<typeof client.v1.decide.$post>['json'];
    // @ts-expect-error a consent of that name does not exist
    const asked: Asked = { consent: 'everything' };
    // @ts-expect-error there is no such route
    expect(() => client.v1.decisions.$post).not.toThrow();
    expect(asked.consent).toBe('everything');
  });

  test('speaks to the running Worker', async () => {
    const taken = await client.v1.events.$post({
      json: {
        visitorId: 'typed-client-0000001',
        events: [{ eventId: 't-1', name: 'view_item', items: [{ itemId: 'a' }] }],
      },
    });
    expect(taken.status).toBe(202);
    const decided = await client.v1.decide.$post({
      json: { visitorId: 'typed-client-0000001', page: { type: 'home' } },
    });
    expect(decided.status).toBe(200);
    if (decided.ok) expect((await decided.json()).visitorId).toBe('typed-client-0000001');
  });
});
