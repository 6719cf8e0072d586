/**
 * One isolate of a large shop: the whole app in a process of its own, over files in the place of KV, asked as storefronts ask. Prints what its memory is:
 * heap after a collection plus the bytes of array buffers. Bundled as the Worker is, then `node --expose-gc isolate.mjs FOLDER ITEMS REQUESTS NOW`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createApp } from '../../src/app.ts';
import type { Env } from '../../src/env.ts';
import { Manifest, manifestKey } from '../../src/learning/schema-published.ts';
import { seededRandom } from '../../src/shared/random.ts';
import { fileOf, SCALE_SHOP } from './scale-model.ts';
import { itemIdOf, nextItem } from './shop.ts';

const [folder = '', items = 0, requests = 0, start = 0] = process.argv
  .slice(2)
  .map((value, at) => (at === 0 ? value : Number(value))) as [string, number, number, number];

const MB = 1e6;
const SAMPLES = 20;
const CARDS_MS = 61_000;

let reads = 0;
/** Half way through everything is published again: every chunk has another name and the same bytes. */
let publication = 1;

function bytesOf(key: string): Buffer | null {
  const file = fileOf(folder, key.replace(/(\/cards\/\d+|\/counts)\/\d+$/, '$1/1'));
  return existsSync(file) ? readFileSync(file) : null;
}

function read(key: string, kind: 'json' | 'arrayBuffer' | 'text' | undefined): unknown {
  reads++;
  const bytes = bytesOf(key);
  if (bytes === null) return null;
  if (kind === 'arrayBuffer') return new Uint8Array(bytes).buffer;
  if (kind !== 'json') return bytes.toString();
  const value: unknown = JSON.parse(bytes.toString());
  if (key !== manifestKey(SCALE_SHOP) || publication === 1) return value;
  const manifest = Manifest.parse(value);
  const chunks = manifest.chunks.map((name) => name?.replace(/\d+$/, String(publication)) ?? null);
  return { ...manifest, version: publication, counts: publication, chunks };
}

const kv = {
  get: async (key: string, options?: 'json' | 'arrayBuffer' | 'text' | { type: 'json' | 'arrayBuffer' }) =>
    read(key, typeof options === 'object' ? options.type : options),
};
const unchanged = { changesSince: async (version: number) => ({ version, changes: [], more: false, reload: false }) };
const namespace = { getByName: () => unchanged };
const bindings: Record<string, unknown> = {
  CARDS: kv,
  CATALOG: kv,
  CONFIG: kv,
  CATALOGS: namespace,
  DIRECTORIES: { getByName: () => ({ sweep: async () => undefined }) },
  SHOP_KEYS: '["pk_demo","sk_demo"]',
  SIGNING_SECRET: 'bench',
};

let now = start;
const random = seededRandom(21);
const app = createApp({ now: () => now, random });
const waiting: Promise<unknown>[] = [];
const context = {
  waitUntil: (work: Promise<unknown>) => void waiting.push(work),
  passThroughOnException: () => {},
  props: {},
};

/** Pages as they are asked for: mostly of items, popular ones more often; now and then with a condition, a category, a basket. */
function question(n: number): object {
  const first = Math.floor(items * random() * random());
  const session = [first];
  for (let step = 0; step < 4; step++) session.unshift(nextItem(session[0] ?? 0, items, random));
  const ids = session.map(itemIdOf);
  const fields = ['title', 'price', 'url', 'imageUrl'];
  const page = { type: 'item', itemId: ids[0] };
  if (n % 10 === 6) return { page, session: ids, placements: [{ placement: 'alike', fields }] };
  if (n % 10 === 7) return { page, session: ids, placements: [{ placement: 'cheap', fields }] };
  if (n % 10 === 8) return { page: { type: 'home' }, session: ids, placements: [{ placement: 'home', fields }] };
  if (n % 10 === 9)
    return {
      page: { type: 'cart' },
      session: ids,
      cart: ids.slice(0, 2).map((itemId) => ({ itemId })),
      placements: [{ placement: 'cart', fields }],
    };
  return { page, session: ids, placements: [{ placement: 'item-page', fields }] };
}

async function ask(n: number): Promise<number> {
  const answer = await app.request(
    '/v1/decide',
    {
      method: 'POST',
      headers: { Authorization: 'Bearer sk_demo', 'Content-Type': 'application/json' },
      body: JSON.stringify(question(n)),
    },
    bindings as unknown as Env,
    context,
  );
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${answer.status} ${text.slice(0, 400)}`);
  await Promise.all(waiting.splice(0));
  const { placements }: { placements: Record<string, { items: unknown[] }> } = JSON.parse(text);
  return Object.values(placements)[0]?.items.length ?? 0;
}

function memory(): { heapMB: number; buffersMB: number } {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heapMB: heapUsed / MB, buffersMB: arrayBuffers / MB };
}

const empty = memory();
const loadStarted = performance.now();
await ask(0);
const loadMs = performance.now() - loadStarted;
const loaded = memory();
const samples: ReturnType<typeof memory>[] = [];
const durations: number[] = [];
let answered = 0;
for (let n = 1; n <= requests; n++) {
  if (n === Math.floor(requests / 2)) {
    publication = 2;
    now += CARDS_MS;
  }
  const started = performance.now();
  answered += await ask(n);
  durations.push((performance.now() - started) * 1000);
  if (n % Math.ceil(requests / SAMPLES) === 0) samples.push(memory());
}
durations.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    empty,
    loaded,
    loadMs,
    samples,
    requests,
    items: answered / requests,
    kvReads: reads,
    p50Micros: durations[Math.floor(requests * 0.5)],
    p99Micros: durations[Math.floor(requests * 0.99)],
  }),
);
