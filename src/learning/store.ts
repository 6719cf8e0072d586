import { chunkKey, countsKey, Manifest, manifestKey, sessionsKey } from './schema-published.ts';

/** Immutable versions live this long and are written again before it ends. */
export const VERSION_TTL_SECONDS = 7 * 86_400;

/** How long an edge location may keep what never changes; it also keeps that something was not there. */
const CACHE_SECONDS = 3_600;

/** The least that KV allows, for what changes. */
const MANIFEST_CACHE_SECONDS = 30;

/** KV `CARDS`: what the learner publishes. Written by the shop's LearnerObject alone. */
export function cardStore(kv: KVNamespace, shop: string) {
  return {
    /** @returns null when nothing was ever published, or in a format that this code does not know */
    async readManifest(): Promise<Manifest | null> {
      const parsed = Manifest.safeParse(
        await kv.get(manifestKey(shop), { type: 'json', cacheTtl: MANIFEST_CACHE_SECONDS }),
      );
      return parsed.success ? parsed.data : null;
    },
    writeManifest: (manifest: Manifest): Promise<void> => kv.put(manifestKey(shop), JSON.stringify(manifest)),
    /** @param name `<chunk>/<version>` */
    readChunk: (name: string): Promise<ArrayBuffer | null> =>
      kv.get(chunkKey(shop, name), { type: 'arrayBuffer', cacheTtl: CACHE_SECONDS }),
    writeChunk: (name: string, bytes: Uint8Array): Promise<void> =>
      kv.put(chunkKey(shop, name), bytes, { expirationTtl: VERSION_TTL_SECONDS }),
    readSessions: (version: number): Promise<ArrayBuffer | null> =>
      kv.get(sessionsKey(shop, version), { type: 'arrayBuffer', cacheTtl: CACHE_SECONDS }),
    writeSessions: (version: number, bytes: Uint8Array): Promise<void> =>
      kv.put(sessionsKey(shop, version), bytes, { expirationTtl: VERSION_TTL_SECONDS }),
    readCounts: (version: number): Promise<ArrayBuffer | null> =>
      kv.get(countsKey(shop, version), { type: 'arrayBuffer', cacheTtl: CACHE_SECONDS }),
    writeCounts: (version: number, bytes: Uint8Array): Promise<void> =>
      kv.put(countsKey(shop, version), bytes, { expirationTtl: VERSION_TTL_SECONDS }),
  };
}

export type CardStore = ReturnType<typeof cardStore>;
