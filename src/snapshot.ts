import type { Catalogue } from './catalog/catalogue.ts';
import type { SiteConfig } from './config/schema.ts';
import type { Env } from './env.ts';
import type { Counts } from './learning/codec.ts';
import type { CardReader } from './learning/reader.ts';

/** What an isolate holds in memory about a shop: everything a decision reads besides the visitor and the cards. Never changed by who reads it. */
export interface Snapshot {
  readonly shop: string;
  readonly config: SiteConfig;
  /** As answers state them: `config` 0 when none was ever published, `catalog` `c<hex>`, `cards` `k<…>`. */
  readonly versions: { readonly config: number; readonly catalog: string; readonly cards: string };
  /** Live: changes are applied in place as they arrive. */
  readonly catalogue: Catalogue;
  readonly reader: CardReader;
  readonly counts: Counts;
}

export interface SnapshotOptions {
  /** Epoch milliseconds. */
  now: number;
  /** Keeps work alive after the answer: `c.executionCtx.waitUntil`, or the context's of a queue or an object. */
  waitUntil(work: Promise<unknown>): void;
}

/** What can be read anew by itself. */
export type SnapshotPart = 'config' | 'catalog' | 'cards';

/**
 * The shop's snapshot. The first call of an isolate loads it (concurrent calls share the loading); later calls answer from memory and let the background
 * ask for changes: the catalogue and the config at most once per `freshness.catalogSeconds`, the cards once per `freshness.cardsSeconds`.
 * @throws only when nothing could be loaded at all
 */
export async function snapshotOf(env: Env, shop: string, options: SnapshotOptions): Promise<Snapshot> {
  throw new Error(`${env}${shop}${options.now}`);
}

/** Makes the next {@link snapshotOf} of this isolate read a part again before it answers. To be called after having changed that part. */
export function forget(shop: string, part: SnapshotPart): void {
  throw new Error(`${shop}${part}`);
}
