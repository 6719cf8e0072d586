/** The public data sets that Floorwalker is measured on, and what it has to reach there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Seen } from '../../learning/score.ts';
import { type DatedBasket, evaluateBaskets, splitInvoices } from './baskets.ts';
import { type Question, readBaskets, readLines, readTest, readTrain, type TrainSession } from './read.ts';
import { evaluateSessions, type Protocol } from './sessions.ts';
import { simulatedSessions } from './simulated.ts';

interface KnownSessions {
  folder: string;
  spanDays: number;
  seen: Seen;
  protocols: readonly Protocol[];
  /** HR@20 and MRR@20 to reach, percent. */
  reach: Partial<Record<Protocol, readonly [hr: number, mrr: number]>>;
  /** What `--floor` insists on, percent: recorded when it was reached, less what chance takes. */
  floor: Partial<Record<Protocol, readonly [hr: number, mrr: number]>>;
}

/** diginetica and retailrocket carry only an order; serenade-example has times, and its own rules. */
const SESSIONS: readonly KnownSessions[] = [
  {
    folder: 'sessions/diginetica',
    spanDays: 145,
    seen: 'allow',
    protocols: ['A', 'B'],
    reach: { A: [44.0, 14.0], B: [52.6, 19.0] },
    floor: { A: [44.0, 13.9], B: [52.4, 18.8] },
  },
  {
    folder: 'sessions/retailrocket',
    spanDays: 131,
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

const SIMULATED: KnownSessions = {
  folder: 'demo shoppers (simulated)',
  spanDays: 30,
  seen: 'allow',
  protocols: ['A', 'B'],
  reach: { A: [81.5, 39], B: [83, 24.5] },
  floor: { A: [80.5, 38], B: [82, 23.8] },
};

/** Measures the demo's own simulated shoppers: nothing to boast of, but there on every machine. */
export function measureSimulated(): Measured {
  return measureSessions(simulatedSessions(), SIMULATED);
}

/** Recall@10 to reach, percent. */
const BASKETS = [
  { folder: 'online-retail', reach: 28, floor: 27.5 },
  { folder: 'baskets/instacart', reach: 13, floor: 11.7 },
] as const;

/** One line of the table: a measured figure and the one to reach. */
export interface KnownFigure {
  set: string;
  measure: string;
  measured: number;
  reach: number;
  floor: number;
  n: number;
}

/** A set, measured. */
export interface Measured {
  figures: KnownFigure[];
  cost: KnownCost;
}

/** What the measuring took. */
export interface KnownCost {
  set: string;
  learnMicroseconds: number;
  scoreMicroseconds: number;
  megabytes: number | null;
}

/** Whether there are any of the sets under a folder. */
export function hasKnownSets(folder: string): boolean {
  return [...SESSIONS, ...BASKETS].some((known) => existsSync(join(folder, known.folder)));
}

/** Measures every known set that is there, one after the other. */
export function* measureKnown(folder: string): Generator<Measured> {
  for (const known of SESSIONS) {
    const path = join(folder, known.folder);
    if (!existsSync(path)) continue;
    yield measureSessions(
      { train: readTrain(join(path, 'train.tsv.gz')), test: readTest(join(path, 'test.tsv.gz')) },
      known,
    );
  }
  for (const known of BASKETS) {
    const path = join(folder, known.folder);
    if (!existsSync(path)) continue;
    const { train, test } = known.folder === 'online-retail' ? invoices(path) : undatedBaskets(path);
    const { recall, n, learnMicroseconds, scoreMicroseconds } = evaluateBaskets(train, test);
    yield {
      figures: [
        {
          set: known.folder,
          measure: 'basket completion, Recall@10',
          measured: recall,
          reach: known.reach,
          floor: known.floor,
          n,
        },
      ],
      cost: { set: known.folder, learnMicroseconds, scoreMicroseconds, megabytes: null },
    };
  }
}

function measureSessions(files: { train: TrainSession[]; test: Question[] }, known: KnownSessions): Measured {
  const { folder: set, protocols, spanDays, seen } = known;
  const report = evaluateSessions(files.train, files.test, { protocols, spanDays, seen });
  const figures = protocols.flatMap((protocol): KnownFigure[] => {
    const found = report.protocols[protocol];
    const [hr, mrr] = known.reach[protocol] ?? [0, 0];
    const [leastHr, leastMrr] = known.floor[protocol] ?? [0, 0];
    if (found === undefined) return [];
    return [
      { set, measure: `${protocol}, HR@20`, measured: found.hr, reach: hr, floor: leastHr, n: found.n },
      { set, measure: `${protocol}, MRR@20`, measured: found.mrr, reach: mrr, floor: leastMrr, n: found.n },
    ];
  });
  const { learnMicroseconds, scoreMicroseconds, bytes } = report;
  return { figures, cost: { set, learnMicroseconds, scoreMicroseconds, megabytes: bytes / 1_000_000 } };
}

function invoices(path: string): { train: DatedBasket[]; test: DatedBasket[] } {
  return splitInvoices(readLines(join(path, 'invoices.tsv.gz')));
}

function undatedBaskets(path: string): { train: DatedBasket[]; test: DatedBasket[] } {
  const read = (name: string) => readBaskets(join(path, name)).map((basket) => ({ ...basket, at: 0 }));
  return { train: read('train.tsv.gz'), test: read('test.tsv.gz') };
}
