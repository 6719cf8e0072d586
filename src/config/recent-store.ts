import { resolveConfig } from './defaults.ts';
import type { SiteConfig } from './schema.ts';
import { configStore } from './store.ts';

const FRESH_MS = 30_000;

/** The configs that objects of this isolate have read, shared by all of them. */
const held = new Map<string, { readAt: number; config: SiteConfig }>();

/**
 * A shop's config for objects that need it now and then: KV `CONFIG`, read again every half minute.
 * @param now epoch milliseconds
 */
export async function recentConfig(kv: KVNamespace, shop: string, now: number): Promise<SiteConfig> {
  const known = held.get(shop);
  if (known !== undefined && Math.abs(now - known.readAt) < FRESH_MS) return known.config;
  const stored = await configStore(kv).read(shop);
  const config = resolveConfig(stored?.config ?? {});
  held.set(shop, { readAt: now, config });
  return config;
}
