import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.once('error', reject);
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    probe.close(() => resolve(port));
  });
  return promise;
}

export interface DemoServer {
  url: string;
  /** Milliseconds from the start until the shop was open. */
  took: number;
  stop(): Promise<void>;
}

/** A folder for the state of one test's servers. */
export async function stateFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'floorwalker-demo-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

function waitUntilOpen(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = '';
  const hear = (chunk: Buffer): void => {
    said += chunk.toString();
    if (said.includes('The demo shop is open')) resolve();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  child.once('exit', (code) => reject(new Error(`The demo ended with ${code}:\n${said}`)));
  return promise;
}

/** Runs what `npm start` runs, on a free port, with its state in a folder. */
export async function startDemo(persistTo: string): Promise<DemoServer> {
  const port = await freePort();
  const started = performance.now();
  const child = spawn(process.execPath, ['src/commands/start.ts', '--port', String(port), '--persist-to', persistTo], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await waitUntilOpen(child);
  return {
    url: `http://localhost:${port}`,
    took: performance.now() - started,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
