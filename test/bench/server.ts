/** The product and a bare Hono route side by side in one workerd, each on a socket of its own: no development proxy stands in between. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { unstable_getMiniflareWorkerOptions } from 'wrangler';
import { workerBundle } from '../support/worker-bundle.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface BenchServer {
  product: URL;
  floor: URL;
  /** CPU time of the workerd process so far, in milliseconds; NaN where /proc is not to be had. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** Children of this process that are workerd, from /proc. */
function workerdPids(): number[] {
  try {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    return children.filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('workerd'));
  } catch {
    return [];
  }
}

function cpuMsOf(pids: readonly number[]): number {
  let ticks = pids.length > 0 ? 0 : Number.NaN;
  for (const pid of pids) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * 10;
}

/**
 * Starts workerd with the product and the floor.
 * @param entry the product's entry: the Worker as it is deployed; `counted.ts`: with every operation on a binding counted; `publishing.ts`: with a way to
 *   its learner
 */
export async function startServer(
  entry: 'src/index.ts' | 'test/bench/counted.ts' | 'test/bench/publishing.ts',
): Promise<BenchServer> {
  const state = await mkdtemp(join(tmpdir(), 'floorwalker-bench-'));
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(ROOT, 'wrangler.toml'));
  const before = new Set(workerdPids());
  const socket = [{ host: '127.0.0.1', port: 0 }];
  // Without its assets: locally they would put a router of the development server in front of the Worker.
  const { modulesRules: _rules, assets: _assets, ...bindings } = workerOptions;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      cf: false,
      defaultPersistRoot: state,
      workers: [
        {
          ...bindings,
          name: 'product',
          modules: [{ type: 'ESModule', path: 'product.js', contents: await workerBundle(entry) }],
          bindings: { SHOP_KEYS: '["pk_demo","sk_demo"]', SIGNING_SECRET: 'bench' },
          serviceBindings: { ASSETS: 'floor' },
          unsafeDirectSockets: socket,
        },
        {
          name: 'floor',
          modules: [{ type: 'ESModule', path: 'floor.js', contents: await workerBundle('test/bench/floor.ts') }],
          compatibilityDate: workerOptions.compatibilityDate ?? '2026-11-02',
          unsafeDirectSockets: socket,
        },
      ],
    } as Parameters<typeof convertV4MiniflareOptions>[0]),
  );
  await miniflare.ready;
  const pids = workerdPids().filter((pid) => !before.has(pid));
  return {
    product: await miniflare.unsafeGetDirectURL('product'),
    floor: await miniflare.unsafeGetDirectURL('floor'),
    cpuMs: () => cpuMsOf(pids),
    stop: async () => {
      await miniflare.dispose();
      await rm(state, { recursive: true, force: true });
    },
  };
}
