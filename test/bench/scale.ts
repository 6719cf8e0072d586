/** `npm run bench -- --scale`: what an isolate needs for a large shop, and what its learner does. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { buildScaleModel, type ScaleModel } from './scale-model.ts';

interface Memory {
  heapMB: number;
  buffersMB: number;
}

export interface IsolateReport {
  /** What a Node process that does nothing holds: no part of an isolate. */
  node: Memory;
  /** Before the shop was loaded: the code itself. */
  empty: Memory;
  /** After the first answer. */
  loaded: Memory;
  loadMs: number;
  /** Taken all along the requests, across a publication of all chunks. */
  samples: Memory[];
  requests: number;
  /** Items in an answer, on average. */
  items: number;
  kvReads: number;
  p50Micros: number;
  p99Micros: number;
}

export interface ScaleReport {
  items: number;
  events: number;
  model: ScaleModel;
  isolate: IsolateReport;
}

/** Heap after a collection and array buffers, megabytes. */
export const MEMORY_BOUND_MB = 64;

export const wholeMB = ({ heapMB, buffersMB }: Memory): number => heapMB + buffersMB;

/** Without the TypeScript and its compiler, which would be in the measured heap. */
async function bundleIsolate(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, 'scale-isolate.ts')],
    outfile,
    bundle: true,
    define: { DESCRIBED: 'false' },
    minify: true,
    format: 'esm',
    target: 'es2024',
    platform: 'node',
    conditions: ['workerd', 'worker', 'browser'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    logLevel: 'warning',
  });
}

async function bareNode(): Promise<Memory> {
  const script = 'gc(); gc(); console.log(JSON.stringify(process.memoryUsage()))';
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '-e', script]);
  const { heapUsed, arrayBuffers }: NodeJS.MemoryUsage = JSON.parse(stdout);
  return { heapMB: heapUsed / 1e6, buffersMB: arrayBuffers / 1e6 };
}

/** @param size how large the shop is; `requests` are what one isolate is asked */
export async function measureScale(size: { items: number; events: number; requests: number }): Promise<ScaleReport> {
  const folder = await mkdtemp(join(tmpdir(), 'floorwalker-scale-'));
  const { items, events, requests } = size;
  const now = Date.UTC(2026, 10, 20);
  try {
    const model = buildScaleModel(folder, { items, events, now });
    const script = join(folder, 'isolate.mjs');
    await bundleIsolate(script);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--expose-gc', script, folder, String(items), String(requests), String(now)],
      { maxBuffer: 10_000_000 },
    );
    const node = await bareNode();
    return { items, events, model, isolate: { ...(JSON.parse(stdout) as Omit<IsolateReport, 'node'>), node } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function without(memory: Memory, node: Memory): Memory {
  return { heapMB: memory.heapMB - node.heapMB, buffersMB: memory.buffersMB - node.buffersMB };
}

export function printScale({ items, events, model, isolate }: ScaleReport): void {
  const said = (memory: Memory): string => {
    const own = without(memory, isolate.node);
    return `${wholeMB(own).toFixed(1)} MB (heap ${own.heapMB.toFixed(1)}, buffers ${own.buffersMB.toFixed(1)})`;
  };
  const largest = isolate.samples.reduce((a, b) => (wholeMB(a) > wholeMB(b) ? a : b), isolate.loaded);
  console.log(`${items} items, ${events} events, learnt in ${model.learnMicros.toFixed(2)} µs each`);
  console.log(
    `in KV: cards and counts ${(model.cardsBytes / 1e6).toFixed(1)} MB, columns ${(model.columnsBytes / 1e6).toFixed(1)} MB`,
  );
  console.log(
    `an isolate, ${isolate.requests} requests over HTTP's code, ${isolate.items.toFixed(1)} items each, across a publication of all chunks (less the ${wholeMB(isolate.node).toFixed(1)} MB of a Node process that does nothing):`,
  );
  console.log(`  before the shop is loaded  ${said(isolate.empty)}`);
  console.log(`  after its first answer     ${said(isolate.loaded)}, ${isolate.loadMs.toFixed(0)} ms`);
  console.log(`  at most, of ${isolate.samples.length} samples     ${said(largest)} (bound ${MEMORY_BOUND_MB})`);
  console.log(
    `  a request: p50 ${isolate.p50Micros.toFixed(0)} µs, p99 ${isolate.p99Micros.toFixed(0)} µs; ${isolate.kvReads} KV reads in all`,
  );
}
