import { resolveConfig } from './defaults.ts';
import type { SiteConfig } from './schema.ts';
import { configStore } from './store.ts';

const FRESH_MS = 30_000;

/** The configs that objects of this isolate have read, shared by all of them. */
const held = new Map<string, { readAt: number; version: number; config: SiteConfig }>();

/** A shop's config as this isolate has read it last, null when it has not. */
export const heldConfig = (shop: string): SiteConfig | null => held.get(shop)?.config ?? null;

/**
 * A shop's config for objects that need it now and then: KV `CONFIG`, read again every half minute.
 * @param now epoch milliseconds
 * @param version that is known to be published: an older one is read again; 0 when none is known
 */
export async function recentConfig(kv: KVNamespace, shop: string, now: number, version = 0): Promise<SiteConfig> {
  const known = held.get(shop);
  if (known !== undefined && known.version >= version && Math.abs(now - known.readAt) < FRESH_MS) return known.config;
  const stored = await configStore(kv).read(shop);
  // What is compiled of a config is kept with it.
  const isSame = known !== undefined && known.version === (stored?.version ?? 0);
  const config = isSame ? known.config : resolveConfig(stored?.config ?? {});
  held.set(shop, { readAt: now, version: stored?.version ?? 0, config });
  return config;
}
