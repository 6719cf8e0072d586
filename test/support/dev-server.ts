import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const SECRET = { Authorization: 'Bearer sk_demo', 'Content-Type': 'application/json' };
const READY_MS = 60_000;

export async function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address();
    probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}

async function isUp(url: string): Promise<boolean> {
  return fetch(`${url}/v1/health`).then(
    (answer) => answer.status === 200,
    () => false,
  );
}

/** An event as the export has it. */
export interface Exported {
  eventId: string;
  name: string;
  key?: string;
  timestamp: string;
  items?: { itemId: string; price?: number; quantity?: number }[];
  orderId?: string;
  value?: number;
  currency?: string;
  page?: { url?: string };
}

export interface DevServer {
  url: string;
  port: number;
  /** Folder of its state. */
  state: string;
  /** Everything held about a visitor or customer, named as a client named them; empty when nothing is. */
  eventsOf(id: string, kind?: 'visitors' | 'customers'): Promise<Exported[]>;
  stop(): Promise<void>;
  /** Kills it with all its children, as a power cut would; its state stays. */
  kill(): Promise<void>;
}

/**
 * Starts what `npm run dev` starts.
 * @param config published at the start; null leaves what the state holds
 * @param again a server that was killed, to be started where it was; otherwise a free port and a state of its own
 */
export async function startDevServer(
  config: object | null,
  again?: Pick<DevServer, 'port' | 'state'>,
): Promise<DevServer> {
  const state = again?.state ?? (await mkdtemp(join(tmpdir(), 'floorwalker-clients-')));
  const port = again?.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const child: ChildProcess = spawn(
    process.execPath,
    ['src/commands/dev.ts', '--port', String(port), '--persist-to', state],
    {
      cwd: ROOT,
      // A group of its own, so that it can be killed with its children.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SHOP_KEYS: '["pk_demo","sk_demo"]' },
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await rm(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  const deadline = Date.now() + READY_MS;
  while (!(await isUp(url))) {
    if (Date.now() > deadline || child.exitCode !== null) {
      await stop();
      throw new Error('The server did not start.');
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  if (config !== null) {
    const put = await fetch(`${url}/v1/config`, { method: 'PUT', headers: SECRET, body: JSON.stringify(config) });
    if (!put.ok) throw new Error(await put.text());
  }
  return {
    url,
    port,
    state,
    stop,
    kill: async () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
    eventsOf: async (id, kind = 'visitors') => {
      const answer = await fetch(`${url}/v1/${kind}/${encodeURIComponent(id)}/export`, { headers: SECRET });
      return answer.status === 200 ? ((await answer.json()) as { events: Exported[] }).events : [];
    },
  };
}
