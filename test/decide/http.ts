import { exports } from 'cloudflare:workers';

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

const ORIGIN = 'http://shop.test';

/** Sends a request to the Worker. A body makes it a POST unless the method says otherwise. */
export async function send(
  path: string,
  options: { key?: string; method?: string; body?: unknown; raw?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { key = 'pk_demo', body, raw, headers = {} } = options;
  const text = raw ?? (body === undefined ? null : JSON.stringify(body));
  const answer = await exports.default.fetch(`${ORIGIN}${path}`, {
    method: options.method ?? (text === null ? 'GET' : 'POST'),
    headers: {
      Authorization: `Bearer ${key}`,
      ...(text === null ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: text,
  });
  const plain = await answer.text();
  return { status: answer.status, headers: answer.headers, body: plain === '' ? {} : JSON.parse(plain) };
}

/** Puts items into a shop's catalogue. */
export async function putItems(items: readonly object[], key = 'sk_demo'): Promise<void> {
  const answer = await send('/v1/catalog/items', { key, method: 'PUT', body: items });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
}

/** An id that no other test uses. */
export function visitor(name: string): string {
  return `${name}-${crypto.randomUUID()}`.slice(0, 64);
}
