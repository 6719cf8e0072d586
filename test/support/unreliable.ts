import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';

/**
 * What happens to a post on its way: `refuse` with 429 or 503 before it arrives, or `lose` the answer: it is taken, but the client hears 503. Whatever
 * else comes through.
 */
export type Mishap = { do: 'refuse' | 'lose'; status: 429 | 503 };

export interface Unreliable {
  url: string;
  /** Ids of messages, post by post, as they were sent; also of those that did not arrive. */
  posts: string[][];
  /** What is still to happen to the next posts; more can be added. */
  mishaps: Mishap[];
  stop(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function idsIn(body: Buffer, encoding: string | undefined): string[] {
  const text = (encoding === 'gzip' ? gunzipSync(body) : body).toString();
  return [...text.matchAll(/"messageId":"([^"]+)"/g)].map((match) => match[1] ?? '');
}

const HOP_BY_HOP = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'accept-encoding',
]);

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (!HOP_BY_HOP.has(name) && typeof value === 'string') headers.set(name, value);
  return headers;
}

/** A proxy in front of a server, on the loopback interface, to whose first posts the mishaps happen in turn. */
export async function startUnreliable(target: string, mishaps: readonly Mishap[] = []): Promise<Unreliable> {
  const left = [...mishaps];
  const posts: string[][] = [];

  async function forward(request: IncomingMessage, body: Buffer<ArrayBuffer>, response: ServerResponse): Promise<void> {
    const isPost = request.method === 'POST';
    if (isPost) posts.push(idsIn(body, request.headers['content-encoding']));
    const mishap = isPost ? left.shift() : undefined;
    const cors = {
      'Access-Control-Allow-Origin': request.headers.origin ?? '*',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Expose-Headers': 'Retry-After',
    };
    const answer =
      mishap?.do === 'refuse'
        ? null
        : await fetch(target + request.url, {
            method: request.method ?? 'GET',
            headers: headersOf(request),
            ...(isPost ? { body } : {}),
          });
    if (mishap !== undefined || answer === null) {
      response.writeHead(mishap?.status ?? 503, { 'Retry-After': '1', ...cors }).end('{}');
      return;
    }
    const headers = Object.fromEntries(
      [...answer.headers].filter(([name]) => !/^(content-encoding|content-length|transfer-encoding)$/.test(name)),
    );
    response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
  }

  const server = createServer((request, response) => {
    bodyOf(request)
      .then((body) => forward(request, body, response))
      .catch(() => response.writeHead(502).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    posts,
    mishaps: left,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
