/** KV `ARCHIVE`, read: values of lines of JSON, named by the hour in which their first event was counted. Written by the shop's TallyObject alone. */
import type { ArchivedEvent } from '../learning/schema.ts';
import type { ArchivedValue } from './schema.ts';

/** Keys that KV lists in one go. */
const PAGE = 1_000;

/** A look at the archive stays within what one request may ask of KV on any plan, and within some tens of milliseconds. */
const MOST_VALUES = 30;
const MOST_READS = 44;
const MOST_CHARACTERS = 5_000_000;
const MOST_LINES = 50_000;

const parsed = (lines: readonly string[]): ArchivedEvent[] =>
  lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ArchivedEvent);

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
    /**
     * The newest events, as far as a bounded look at the archive finds them: at most so many values and characters, of the days given, in so many reads.
     * @param days newest first, like 2026-11-22
     */
    async newest(days: readonly string[]): Promise<ArchivedEvent[]> {
      const lines: string[] = [];
      let [values, characters] = [0, 0];
      for (const [listed, day] of days.entries()) {
        if (listed + values >= MOST_READS) break;
        const { keys } = await kv.list({ prefix: `${prefix}${day}/`, limit: PAGE });
        for (const { name } of keys.toReversed()) {
          const isFull = values >= MOST_VALUES || listed + 1 + values >= MOST_READS;
          if (isFull || characters >= MOST_CHARACTERS) return parsed(lines);
          const text = (await kv.get(name)) ?? '';
          values += 1;
          characters += text.length;
          lines.push(...text.split('\n').slice(0, MOST_LINES));
        }
      }
      return parsed(lines);
    },
    /** The lines of a value, null when there is none (yet: KV may be a minute behind). */
    read: ({ day, hour, n }: ArchivedValue): Promise<ReadableStream | null> =>
      kv.get(`${prefix}${day}/${hour}/${n}`, 'stream'),
  };
}
