/** A shop whose clock is set: what happens to a visitor over hours and days, through HTTP, and what the shop's other server hears of it. */
import {
  createExecutionContext,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { Webhook } from 'standardwebhooks';
import { expect, inject, vi } from 'vitest';
import { createApp } from '../../src/app.ts';
import { catalogObject, customerObject, directoryObject, outboxObject, visitorObject } from '../../src/env.ts';
import type { Received } from './receiver.ts';

export const CRM_SECRET = `whsec_${btoa('a secret that nobody guesses')}`;

type Plain = Record<string, unknown>;
type Place = DurableObjectStub;

/** A message that the receiver took, with the signature found right. */
export interface Heard {
  messageId: string;
  type: string;
  data: Plain;
}

interface Ask {
  method?: string;
  body?: unknown;
  key?: 'pk' | 'sk';
  headers?: Record<string, string>;
}

export interface Journey {
  shop: string;
  visitor(visitorId: string): ReturnType<typeof visitorObject>;
  customer(customerId: string): ReturnType<typeof customerObject>;
  catalog: ReturnType<typeof catalogObject>;
  directory: ReturnType<typeof directoryObject>;
  /** Lets time pass, and rings these objects' alarms until none is due any more. */
  pass(milliseconds: number, ...places: Place[]): Promise<void>;
  evict(place: Place): Promise<void>;
  /** Calls the Worker; a body makes it a POST. */
  call<T = Plain>(path: string, init?: Ask): Promise<T>;
  /** Everything that was posted to the shop's other server, in the order in which it arrived. */
  posted(): Promise<Received[]>;
  /** What it took, verified as its own library does. */
  heard(): Promise<Heard[]>;
  end(): void;
}

let journeys = 0;

/**
 * @param config of the shop; its endpoint `crm` hears `events`
 * @param answers of the other server, the last for ever
 */
export async function startJourney(
  config: object,
  { events, answers = '204' }: { events: string[]; answers?: string },
): Promise<Journey> {
  journeys += 1;
  const shop = `journey-${journeys}-${Math.floor(performance.now())}`;
  const box = `${inject('receiver')}/${shop}`;
  // Ahead of the real time, so that no alarm rings by itself.
  let now = Date.now() + 86_400_000;
  vi.useFakeTimers({ now, toFake: ['Date'] });
  const app = createApp({ now: Date.now, random: Math.random });
  const keyed = { ...env, SHOP_KEYS: JSON.stringify([`sk_${shop}_1`, `pk_${shop}_1`]) };

  async function call<T>(path: string, { body, key = 'pk', method, headers: more = {} }: Ask = {}): Promise<T> {
    const ctx = createExecutionContext();
    const headers = { ...more, Authorization: `Bearer ${key}_${shop}_1` };
    const init = { method: method ?? (body === undefined ? 'GET' : 'POST'), headers };
    const sent = body === undefined ? init : { ...init, body: JSON.stringify(body) };
    const answer = await app.request(path, sent, keyed, ctx);
    await waitOnExecutionContext(ctx);
    const text = await answer.text();
    expect(answer.status, `${path}: ${text}`).toBeLessThan(300);
    return JSON.parse(text === '' ? 'null' : text);
  }

  const outbox = outboxObject(env, shop);
  const crm = { url: `${box}?answers=${answers}`, secret: { secret: 'CRM' }, events };
  await call('/v1/secrets/CRM', { key: 'sk', method: 'PUT', body: { value: CRM_SECRET } });
  await call('/v1/config', { key: 'sk', method: 'PUT', body: { endpoints: { crm }, ...config } });
  await runInDurableObject(outbox, (object) => Reflect.set(Reflect.get(object, 'env'), 'ALLOW_LOOPBACK', 'true'));

  async function ring(place: Place): Promise<boolean> {
    const at = await runInDurableObject(place, (_, state) => state.storage.getAlarm());
    if (at === null || at > now) return false;
    return runDurableObjectAlarm(place);
  }

  async function posted(): Promise<Received[]> {
    return (await fetch(box)).json();
  }

  return {
    shop,
    visitor: (visitorId) => visitorObject(env, shop, visitorId),
    customer: (customerId) => customerObject(env, shop, customerId),
    catalog: catalogObject(env, shop),
    directory: directoryObject(env, shop),
    call,
    posted,
    async pass(milliseconds, ...places) {
      now += milliseconds;
      vi.setSystemTime(now);
      for (let round = 0; round < 20; round++) {
        const rang = [];
        for (const place of [...places, outbox as Place]) rang.push(await ring(place));
        if (!rang.includes(true)) return;
      }
    },
    async evict(place) {
      await evictDurableObject(place).catch(() => undefined);
    },
    async heard() {
      const taken = (await posted()).filter((one) => one.status < 300);
      return taken.map(({ headers, body }) => {
        // A signature is looked at when it arrives: the library refuses old ones.
        vi.setSystemTime(Number(headers['webhook-timestamp']) * 1000);
        const { type, data } = new Webhook(CRM_SECRET).verify(body, headers) as { type: string; data: Plain };
        vi.setSystemTime(now);
        return { messageId: headers['webhook-id'] ?? '', type, data };
      });
    },
    end() {
      vi.useRealTimers();
    },
  };
}
