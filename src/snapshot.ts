import { aggregatesStore } from './analytics/aggregates-store.ts';
import type { Aggregates } from './analytics/schema-aggregates.ts';
import type { LiveCatalogue } from './catalog/memory.ts';
import type { SiteConfig } from './config/schema.ts';
import type { Env } from './env.ts';
import type { Counts } from './learning/counts.ts';
import { type CardReader, cardReader } from './learning/reader.ts';
import { type Popularity, popularityOf } from './recommendations/popularity.ts';
import { type LoadedConfig, loadCatalogue, loadConfig, loadNewestConfig, refreshCatalogue } from './snapshot-load.ts';

/** What an isolate holds in memory about a shop: everything a decision reads besides the visitor and the cards. Never changed by who reads it. */
export interface Snapshot {
  readonly shop: string;
  readonly config: SiteConfig;
  /** As answers state them: `config` 0 when none was ever published, `catalog` `c<hex>`, `cards` `k<…>`. */
  readonly versions: { readonly config: number; readonly catalog: string; readonly cards: string };
  /** Live: changes are applied in place as they arrive. */
  readonly catalogue: LiveCatalogue;
  readonly reader: CardReader;
  readonly counts: Counts;
  /** Lists of popular items, computed when counts or catalogue change. */
  readonly popularity: Popularity;
  /** What decisions need of everything that was counted; up to some minutes old. */
  readonly aggregates: Aggregates;
}

export interface SnapshotOptions {
  /** Epoch milliseconds. */
  now: number;
  /** Keeps work alive after the answer: `c.executionCtx.waitUntil`, or the context's of a queue or an object. */
  waitUntil(work: Promise<unknown>): void;
}

/** What can be read anew by itself. */
export type SnapshotPart = 'config' | 'catalog' | 'cards' | 'aggregates';

const PARTS: readonly SnapshotPart[] = ['config', 'catalog', 'cards', 'aggregates'];

/** KV is up to a minute behind: asking it for the config more often than this tells nothing. */
const CONFIG_SECONDS = 30;

/** They are written at most every five minutes. */
const AGGREGATES_SECONDS = 60;

/** Lists of popular items follow the catalogue at most this often, unless it is small or the counts are new. */
const POPULARITY_SECONDS = 30;
const SMALL_CATALOGUE = 5_000;

/**
 * A part that nobody has asked for since so many of its intervals is read before the answer: a shop with a visitor every ten minutes would otherwise show
 * each of them the prices that the one before came for. Busy isolates never wait.
 */
const LATE_INTERVALS = 3;
const LATE_PATIENCE_MS = 300;

/** What somebody started and did not finish within this time is given up: their request may be gone. */
const ABANDONED_MS = 10_000;

/** A shop in this isolate. Parts are replaced one by one; `snapshot` is what they make together. */
interface Held {
  config: LoadedConfig;
  catalogue: LiveCatalogue;
  reader: CardReader;
  aggregates: Aggregates;
  snapshot: Snapshot;
  popularityAt: number;
  /** When each part was last asked for. */
  askedAt: Record<SnapshotPart, number>;
  /** Parts that must be read again before the next answer. */
  stale: Set<SnapshotPart>;
  running: Map<SnapshotPart, Running>;
}

interface Running {
  startedAt: number;
  /** It reads a change that was made here: whoever comes meanwhile waits for it. */
  newest: boolean;
  work: Promise<void>;
}

const shops = new Map<string, Held>();
const loading = new Map<string, { startedAt: number; work: Promise<Held>; stale: Set<SnapshotPart> }>();

const secondsSince = (then: number, now: number): number => Math.abs(now - then) / 1_000;

function warn(shop: string, part: SnapshotPart, error: unknown): void {
  console.warn(JSON.stringify({ shop, snapshot: part, error: String(error) }));
}

function join(
  held: Pick<Held, 'config' | 'catalogue' | 'reader' | 'aggregates'>,
  shop: string,
  popularity: Popularity,
): Snapshot {
  const { config, catalogue, reader, aggregates } = held;
  return {
    shop,
    config: config.config,
    versions: { config: config.version, catalog: `c${catalogue.version.toString(16)}`, cards: reader.version },
    catalogue,
    reader,
    counts: reader.counts,
    popularity,
    aggregates,
  };
}

async function load(env: Env, shop: string, now: number): Promise<Omit<Held, 'stale'>> {
  const reader = cardReader(env.CARDS, shop);
  const [config, aggregates] = await Promise.all([
    loadConfig(env, shop),
    aggregatesStore(env.CONFIG).read(shop),
    reader.refresh(now),
  ]);
  const catalogue = await loadCatalogue(env, shop, config.config.learning.variants);
  const held = {
    config,
    catalogue,
    reader,
    aggregates,
    popularityAt: now,
    askedAt: { config: now, catalog: now, cards: now, aggregates: now },
    running: new Map(),
  };
  return { ...held, snapshot: join(held, shop, popularityOf(reader.counts, catalogue)) };
}

async function readPart(
  env: Env,
  held: Held,
  { part, now, newest }: { part: SnapshotPart; now: number; newest: boolean },
): Promise<void> {
  const { shop } = held.snapshot;
  const { variants } = held.config.config.learning;
  if (part === 'config') {
    const config = await (newest ? loadNewestConfig : loadConfig)(env, shop);
    // KV may still have the version before the one that was published here.
    if (config.version === held.config.version || (!newest && config.version < held.config.version)) return;
    held.config = config;
    if (config.config.learning.variants !== variants)
      held.catalogue = await loadCatalogue(env, shop, config.config.learning.variants);
  } else if (part === 'catalog') {
    held.catalogue = await refreshCatalogue(env, shop, { catalogue: held.catalogue, variants });
  } else if (part === 'aggregates') held.aggregates = await aggregatesStore(env.CONFIG).read(shop);
  else await held.reader.refresh(now);
  renew(held, now);
}

