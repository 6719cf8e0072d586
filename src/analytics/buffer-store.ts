/** The buffer of the archive: rows of the tally until KV `ARCHIVE` has them. */
import { archiveKey, bytesOf, fitting, linesOf, SEGMENT_BYTES, VALUE_BYTES } from './archive.ts';
import type { ArchiveSegment, TallyStore } from './tally-store.ts';

/** KV refuses a time to live under 60 s. */
const LEAST_TTL_SECONDS = 60;
const DAY_SECONDS = 86_400;

export function archiveBuffer(store: TallyStore) {
  /** The segment that is appended to; null when the next events begin one. */
  let tail: ArchiveSegment | null = null;
  let buffered = 0;
  let lastSegment = 0;

  function read(): void {
    const segments = store.segments();
    tail = segments.at(-1) ?? null;
    buffered = segments.reduce((sum, one) => sum + one.bytes, 0);
    lastSegment = store.lastSegment();
  }
  read();

  return {
    /** Reads the rows again, after a transaction was rolled back. */
    read,
    bytes: () => buffered,
    /** The number of the segment begun last. */
    last: () => lastSegment,

    take(events: readonly unknown[], now: number): { buffered: boolean; isFull: boolean } {
      for (const lines of linesOf(events)) {
        const bytes = bytesOf(lines);
        if (tail !== null && tail.bytes + bytes <= SEGMENT_BYTES) {
          tail = { ...tail, bytes: tail.bytes + bytes };
          store.appendSegment(tail, lines);
        } else {
          lastSegment += 1;
          tail = { n: lastSegment, begunAt: now, bytes };
          store.beginSegment(tail, lines);
        }
        buffered += bytes;
      }
      return { buffered: buffered > 0, isFull: buffered >= VALUE_BYTES };
    },

    /**
     * Writes to KV what is buffered by now, value by value; each is struck off the buffer once KV has it.
     * @param archiveDays how long KV keeps it; 0: it is only struck off
     */
    async writeOut(
      kv: KVNamespace,
      shop: string,
      { archiveDays, transact }: { archiveDays: () => Promise<number>; transact: (work: () => void) => void },
    ): Promise<void> {
      // What arrives from here on begins a segment of its own, so that nothing is appended to one that is being written.
      tail = null;
      const until = lastSegment;
      const days = await archiveDays();
      for (;;) {
        const segments = store.segments().filter((one) => one.n <= until);
        const parts = segments.slice(0, fitting(segments));
        const first = parts[0];
        const last = parts.at(-1);
        if (first === undefined || last === undefined) return;
        const body = parts.map((one) => store.segmentBody(one.n)).join('');
        const key = archiveKey(shop, first.begunAt, first.n);
        if (days > 0) {
          const expirationTtl = Math.max(LEAST_TTL_SECONDS, Math.round(days * DAY_SECONDS));
          await kv.put(key, body, { expirationTtl });
        }
        transact(() => store.strike(last.n, days > 0 ? key : null));
        buffered -= parts.reduce((sum, one) => sum + one.bytes, 0);
      }
    },
  };
}

export type ArchiveBuffer = ReturnType<typeof archiveBuffer>;
