/** KV `CONFIG`, `<shop>/aggregates`. */
import { type Aggregates, NO_AGGREGATES } from './schema-aggregates.ts';

const keyOf = (shop: string): string => `${shop}/aggregates`;

export function aggregatesStore(kv: KVNamespace) {
  return {
    /** What was not written yet, or by an older version of us, is empty. */
    async read(shop: string): Promise<Aggregates> {
      return { ...NO_AGGREGATES, ...(await kv.get<Partial<Aggregates>>(keyOf(shop), 'json')) };
    },
    async write(shop: string, content: string): Promise<void> {
      await kv.put(keyOf(shop), content);
    },
  };
}
