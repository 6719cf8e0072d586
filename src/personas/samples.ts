/**
 * Samples of a shop's visitors, of bounded size: of all visitors those with the smallest keys, and of those who bought likewise. Keys are random, so that
 * each is a simple random sample of distinct visitors whatever the order and however often they report (bottom-k sketches: Cohen, Kaplan, PODC 2007).
 * A plain structure changed in place: no clock, no storage.
 */
import type { Sample } from './schema-sample.ts';

/** Visitors, and beside them customers, of whom a sample is kept. */
const MOST_SAMPLES = 1_000;
/** So many more may gather before what is too much is let go. */
const SLACK = 100;
const SEGMENTS = 16;
/** What is told of one visitor again within this time is written with the next that has to be, unless there is another order. */
const REWRITE_MS = 3_600_000;

/** Stands in the place of a sample whose visitor was erased, so that what is still on its way brings nobody back. */
interface Struck {
  key: number;
  until: number;
}
export type Entry = Sample | Struck;

export interface SampleSegment {
  n: number;
  entries: Entry[];
}

export interface Samples {
  /** @returns the segments to be written */
  take(samples: readonly Sample[]): SampleSegment[];
  /** @param until when what is on its way will have arrived or be refused */
  strike(key: number, until: number): SampleSegment[];
  /** Lets go of what is past its time. */
  forget(now: number): SampleSegment[];
  /** A sample of all visitors, those who bought among them. */
  visitors(): Sample[];
  customers(): Sample[];
}

const isSample = (entry: Entry | undefined): entry is Sample => entry !== undefined && 'facts' in entry;
const segmentOf = (key: number): number => key % SEGMENTS;

/** @param stored the segments as they were written */
export function openSamples(stored: readonly SampleSegment[]): Samples {
  const entries = new Map<number, Entry>(stored.flatMap((segment) => segment.entries).map((one) => [one.key, one]));
  const writtenAt = new Map<number, number>();
  const smallest = (among: (sample: Sample) => boolean): Sample[] =>
    [...entries.values()]
      .filter((entry) => isSample(entry) && among(entry))
      .sort((a, b) => a.key - b.key)
      .slice(0, MOST_SAMPLES) as Sample[];
  const visitors = () => smallest(() => true);
  const customers = () => smallest((sample) => sample.orderedAt !== undefined);
  const written = (numbers: Iterable<number>): SampleSegment[] =>
    [...new Set(numbers)].map((n) => ({ n, entries: [...entries.values()].filter((one) => segmentOf(one.key) === n) }));
  /** Keys beyond which nobody is in a sample any more. */
  let bounds = boundsOf();

  function boundsOf() {
    const last = (samples: Sample[]) =>
      samples.length < MOST_SAMPLES ? Number.POSITIVE_INFINITY : (samples.at(-1)?.key ?? 0);
    return { visitors: last(visitors()), customers: last(customers()), size: entries.size };
  }

  function prune(): number[] {
    const kept = new Set([...visitors(), ...customers()].map((one) => one.key));
    const gone = [...entries.values()].filter((one) => isSample(one) && !kept.has(one.key)).map((one) => one.key);
    for (const key of gone) entries.delete(key);
    bounds = boundsOf();
    return gone;
  }

  function takeOne(sample: Sample): boolean {
    const { key, at, orderedAt } = sample;
    const bound = orderedAt === undefined ? bounds.visitors : Math.max(bounds.visitors, bounds.customers);
    const before = entries.get(key);
    if (key > bound || (before !== undefined && (!isSample(before) || before.at > at))) return false;
    entries.set(key, sample);
    const isNews = before === undefined || before.orderedAt !== orderedAt;
    if (!isNews && at - (writtenAt.get(key) ?? before.at) < REWRITE_MS) {
      if (!writtenAt.has(key)) writtenAt.set(key, before.at);
      return false;
    }
    writtenAt.set(key, at);
    return true;
  }

  return {
    take(samples) {
      const touched = samples.filter(takeOne).map((one) => segmentOf(one.key));
      if (entries.size > bounds.size + SLACK) touched.push(...prune().map(segmentOf));
      return written(touched);
    },
    strike(key, until) {
      entries.set(key, { key, until });
      return written([segmentOf(key)]);
    },
    forget(now) {
      const gone = [...entries.values()].filter((one) => one.until <= now).map((one) => one.key);
      for (const key of gone) entries.delete(key);
      return written([...gone, ...prune()].map(segmentOf));
    },
    visitors,
    customers,
  };
}