/** Makes the snapshot of what is held now; the lists of popular items only where they must follow. */
function renew(held: Held, now: number): void {
  const { snapshot, catalogue, reader } = held;
  const versions = `c${catalogue.version.toString(16)}`;
  const other = snapshot.counts !== reader.counts || snapshot.catalogue !== catalogue;
  const changed = snapshot.versions.catalog !== versions;
  const due = catalogue.size <= SMALL_CATALOGUE || secondsSince(held.popularityAt, now) >= POPULARITY_SECONDS;
  let { popularity } = snapshot;
  if (other || (changed && due)) {
    popularity = popularityOf(reader.counts, catalogue);
    held.popularityAt = now;
  }
  held.snapshot = join(held, snapshot.shop, popularity);
}

/** Reads a part again; whoever asks meanwhile shares the reading. A failure is logged and leaves the part as it was. */
function refresh(env: Env, held: Held, asked: { part: SnapshotPart; now: number; newest: boolean }): Promise<void> {
  const { part, now } = asked;
  const known = held.running.get(part);
  if (known !== undefined && Math.abs(now - known.startedAt) < ABANDONED_MS) return known.work;
  held.askedAt[part] = now;
  held.stale.delete(part);
  const work = readPart(env, held, asked)
    .catch((error: unknown) => warn(held.snapshot.shop, part, error))
    .finally(() => {
      if (held.running.get(part)?.work === work) held.running.delete(part);
    });
  held.running.set(part, { startedAt: now, newest: asked.newest, work });
  return work;
}

/** After how many seconds a part is asked for again. */
function intervalOf({ config }: Held, part: SnapshotPart): number {
  const { catalogSeconds, cardsSeconds } = config.config.freshness;
  if (part === 'config') return Math.max(CONFIG_SECONDS, catalogSeconds);
  if (part === 'aggregates') return AGGREGATES_SECONDS;
  return part === 'catalog' ? catalogSeconds : cardsSeconds;
}

/** Asks for what is due in the background. @returns what was due so long ago that the answer is to wait for it */
function catchUp(env: Env, held: Held, { now, waitUntil }: SnapshotOptions): Promise<void>[] {
  const late: Promise<void>[] = [];
  for (const part of PARTS) {
    const age = secondsSince(held.askedAt[part], now) / intervalOf(held, part);
    if (age < 1 || held.running.has(part)) continue;
    const work = refresh(env, held, { part, now, newest: false });
    waitUntil(work);
    if (age >= LATE_INTERVALS && part !== 'aggregates') late.push(work);
  }
  return late;
}

/** Waits for what is late, but not for long. */
async function awaitLate(late: readonly Promise<void>[]): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise((resolve) => {
    timer = setTimeout(resolve, LATE_PATIENCE_MS);
  });
  await Promise.race([Promise.all(late), enough]);
  clearTimeout(timer);
}

function heldOf(env: Env, shop: string, { now, waitUntil }: SnapshotOptions): Promise<Held> {
  const known = loading.get(shop);
  if (known !== undefined && Math.abs(now - known.startedAt) < ABANDONED_MS) return known.work;
  const stale = new Set<SnapshotPart>();
  const work = load(env, shop, now)
    .then((held) => {
      const whole = { ...held, stale };
      shops.set(shop, whole);
      return whole;
    })
    .finally(() => {
      if (loading.get(shop)?.stale === stale) loading.delete(shop);
    });
  loading.set(shop, { startedAt: now, work, stale });
  // The request that started it may go away; the others that wait for it must not.
  waitUntil(work.catch(() => undefined));
  return work;
}

/**
 * The shop's snapshot. The first call of an isolate loads it (concurrent calls share the loading); later calls answer from memory and let the background
 * ask for changes: the catalogue at most once per `freshness.catalogSeconds`, the cards once per `freshness.cardsSeconds`, the config every half minute.
 * What cannot be read stays as it was.
 * @throws only when nothing could be loaded at all
 */
export async function snapshotOf(env: Env, shop: string, options: SnapshotOptions): Promise<Snapshot> {
  const held = shops.get(shop) ?? (await heldOf(env, shop, options));
  const { now, waitUntil } = options;
  // A reading that began before the change may not have it: wait for that one, then read again.
  for (let attempt = 0; held.stale.size > 0 && attempt < 3; attempt++) {
    const parts = [...held.stale];
    await Promise.all(parts.map((part) => held.running.get(part)?.work));
    const work = Promise.all(
      parts.filter((part) => held.stale.has(part)).map((part) => refresh(env, held, { part, now, newest: true })),
    );
    waitUntil(work);
    await work;
  }
  for (const { newest, startedAt, work } of held.running.values())
    if (newest && Math.abs(now - startedAt) < ABANDONED_MS) await work;
  const late = catchUp(env, held, options);
  if (late.length > 0) await awaitLate(late);
  return held.snapshot;
}

/** Makes the next {@link snapshotOf} of this isolate read a part again before it answers. To be called after having changed that part. */
export function forget(shop: string, part: SnapshotPart): void {
  shops.get(shop)?.stale.add(part);
  loading.get(shop)?.stale.add(part);
}
