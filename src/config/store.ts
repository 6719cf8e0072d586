import type { PublishedConfig } from './schema.ts';

const keyOf = (shop: string): string => `${shop}/current`;

/** The published config as everybody reads it: KV `CONFIG`, `<shop>/current`. Written by the shop's ConfigObject alone. */
export function configStore(kv: KVNamespace) {
  return {
    /** @returns null when nothing was ever published */
    read(shop: string): Promise<PublishedConfig | null> {
      return kv.get<PublishedConfig>(keyOf(shop), 'json');
    },
    async write(shop: string, published: PublishedConfig): Promise<void> {
      await kv.put(keyOf(shop), JSON.stringify(published));
    },
  };
}
