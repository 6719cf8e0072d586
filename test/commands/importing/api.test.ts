import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { connect } from '../../../src/commands/importing/api.ts';

const started: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of started.splice(0)) server.close();
});

/** A server that gives these answers, one after the other, and keeps what it was sent. */
async function serving(...answers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      bodies.push(Buffer.concat(pieces).toString());
      answers[bodies.length - 1]?.(request, response);
    });
  });
  started.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const pauses: number[] = [];
  const api = connect({
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    key: 'sk_demo',
    paused: (_, milliseconds) => pauses.push(milliseconds),
    signal: new AbortController().signal,
  });
  return { api, bodies, pauses };
}

const json = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  return (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
};
const broken = (request: IncomingMessage) => void request.socket.destroy();

const brokenOff = (request: IncomingMessage, response: ServerResponse) => {
  response.writeHead(200, { 'Content-Length': '100' });
  response.write('{"acc', () => request.socket.destroy());
};

test('what is asked to wait waits as long as it was asked to, and is sent again as it was', async () => {
  const { api, bodies, pauses } = await serving(
    json(429, { title: 'Too many requests' }, { 'Retry-After': '0.3' }),
    json(503, { title: 'Not available' }, { 'Retry-After': '0' }),
    json(200, { accepted: 1 }),
  );
  expect(await api.send('POST', '/v1/events', '{"events":[]}')).toEqual({ accepted: 1 });
  expect(bodies).toEqual(['{"events":[]}', '{"events":[]}', '{"events":[]}']);
  expect(pauses).toEqual([300, 200]);
});

test('a connection that breaks is tried again', async () => {
  const { api, bodies } = await serving(broken, brokenOff, json(200, { accepted: 1 }));
  expect(await api.send('POST', '/v1/events', 'x')).toEqual({ accepted: 1 });
  expect(bodies.length).toBe(3);
});

describe('what is refused for good stops with the problem as the server states it', () => {
  test.each([
    [401, { title: 'This key is unknown', detail: 'Check it.' }, /401 This key is unknown\. Check it\./],
    [
      422,
      { title: 'Wrong', detail: 'The body', issues: [{ path: 'events[3]', message: 'is no event' }] },
      /422 Wrong\. The body\n {4}events\[3\]: is no event/,
    ],
    [503, { title: 'This deployment has no keys yet' }, /no keys yet/],
  ])('%i', async (status, problem, message) => {
    const { api, bodies } = await serving(json(status, problem));
    await expect(api.send('PUT', '/v1/catalog/items', '[]')).rejects.toThrow(message);
    expect(bodies.length).toBe(1);
  });
});

test('something that is not there is null, not a failure', async () => {
  const { api } = await serving(json(404, { title: 'Nothing here' }));
  expect(await api.get('/v1/customers/17850')).toBeNull();
});
