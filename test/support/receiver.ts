import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';

/** A message as it arrived at the shop's other server. */
export interface Received {
  headers: Record<string, string>;
  body: string;
  /** What it was answered. */
  status: number;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of a server that takes what is posted to `/<box>` (`?answers=500,200`: in this order, the last for ever) and shows it again. */
    receiver: string;
  }
}

/** Starts the shop's other server, on this machine; tests inside workerd reach it over HTTP, as the Worker does. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const boxes = new Map<string, Received[]>();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://receiver');
    const box = boxes.get(url.pathname) ?? [];
    boxes.set(url.pathname, box);
    if (request.method === 'GET') {
      response.end(JSON.stringify(box));
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const answers = (url.searchParams.get('answers') ?? '204').split(',').map(Number);
    const status = answers[Math.min(box.length, answers.length - 1)] ?? 204;
    const headers = Object.fromEntries(
      Object.entries(request.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    box.push({ headers, body: Buffer.concat(parts).toString(), status });
    response.writeHead(status).end();
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  project.provide('receiver', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return () => new Promise((done) => server.close(() => done()));
}
