/** What a publication costs through the real object and KV in workerd: one chunk changed, and all of them, interleaved with the floor. */
import type { KeyedView } from '../../src/learning/learn.ts';
import { CHUNK_ITEMS } from '../../src/learning/learner.ts';
import type { LearnBatch } from '../../src/learning/log.ts';
import { chunkOf, Manifest } from '../../src/learning/schema-published.ts';
import { key53 } from '../../src/shared/hash.ts';
import { type Call, client, type Timing, timingOf } from './client.ts';
import { type BenchServer, startServer } from './server.ts';
import { fillShop, floorScenario, itemIdOf } from './shop.ts';

export interface PublicationCost extends Timing {
  /** CPU milliseconds of workerd, the local KV's included, for one call. */
  cpuMs: number;
  /** Objects written by one publication: chunks, counts, manifest. 0 for the floor. */
  writes: number;
}

interface Round {
  name: string;
  /** The chunks that are changed before each publication. */
  chunks: readonly number[];
  durations: number[];
  cpuMs: number;
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Publications lie this far apart on the learner's clock: more than `cardsSeconds`, so that each is due. */
const STEP_MS = 2_000;

/** The learner's clock is this far ahead, so that its own alarm finds nothing due, however long the bench takes. */
const AHEAD_MS = 3_600_000;

/** Counts and manifest. */
const FIXED_WRITES = 2;

/** Chunk → the keys of its items. */
function keysByChunk(items: number, bits: number): number[][] {
  const chunks: number[][] = Array.from({ length: 2 ** bits }, () => []);
  for (let n = 0; n < items; n++) {
    const key = key53(itemIdOf(n));
    chunks[chunkOf(key, bits)]?.push(key);
  }
  return chunks;
}

/** A session of views within each of the chunks: nothing outside them changes. */
function changes(flushId: string, keys: readonly number[][], at: number): LearnBatch {
  const views = keys.flatMap((members): KeyedView[] => {
    const seen = members.slice(0, 11);
    return seen.map((key, n) => ({ key, at, previous: seen.slice(0, n).reverse(), length: n + 1, own: false }));
  });
  return { flushId, views, baskets: [], events: views.length };
}

type Send = ReturnType<typeof client>['send'];

async function ask(send: Send, call: Call): Promise<string> {
  const answer = await send(call);
  if (answer.status !== 200) throw new Error(`${call.url.pathname}: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer.text;
}

/** Teaches, and says what was published before. */
async function learn(send: Send, product: URL, batch: LearnBatch): Promise<Manifest> {
  const body = JSON.stringify([batch]);
  return Manifest.parse(
    JSON.parse(await ask(send, { url: new URL('/learn', product), method: 'POST', headers: JSON_TYPE, body })),
  );
}

async function timed(round: Round, server: BenchServer, work: () => Promise<unknown>): Promise<void> {
  const cpuBefore = server.cpuMs();
  const started = performance.now();
  await work();
  round.durations.push(performance.now() - started);
  round.cpuMs += server.cpuMs() - cpuBefore;
}

/** The learner's clock, ahead of the real one, so that nothing but what is asked for is published. */
interface Clock {
  now: number;
}

async function publish(send: Send, product: URL, clock: Clock): Promise<void> {
  clock.now += STEP_MS;
  await ask(send, { url: new URL(`/publish?now=${clock.now}`, product), method: 'POST' });
}

/** Teaches something about every item, in so many flushes that the learner divides its chunks as such a shop's are, and publishes them. */
async function prepare(send: Send, product: URL, { bits, items }: { bits: number; items: number }, clock: Clock) {
  const keys = keysByChunk(items, 8);
  for (const [n, members] of keys.entries())
    await learn(send, product, changes(`all-${n}`, pieces(members), clock.now));
  for (let attempt = 0; attempt < 100; attempt++) {
    await publish(send, product, clock);
    const manifest = await learn(send, product, changes(`settled-${attempt}`, [], clock.now));
    if (manifest.bits === bits) return manifest;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the learner did not divide its cards into ${2 ** bits} chunks`);
}

function pieces(keys: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(keys.length / 10) }, (_, n) => keys.slice(n * 10, n * 10 + 10));
}

/** Publishes what was changed in the round's chunks, and makes sure that exactly they were written. @returns what was published */
async function publishRound(
  round: Round,
  server: BenchServer,
  { send, keys, clock, before }: { send: Send; keys: readonly number[][]; clock: Clock; before: Manifest },
): Promise<Manifest> {
  const { product } = server;
  const chosen = round.chunks.map((chunk) => keys[chunk] ?? []);
  await learn(send, product, changes(`changes-${clock.now}`, chosen, clock.now));
  await timed(round, server, () => publish(send, product, clock));
  const manifest = await learn(send, product, changes(`nothing-${clock.now}`, [], clock.now));
  const written = manifest.chunks.filter((name) => name?.endsWith(`/${manifest.version}`)).length;
  if (manifest.version !== before.version + 1 || written !== chosen.length)
    throw new Error(`${round.name}: ${written} chunks, version ${before.version} became ${manifest.version}`);
  return manifest;
}

/** Every kind of call once in each round; the first rounds warm up. */
async function run(server: BenchServer, rounds: readonly Round[], { items, times }: { items: number; times: number }) {
  const { send, close } = client(1);
  const floor = floorScenario(server.floor);
  const clock = { now: Date.now() + AHEAD_MS };
  let manifest = await prepare(send, server.product, { bits: bitsOf(items), items }, clock);
  const keys = keysByChunk(items, manifest.bits);
  const warmUp = Math.ceil(times / 5);
  for (let time = 0; time < warmUp + times; time++) {
    if (time === warmUp) for (const round of rounds) Object.assign(round, { durations: [], cpuMs: 0 });
    for (const round of rounds) {
      if (round.chunks.length === 0) await timed(round, server, () => ask(send, floor.call(time)));
      else manifest = await publishRound(round, server, { send, keys, clock, before: manifest });
    }
  }
  close();
}

/** How a shop of so many items is divided. */
const bitsOf = (items: number): number => Math.ceil(Math.log2(items / CHUNK_ITEMS));

/**
 * Publishes through the learner's object, the call over HTTP included, and compares with a bare route in the same workerd.
 * @param times publications of each kind
 */
export async function measurePublication(items: number, times: number): Promise<PublicationCost[]> {
  const server = await startServer('test/bench/publishing.ts');
  try {
    await fillShop(server.product, items, Date.now(), { cardsSeconds: 1, kvWritesPerDay: 10_000_000 });
    const all = Array.from({ length: 2 ** bitsOf(items) }, (_, chunk) => chunk);
    const rounds: Round[] = [
      { name: 'floor', chunks: [], durations: [], cpuMs: 0 },
      { name: 'publish, 1 chunk', chunks: [3], durations: [], cpuMs: 0 },
      { name: `publish, all ${all.length}`, chunks: all, durations: [], cpuMs: 0 },
    ];
    await run(server, rounds, { items, times });
    return rounds.map(({ name, chunks, durations, cpuMs }) => ({
      ...timingOf(name, durations),
      cpuMs: cpuMs / durations.length,
      writes: chunks.length === 0 ? 0 : chunks.length + FIXED_WRITES,
    }));
  } finally {
    await server.stop();
  }
}
