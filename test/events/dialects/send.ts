import { expect } from 'vitest';
import { call, post } from '../../support/http.ts';

/** An ordinary browser. */
export const BROWSER =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
export const newcomer = (): string => crypto.randomUUID();
export const basic = (key: string): Record<string, string> => ({ Authorization: `Basic ${btoa(`${key}:`)}` });
export const view = (anonymousId: string, more: object = {}) => ({
  type: 'track',
  event: 'Product Viewed',
  anonymousId,
  messageId: crypto.randomUUID(),
  properties: { product_id: 'a', price: 5 },
  ...more,
});

export function send(
  path: string,
  body: unknown,
  headers: Record<string, string> = basic('pk_demo'),
): Promise<Response> {
  return post(path, body, { key: null, headers: { 'User-Agent': BROWSER, ...headers } });
}

export interface Found {
  name: string;
  key?: string;
  properties?: Record<string, unknown>;
  items?: { itemId: string }[];
}

export async function eventsOf(id: string, kind = 'visitors'): Promise<Found[] | number> {
  const answer = await call(`/v1/${kind}/${encodeURIComponent(id)}/export`, { key: 'sk_demo' });
  return answer.status === 200 ? ((await answer.json()) as { events: Found[] }).events : answer.status;
}

export async function publish(config: object): Promise<void> {
  expect((await call('/v1/config', { method: 'PUT', key: 'sk_demo', body: JSON.stringify(config) })).status).toBe(200);
}
