import { setTimeout as pause } from 'node:timers/promises';
import { catalogueItems } from '../../demo/catalogue/items.ts';
import { demoConfig, fillingConfig } from '../../demo/config.ts';
import { type SimulatedEvent, simulateShoppers } from '../../demo/shoppers.ts';
import { readShopKeys } from '../../http/keys.ts';
import { progressLine } from './progress-line.ts';

const SHOPPERS = 2_000;
const SEED = 'floorwalker demo';
const EVENTS_PER_CALL = 500;
/** Requests on their way at once: more make the one local process no faster. */
const PARALLEL = 4;
const PENDING_LIMIT_MS = 120_000;
const MOST_TRIES = 20;
const RETRY_MS = 500;

/** The secret key of the shop `demo` among the server's keys. */
function secretKey(): string {
  for (const [text, key] of readShopKeys(process.env.SHOP_KEYS) ?? []) {
    if (key.shop === 'demo' && key.kind === 'secret') return text;
  }
  return 'sk_demo';
}

async function attempt(url: string, init: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(url, init);
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    return { status: 503, text: error instanceof Error ? error.message : String(error) };
  }
}

/** A local server that restarts, since a source file was saved, answers 503 or not at all for a moment; repeating is harmless. */
async function call(url: string, method: 'GET' | 'PUT' | 'POST', body?: unknown): Promise<unknown> {
  const init = {
    method,
    headers: { Authorization: `Bearer ${secretKey()}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  for (let tries = 1; ; tries++) {
    const { status, text } = await attempt(url, init);
    if (status < 300) return JSON.parse(text);
    if (status !== 503 || tries === MOST_TRIES)
      throw new Error(`${method} ${url} was answered ${status}: ${text.slice(0, 500)}`);
    await pause(RETRY_MS);
  }
}

async function isOpen(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/demo`);
  await answer.body?.cancel();
  return answer.ok;
}

/** Whole shoppers to a call, so that each is written once. */
function batchesOf(shoppers: readonly { events: SimulatedEvent[] }[]): SimulatedEvent[][] {
  const batches: SimulatedEvent[][] = [];
  let batch: SimulatedEvent[] = [];
  for (const { events } of shoppers) {
    if (batch.length > 0 && batch.length + events.length > EVENTS_PER_CALL) {
      batches.push(batch);
      batch = [];
    }
    batch = [...batch, ...events];
  }
  return batch.length > 0 ? [...batches, batch] : batches;
}

async function sendShoppers(url: string, say: (share: number) => void): Promise<void> {
  const batches = batchesOf(simulateShoppers({ count: SHOPPERS, seed: SEED, now: Date.now() }));
  const left = batches.values();
  let sent = 0;
  const work = async (): Promise<void> => {
    for (const events of left) {
      const answer = (await call(`${url}/v1/events`, 'POST', { consent: 'session', events })) as {
        rejected: unknown[];
      };
      if (answer.rejected.length > 0) throw new Error(`Events were rejected: ${JSON.stringify(answer.rejected[0])}`);
      sent += 1;
      say(sent / batches.length);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

/** Waits until everything that was sent is in published cards. */
async function waitUntilLearnt(url: string, say: (share: number) => void): Promise<void> {
  const deadline = Date.now() + PENDING_LIMIT_MS;
  let most = 1;
  for (;;) {
    const { learning } = (await call(`${url}/v1/readiness`, 'GET')) as { learning: { pending: number } };
    if (learning.pending === 0) return;
    if (Date.now() > deadline) throw new Error(`Learning is not done in time: ${learning.pending} events are pending.`);
    most = Math.max(most, learning.pending);
    say(1 - learning.pending / most);
    await pause(250);
  }
}

/**
 * Fills the demo shop through the public API, unless it is filled: a config, the catalogue, the simulated shoppers, and, when all is learnt, the config
 * under the shop's own name, which opens /demo. Ids are stable: whatever was sent before is a duplicate.
 * @throws Error when the server refuses something
 */
export async function fillShop(url: string, print: (line: string) => void): Promise<void> {
  const api = url.replace('//localhost', '//127.0.0.1');
  if (await isOpen(api)) return;
  const started = performance.now();
  const progress = progressLine(process.stdout);
  progress.show('Laying out the catalogue', 0);
  await call(`${api}/v1/config`, 'PUT', fillingConfig);
  await call(`${api}/v1/catalog/items`, 'PUT', catalogueItems(url, Date.now()));
  await sendShoppers(api, (share) => progress.show(`Letting in ${SHOPPERS} simulated shoppers`, share));
  await waitUntilLearnt(api, (share) => progress.show('Learning from what they did', share));
  await call(`${api}/v1/config`, 'PUT', demoConfig);
  while (!(await isOpen(api))) await pause(100);
  progress.end();
  print(`The shop was filled in ${((performance.now() - started) / 1000).toFixed(0)} s. This happens only once.`);
}
