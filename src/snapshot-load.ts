import { emptyCatalogue, type LiveCatalogue, openColumns } from './catalog/memory.ts';
import { catalogStore } from './catalog/store.ts';
import { resolveConfig } from './config/defaults.ts';
import type { SiteConfig, SiteConfigInput } from './config/schema.ts';
import { configStore } from './config/store.ts';
import { catalogObject, configObject, type Env } from './env.ts';

/** Changes asked for at once. */
const CHANGES = 1_000;

/** When so many of a catalogue's slots lie over its columns, and more than a quarter of them, reading the columns again saves memory. */
const MOST_OVERLAID = 5_000;

export interface LoadedConfig {
  version: number;
  config: SiteConfig;
}

/** The config as KV has it: cheap, and up to a minute old elsewhere in the world. */
export async function loadConfig(env: Env, shop: string): Promise<LoadedConfig> {
  const published = await configStore(env.CONFIG).read(shop);
  if (published === null) return { version: 0, config: resolveConfig({}) };
  return { version: published.version, config: resolveConfig(published.config) };
}

/** The config as its own object has it: for whoever has just changed it. */
export async function loadNewestConfig(env: Env, shop: string): Promise<LoadedConfig> {
  const newest = await configObject(env, shop).current();
  if (newest === null) return loadConfig(env, shop);
  return { version: newest.version, config: resolveConfig(JSON.parse(newest.config) as SiteConfigInput) };
}

/** Applies what the change log has since the catalogue's version. @returns false when the log does not reach back that far */
async function follow(env: Env, shop: string, catalogue: LiveCatalogue): Promise<boolean> {
  const object = catalogObject(env, shop);
  for (;;) {
    const { version, changes, more, reload } = await object.changesSince(catalogue.version, CHANGES);
    if (reload) return false;
    // Two followers may have asked at once: what the other one has applied must not be undone by older news.
    if (version > catalogue.version) catalogue.apply(changes, version);
    if (!more) return true;
  }
}

/** The catalogue from its columns in KV and the change log after them. */
export async function loadCatalogue(
  env: Env,
  shop: string,
  variants: SiteConfig['learning']['variants'],
): Promise<LiveCatalogue> {
  const columns = await catalogStore(env.CATALOG).readColumns(shop);
  const catalogue = columns === null ? emptyCatalogue({ variants }) : openColumns(columns, { variants });
  // Columns that the log has forgotten are still better than none: KV will follow.
  await follow(env, shop, catalogue);
  return catalogue;
}

/** Brings a catalogue up to date: in place where the change log allows it, otherwise from its columns. */
export async function refreshCatalogue(
  env: Env,
  shop: string,
  held: { catalogue: LiveCatalogue; variants: SiteConfig['learning']['variants'] },
): Promise<LiveCatalogue> {
  const { catalogue, variants } = held;
  const worn = catalogue.overlaid > MOST_OVERLAID && catalogue.overlaid > catalogue.size / 4;
  if (!worn && (await follow(env, shop, catalogue))) return catalogue;
  const fresh = await loadCatalogue(env, shop, variants);
  // Where KV is behind, a worn catalogue is still the newer one.
  return worn && fresh.version < catalogue.version ? catalogue : fresh;
}
