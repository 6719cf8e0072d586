/** KV `ARCHIVE`, read: values of lines of JSON, named by the hour in which their first event was counted. Written by the shop's TallyObject alone. */
import type { ArchivedValue } from './schema.ts';

/** Keys that KV lists in one go. */
const PAGE = 1_000;

export function archiveStore(kv: KVNamespace, shop: string) {
  const prefix = `${shop}/`;
  return {
    /** A page of values, in the order of their keys. @param cursor of the page before, undefined for the first */
    async list(cursor: string | undefined): Promise<{ items: ArchivedValue[]; cursor: string | null }> {
      const page = await kv.list({ prefix, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      const items = page.keys.flatMap(({ name }) => {
        const [day, hour, n] = name.slice(prefix.length).split('/');
        return day === undefined || hour === undefined || n === undefined ? [] : [{ day, hour, n: Number(n) }];
      });
      return { items, cursor: page.list_complete ? null : page.cursor };
    },
    /** The lines of a value, null when there is none (yet: KV may be a minute behind). */
    read: ({ day, hour, n }: ArchivedValue): Promise<ReadableStream | null> =>
      kv.get(`${prefix}${day}/${hour}/${n}`, 'stream'),
  };
}
