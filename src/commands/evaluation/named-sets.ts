/** The session sets that Floorwalker is measured on, and what it has to reach there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Seen } from '../../learning/score.ts';
import { readTest, readTrain } from './read.ts';
import { type Protocol, type SessionSet, sessionSet } from './session-set.ts';
import { simulatedSessions } from './simulated.ts';

/** A session set with what is asked of it. */
export interface NamedSet {
  name: string;
  set: SessionSet;
  protocols: readonly Protocol[];
  /** How protocol B treats seen items. */
  seen: Seen;
  /** Whether the feedback is simulated on it: one real set is enough. */
  isLooped: boolean;
}

export interface KnownSessions {
  folder: string;
  spanDays: number;
  seen: Seen;
  protocols: readonly Protocol[];
  /** HR@20 and MRR@20 to reach, percent. */
  reach: Partial<Record<Protocol, readonly [hr: number, mrr: number]>>;
  /** What `--floor` insists on, percent: recorded when it was reached, less what chance takes. */
  floor: Partial<Record<Protocol, readonly [hr: number, mrr: number]>>;
  /** How much the live model has to beat the frozen one by, points of HR@20 under protocol B: to reach, and the floor. */
  live?: readonly [reach: number, floor: number];
  isLooped?: boolean;
}

/** diginetica and retailrocket carry only an order; serenade-example has times, and its own rules. */
export const SESSIONS: readonly KnownSessions[] = [
  {
    folder: 'sessions/diginetica',
    spanDays: 145,
    seen: 'allow',
    protocols: ['A', 'B'],
    reach: { A: [44.0, 14.0], B: [52.6, 19.0] },
    floor: { A: [44.0, 13.9], B: [52.4, 18.8] },
    live: [0.6, 0.6],
  },
  {
    folder: 'sessions/retailrocket',
    spanDays: 131,
    isLooped: true,
    seen: 'allow',
    protocols: ['A', 'B'],
    reach: { A: [36.0, 12.8], B: [56.3, 27.5] },
    floor: { A: [35.8, 12.7], B: [56.2, 27.3] },
  },
  {
    folder: 'sessions/serenade-example',
    spanDays: 30,
    seen: 'hideCurrent',
    protocols: ['B'],
    reach: { B: [67.5, 34.4] },
    floor: { B: [67.2, 34.0] },
  },
];

export const SIMULATED: KnownSessions = {
  folder: 'demo shoppers (simulated)',
  spanDays: 30,
  seen: 'allow',
  protocols: ['A', 'B'],
  reach: { A: [81.5, 39], B: [83, 24.5] },
  floor: { A: [80.5, 38], B: [82, 23.8] },
};

/** The demo's own simulated shoppers: nothing to boast of, but there on every machine. */
export function simulatedSet(): NamedSet {
  const { train, test } = simulatedSessions();
  const { folder: name, protocols, seen, spanDays } = SIMULATED;
  return { name, protocols, seen, isLooped: true, set: sessionSet(train, test, spanDays) };
}

/** A set of files, or null where they are not there. */
export function readKnown(known: KnownSessions, folder: string): NamedSet | null {
  const path = join(folder, known.folder);
  if (!existsSync(path)) return null;
  const { folder: name, protocols, seen, spanDays, isLooped = false } = known;
  const set = sessionSet(readTrain(join(path, 'train.tsv.gz')), readTest(join(path, 'test.tsv.gz')), spanDays);
  return { name, protocols, seen, isLooped, set };
}
