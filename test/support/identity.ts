import { SignJWT } from 'jose';
import { expect } from 'vitest';
import { call, post, SHOP } from './http.ts';

export const IDENTITY_SECRET = 'a secret between the shop and Floorwalker';

/** Publishes a config and the identity secret for a shop. */
export async function publishIdentity(config: object = {}, key = 'sk_demo'): Promise<void> {
  const put = (path: string, body: unknown) => call(path, { method: 'PUT', key, body: JSON.stringify(body) });
  expect((await put('/v1/secrets/IDENTITY', { value: IDENTITY_SECRET })).status).toBeLessThan(300);
  const identity = { secret: { secret: 'IDENTITY' } };
  expect((await put('/v1/config', { identity, ...config })).status).toBe(200);
  // The first request after a publication reads the config anew.
  await (await call('/v1/persona', { key })).text();
}

/** A token as a shop signs it, good for an hour. */
export function tokenOf(customerId: string, secret = IDENTITY_SECRET): Promise<string> {
  const token = new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject(customerId);
  return token.setExpirationTime('1h').sign(new TextEncoder().encode(secret));
}

export const newcomer = (): string => crypto.randomUUID();
export const newCustomer = (): string => `customer/${crypto.randomUUID()}`;

/** A browser of the shop's own pages: keeps the cookies that it is given. */
export class Browser {
  readonly cookies = new Map<string, string>();

  async send(path: string, init: Parameters<typeof call>[1] = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('Origin', SHOP);
    if (this.cookies.size > 0)
      headers.set('Cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const answer = await call(path, { ...init, headers });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/Max-Age=0/.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  async post(path: string, body: unknown): Promise<Record<string, unknown>> {
    const answer = await this.send(path, { method: 'POST', body: JSON.stringify(body) });
    expect(answer.status).toBeLessThan(300);
    return answer.json();
  }
}

type Plain = Record<string, unknown>;

/** Takes events with personal consent. */
export async function take(body: Plain, key = 'pk_demo'): Promise<Plain> {
  const answer = await post('/v1/events', { consent: 'personal', ...body }, { key });
  expect(answer.status).toBe(202);
  return answer.json();
}

export const view = (itemId: string, rest: Plain = {}) => ({ name: 'view_item', items: [{ itemId }], ...rest });
export const purchase = (orderId: string, itemId: string, rest: Plain = {}) => ({
  ...{ name: 'purchase', orderId, currency: 'GBP', items: [{ itemId, price: 2, quantity: 1 }] },
  ...rest,
});

interface Held {
  profile: { orders: { orderId: string }[]; viewed: { itemId: string }[]; cart: { lines: unknown[] } } | null;
  events: { eventId: string; name: string; visitorId?: string; items?: { itemId: string }[] }[];
  visitors: { visitorId: string; isClosed: boolean }[];
  belongsToCustomer: boolean;
  customer: { customerId: string } | null;
  consent: { consent: string; at: string; source: string } | null;
}

/** The export as the shop's server gets it; null when nothing is held. */
export async function exported(kind: 'visitors' | 'customers', id: string): Promise<Held | null> {
  const answer = await call(`/v1/${kind}/${encodeURIComponent(id)}/export`, { key: 'sk_demo' });
  return answer.status === 404 ? null : answer.json();
}

/** ItemIds of the views that an export lists. */
export const viewsOf = (held: Held | null): string[] =>
  (held?.events ?? []).flatMap((event) => event.items?.map((item) => item.itemId) ?? []);
