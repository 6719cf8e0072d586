/** How the archive is cut and named. Pure. */
import type { ArchivedEvent } from '../learning/schema.ts';
import type { TalliedFlush } from './schema.ts';

/** A segment of the buffer is appended to until it has this many bytes: rewriting it stays cheap, and few rows are deleted later. */
export const SEGMENT_BYTES = 128 * 1024;
/** One value of the archive. KV takes 25 MB; 5 MB is read in one go by anything. */
export const VALUE_BYTES = 5_000_000;
/** The buffer is written after this time, or as soon as it fills a value. */
export const ARCHIVE_MS = 3_600_000;

const ENCODER = new TextEncoder();

/** The archived events of a flush; those whose basket teaches say so. */
export function withTaught({ archived, orders }: TalliedFlush, claimed: readonly string[]): ArchivedEvent[] {
  const taught = new Set<string>();
  for (const { orderId, learn, archivedAs } of orders)
    if (learn && archivedAs !== undefined && claimed.includes(orderId)) taught.add(archivedAs);
  if (taught.size === 0) return archived;
  return archived.map((event) =>
    event.name === 'purchase' && taught.has(event.order ?? '') ? { ...event, taught: true as const } : event,
  );
}

/** Size in UTF-8. */
export function bytesOf(text: string): number {
  return ENCODER.encode(text).byteLength;
}

/**
 * Events as lines of JSON, in pieces of at most {@link SEGMENT_BYTES} (one line may be larger).
 * @returns the pieces in order, each ending with a newline
 */
export function linesOf(events: readonly unknown[]): string[] {
  const pieces: string[] = [];
  let piece = '';
  let size = 0;
  for (const event of events) {
    const line = `${JSON.stringify(event)}\n`;
    const bytes = bytesOf(line);
    if (size > 0 && size + bytes > SEGMENT_BYTES) {
      pieces.push(piece);
      piece = '';
      size = 0;
    }
    piece += line;
    size += bytes;
  }
  if (piece !== '') pieces.push(piece);
  return pieces;
}

/**
 * The key of a value: by the hour (UTC) in which its first segment was begun. It depends on that segment alone, so that a value that was written but
 * not yet struck off the buffer is written again under the same key, with the same events first.
 * @param begunAt epoch milliseconds
 * @param n number of the segment, counting upwards for ever
 */
export function archiveKey(shop: string, begunAt: number, n: number): string {
  const iso = new Date(begunAt).toISOString();
  return `${shop}/${iso.slice(0, 10)}/${iso.slice(11, 13)}/${n}`;
}

/**
 * Which segments make up the next value: as many as fit, at least the first.
 * @param segments oldest first
 * @returns how many
 */
export function fitting(segments: readonly { bytes: number }[]): number {
  let taken = 0;
  let bytes = 0;
  for (const segment of segments) {
    bytes += segment.bytes;
    if (taken > 0 && bytes > VALUE_BYTES) break;
    taken += 1;
  }
  return taken;
}

/** How long to wait after the n-th refusal in a row (n from 1): a minute, doubled up to an hour. */
export function patience(refusals: number): number {
  return Math.min(60_000 * 2 ** (refusals - 1), ARCHIVE_MS);
}
