import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const SECRET = { Authorization: 'Bearer sk_demo', 'Content-Type': 'application/json' };
const VISITORS = Array.from({ length: 24 }, (_, n) => `crash-visitor-${String(n).padStart(4, '0')}`);
const EVENTS_A_POST = 3;
const LOAD_MS = 4_000;

const running = new Set<ChildProcess>();
const state = mkdtempSync(join(tmpdir(), 'floorwalker-crash-'));

/** Kills the server with all its children, as a power cut would. */
async function kill(server: ChildProcess): Promise<void> {
  if (!running.delete(server) || server.pid === undefined) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  process.kill(-server.pid, 'SIGKILL');
  await ended;
}

afterEach(async () => {
  for (const server of running) await kill(server);
  rmSync(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}

/** Starts the real local server in a process group of its own and waits until it answers. */
async function start(port: number): Promise<ChildProcess> {
  const server = spawn(process.execPath, ['src/commands/dev.ts', '--port', String(port), '--persist-to', state], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, SHOP_KEYS: '["pk_demo","sk_demo"]' },
  });
  running.add(server);
  await expect
    .poll(
      () =>
        fetch(`http://127.0.0.1:${port}/v1/health`).then(
          (answer) => answer.status,
          () => 0,
        ),
      {
        timeout: 30_000,
        interval: 200,
      },
    )
    .toBe(200);
  return server;
}

async function get<T>(port: number, path: string): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: SECRET });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}

interface Load {
  /** Ids of events whose post was answered 202. */
  acknowledged: Set<string>;
  /** Ids of all events that were posted. */
  sent: Set<string>;
  ended: Promise<unknown>;
}

/** Every visitor posts as fast as it is answered, until the server is gone. */
function load(port: number): Load {
  const acknowledged = new Set<string>();
  const sent = new Set<string>();
  const visit = async (visitorId: string): Promise<void> => {
    for (let post = 0; ; post++) {
      const events = Array.from({ length: EVENTS_A_POST }, (_, n) => ({
        eventId: `${visitorId}-${post}-${n}`,
        name: n === 0 ? 'view_item' : 'page_view',
        ...(n === 0 ? { items: [{ itemId: `item-${post % 7}` }] } : {}),
      }));
      for (const { eventId } of events) sent.add(eventId);
      const body = JSON.stringify({ visitorId, consent: 'personal', events });
      const answer = await fetch(`http://127.0.0.1:${port}/v1/events`, { method: 'POST', headers: SECRET, body });
      if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
      expect((await answer.json()) as { accepted: number }).toMatchObject({ accepted: EVENTS_A_POST });
      for (const { eventId } of events) acknowledged.add(eventId);
    }
  };
  return { acknowledged, sent, ended: Promise.allSettled(VISITORS.map(visit)) };
}

/** The ids of the events that are held of a visitor. */
async function held(port: number, visitorId: string): Promise<string[]> {
  const { events } = await get<{ events: { eventId: string }[] }>(port, `/v1/visitors/${visitorId}/export`);
  return events.map((event) => event.eventId);
}

/** Runs a command against the server. @returns what it said, and its exit code */
async function run(port: number, command: string, ...options: string[]): Promise<{ said: string; code: number }> {
  const target = ['--url', `http://127.0.0.1:${port}`, '--key', 'sk_demo'];
  const ended = promisify(execFile)(process.execPath, [`src/commands/${command}.ts`, ...target, ...options], {
    cwd: ROOT,
  });
  return ended.then(
    ({ stdout }) => ({ said: stdout, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => ({
      said: error.stdout + error.stderr,
      code: error.code,
    }),
  );
}

test('killed under load and started again, the server holds and counts every acknowledged event once', async () => {
  const port = await freePort();
  const before = await start(port);
  const config = { freshness: { flushSeconds: 1, cardsSeconds: 1 } };
  const put = await fetch(`http://127.0.0.1:${port}/v1/config`, {
    method: 'PUT',
    headers: SECRET,
    body: JSON.stringify(config),
  });
  expect(put.status).toBe(200);
  const { acknowledged, sent, ended } = load(port);
  await new Promise((resolve) => setTimeout(resolve, LOAD_MS));
  await kill(before);
  await ended;
  expect(acknowledged.size).toBeGreaterThan(VISITORS.length * EVENTS_A_POST);

  await start(port);
  // What was acknowledged is counted again by itself: this question is the first request, and nothing visits the visitors.
  const counted = () => get<{ total: number }>(port, '/v1/analytics/events');
  const pending = () => get<{ learning: { pending: number } }>(port, '/v1/readiness');
  await expect
    .poll(async () => (await counted()).total, { timeout: 25_000, interval: 500 })
    .toBeGreaterThanOrEqual(acknowledged.size);
  await expect.poll(async () => (await pending()).learning.pending, { timeout: 15_000, interval: 500 }).toBe(0);

  const eventIds = (await Promise.all(VISITORS.map((visitorId) => held(port, visitorId)))).flat();
  const once = new Set(eventIds);
  expect(eventIds).toHaveLength(once.size);
  expect([...acknowledged].filter((eventId) => !once.has(eventId))).toEqual([]);
  // A post that was on its way when the lights went out may have been stored; nothing else may.
  expect(eventIds.filter((eventId) => !sent.has(eventId))).toEqual([]);
  expect((await counted()).total).toBe(once.size);

  const { delivery } = await get<{ delivery: unknown }>(port, '/v1/readiness');
  expect(delivery).toEqual({ lagSeconds: 0, undelivered: 0, deadLetters: 0, losses: 0 });
  expect(await run(port, 'dead-letters')).toEqual({ said: 'There are no dead letters.\n', code: 0 });
  // The archive is rewritten from what was counted; all of these visitors consented to being remembered.
  const replayed = await run(port, 'replay');
  expect(replayed.code, replayed.said).toBe(0);
  expect(replayed.said).toContain(`Read ${once.size.toLocaleString('en-GB')} events of ${VISITORS.length} visitors`);
  expect(replayed.said).toContain('they knew all that the archive knows');
  expect((await counted()).total).toBe(once.size);
  expect((await run(port, 'replay', '--from', 'yesterday')).code).toBe(2);
}, 120_000);
