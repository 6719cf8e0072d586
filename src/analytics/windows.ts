/**
 * The open windows of a shop, packed many in a row. A row a window would cost two written rows for every visit (one to insert, one to delete); windows that
 * open together settle together, so that a segment of the last fifty is written once for each opening and about once for fifty settlings.
 * A plain structure changed in place: no clock, no storage.
 */
import type { Flush } from '../learning/schema.ts';
import type { FlushWindow } from './schema.ts';

export interface OpenWindow extends FlushWindow {
  /** Epoch milliseconds. */
  openedAt: number;
}

export interface Segment {
  n: number;
  windows: OpenWindow[];
}

const SEGMENT_WINDOWS = 50;

/** How many settlings that came before their opening are remembered, so that the late opening does not stay open. Beyond that the sweep closes it. */
const EARLY_REMEMBERED = 10_000;

/** A flush that closes a window whose other flushes are on their way comes again until this attempt: for two minutes. Then the sweep looks after the window. */
export const WAITING_ATTEMPTS = 6;

/** Of a window of more flushes, the last ones are asked for. */
const MOST_AWAITED = 1_000;

/**
 * The other flushes of the windows that some flushes close.
 * @param applied flushes that need not be asked for
 * @returns by the closing flush, ids of the flushes that must have been applied before its window is settled
 */
export function awaitedBy(
  closing: readonly Pick<Flush, 'flushId' | 'first'>[],
  applied: ReadonlySet<string>,
): Map<string, string[]> {
  const awaited = new Map<string, string[]>();
  for (const { flushId, first } of closing) {
    const dot = flushId.lastIndexOf('.');
    const name = flushId.slice(0, dot);
    const last = Number(flushId.slice(dot + 1));
    const ids: string[] = [];
    for (let n = Math.max(first ?? last, last - MOST_AWAITED); n < last; n++)
      if (!applied.has(`${name}.${n}`)) ids.push(`${name}.${n}`);
    awaited.set(flushId, ids);
  }
  return awaited;
}

/** What is known of the windows that are open. */
export interface OpenWindowsOverview {
  windows: number;
  /** Epoch milliseconds, null when none is open. */
  oldestAt: number | null;
}

export interface OpenWindows {
  /** @returns the segment to be written, null when nothing changed (opened before, or settled before it was opened) */
  open(window: OpenWindow): Segment | null;
  /** Strikes windows off. Unknown ones are remembered: their opening may come later. @returns the segments to be written; empty ones are to be deleted */
  settle(windows: readonly { sender: string; window: number }[]): Segment[];
  /** Sum of the events of open windows. */
  pending(): number;
  overview(): OpenWindowsOverview;
  /** Senders with windows opened before a time, the oldest first. */
  senders(openedBefore: number): string[];
  /** The numbers of a sender's windows. */
  windowsOf(sender: string): number[];
}

const keyOf = (window: { sender: string; window: number }): string => `${window.window} ${window.sender}`;

/** @param stored the segments as they were written, in any order */
export function openWindows(stored: readonly Segment[]): OpenWindows {
  const segments = new Map<number, Segment>(stored.toSorted((a, b) => a.n - b.n).map((one) => [one.n, one]));
  const placed = new Map<string, Segment>();
  for (const segment of segments.values()) for (const window of segment.windows) placed.set(keyOf(window), segment);
  let last = Math.max(0, ...segments.keys());
  const early = new Set<string>();
  const remember = (key: string): void => {
    early.add(key);
    if (early.size <= EARLY_REMEMBERED) return;
    for (const oldest of early) {
      early.delete(oldest);
      break;
    }
  };
  const tail = (): Segment => {
    const current = segments.get(last);
    if (current !== undefined && current.windows.length < SEGMENT_WINDOWS) return current;
    last += 1;
    const next: Segment = { n: last, windows: [] };
    segments.set(last, next);
    return next;
  };
  return {
    open(window) {
      const key = keyOf(window);
      if (placed.has(key) || early.delete(key)) return null;
      const segment = tail();
      segment.windows.push(window);
      placed.set(key, segment);
      return segment;
    },
    settle(windows) {
      const touched = new Set<Segment>();
      for (const window of windows) {
        const key = keyOf(window);
        const segment = placed.get(key);
        if (segment === undefined) {
          remember(key);
          continue;
        }
        placed.delete(key);
        segment.windows = segment.windows.filter((one) => keyOf(one) !== key);
        touched.add(segment);
      }
      for (const segment of touched) if (segment.windows.length === 0) segments.delete(segment.n);
      return [...touched];
    },
    pending() {
      let sum = 0;
      for (const segment of segments.values()) for (const window of segment.windows) sum += window.events;
      return sum;
    },
    overview() {
      const opened = [...segments.values()].flatMap((segment) => segment.windows.map((window) => window.openedAt));
      return { windows: opened.length, oldestAt: opened.length === 0 ? null : opened.reduce((a, b) => Math.min(a, b)) };
    },
    senders(openedBefore) {
      const due = new Set<string>();
      for (const segment of segments.values())
        for (const window of segment.windows) if (window.openedAt < openedBefore) due.add(window.sender);
      return [...due];
    },
    windowsOf(sender) {
      return [...segments.values()].flatMap((segment) =>
        segment.windows.filter((one) => one.sender === sender).map((one) => one.window),
      );
    },
  };
}
