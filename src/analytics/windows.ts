/**
 * The open windows of a shop, packed many in a row. A row a window would cost two written rows for every visit (one to insert, one to delete); windows that
 * open together settle together, so that a segment of the last fifty is written once for each opening and about once for fifty settlings.
 * A plain structure changed in place: no clock, no storage.
 */
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

export interface OpenWindows {
  /** @returns the segment to be written, null when nothing changed (opened before, or settled before it was opened) */
  open(window: OpenWindow): Segment | null;
  /** Strikes windows off. Unknown ones are remembered: their opening may come later. @returns the segments to be written; empty ones are to be deleted */
  settle(windows: readonly { sender: string; window: number }[]): Segment[];
  /** Sum of the events of open windows. */
  pending(): number;
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
