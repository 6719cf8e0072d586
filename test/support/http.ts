import { exports } from 'cloudflare:workers';

export const SHOP = 'https://floorwalker.test';

/** Calls the Worker as a browser or a server of the shop does. */
export function call(path: string, init: RequestInit & { key?: string | null } = {}): Promise<Response> {
  const { key = 'pk_demo', headers, ...rest } = init;
  const all = new Headers(headers);
  if (key !== null) all.set('Authorization', `Bearer ${key}`);
  return exports.default.fetch(new Request(`${SHOP}${path}`, { ...rest, headers: all }));
}

/** Posts a JSON body. */
export function post(path: string, body: unknown, init: RequestInit & { key?: string | null } = {}): Promise<Response> {
  return call(path, { method: 'POST', body: JSON.stringify(body), ...init });
}
