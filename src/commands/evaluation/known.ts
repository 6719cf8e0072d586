/** The public data sets that Floorwalker is measured on, and what it has to reach there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { basketStreamTable } from './basket-stream.ts';
import { type BasketReport, type DatedBasket, evaluateBaskets, splitInvoices } from './baskets.ts';
import { type BuyAgainReport, evaluateBuyAgain, splitTransactions } from './buy-again.ts';
import { type KnownSessions, type NamedSet, readKnown, SESSIONS, SIMULATED, simulatedSet } from './named-sets.ts';
import { evaluateNewcomers } from './newcomers.ts';
import { readBaskets, readLines } from './read.ts';
import type { Protocol } from './session-set.ts';
import { evaluateSessions, type SessionReport } from './sessions.ts';
import type { Table } from './tables.ts';

/** Measures the demo's own simulated shoppers. */
export function measureSimulated(isLive: boolean): Measured {
  return measureSessions(simulatedSet(), SIMULATED, isLive);
}

/** Recall@10 to reach, percent. */
const BASKETS = [
  { folder: 'online-retail', reach: 28, floor: 31, buyAgain: true },
  { folder: 'baskets/instacart', reach: 13, floor: 12.8, buyAgain: false },
] as const;

/** One line of the table: a measured figure and the one to reach. */
export interface KnownFigure {
  set: string;
  measure: string;
  measured: number;
  /** Null where nothing is demanded; likewise the floor. */
  reach: number | null;
  floor: number | null;
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
export function* measureKnown(folder: string, isLive: boolean): Generator<Measured> {
  for (const known of SESSIONS) {
    const named = readKnown(known, folder);
    if (named !== null) yield measureSessions(named, known, isLive);
  }
  for (const { known, train, test } of knownBaskets(folder)) {
    const report = evaluateBaskets(train, test);
    const { learnMicroseconds, scoreMicroseconds } = report;
    yield {
      figures: [...basketFigures(known, report), ...(known.buyAgain ? customerFigures(known, train, test) : [])],
      cost: { set: known.folder, learnMicroseconds, scoreMicroseconds, megabytes: null },
    };
  }
  if (existsSync(join(folder, JOURNEY))) yield measureJourney(folder);
}

interface KnownBaskets {
  known: (typeof BASKETS)[number];
  train: DatedBasket[];
  test: DatedBasket[];
}

function* knownBaskets(folder: string): Generator<KnownBaskets> {
  for (const known of BASKETS) {
    const path = join(folder, known.folder);
    if (!existsSync(path)) continue;
    yield { known, ...(known.folder === 'online-retail' ? invoices(path) : undatedBaskets(path)) };
  }
}

/** What the stream's bound costs the known sets of baskets. */
export function* basketStreams(folder: string): Generator<Table> {
  for (const { known, train, test } of knownBaskets(folder)) yield basketStreamTable(known.folder, train, test);
}

/** The figure to reach is the one of what the hold-out on the training baskets chooses; both are there to compare. */
function basketFigures({ folder: set, reach, floor }: (typeof BASKETS)[number], report: BasketReport): KnownFigure[] {
  const { recall, holdOut, n } = report;
  const line = { set, reach: null, floor: null, n };
  const chosen = holdOut.isBetter ? recall.partial : recall.plain;
  const gain = 100 * (holdOut.figures?.gain ?? 0);
  return [
    { ...line, measure: 'basket completion, Recall@10', measured: chosen, reach, floor },
    { ...line, measure: '  each pair by itself', measured: recall.plain },
    { ...line, measure: '  companions regressed', measured: recall.partial },
    {
      ...line,
      measure: `  held out: ${holdOut.isBetter ? 'on' : 'off'}, gain`,
      measured: gain,
      n: holdOut.figures?.n ?? 0,
    },
  ];
}

/** Of what the hold-out on the latest training baskets chooses; both ways are there to compare. */
function buyAgainFigures(
  set: string,
  { recall, ndcg, n, once, again, holdOut, streamed }: BuyAgainReport,
  { reach, floor }: { reach: readonly [number, number] | null; floor: readonly [number, number] },
): KnownFigure[] {
  const line = { set, n, reach: null, floor: null };
  const chosen = (how: string, { isBetter, figures }: typeof holdOut): KnownFigure => ({
    ...line,
    measure: `  ${how}: τ ${isBetter ? '2, e 0.5' : '1, e 0'}, gain`,
    measured: 100 * (figures?.gain ?? 0),
    n: figures?.n ?? 0,
  });
  return [
    { ...line, measure: 'buy again, Recall@10', measured: recall, reach: reach?.[0] ?? null, floor: floor[0] },
    { ...line, measure: 'buy again, NDCG@10', measured: ndcg, reach: reach?.[1] ?? null, floor: floor[1] },
    { ...line, measure: '  τ 1, e 0: Recall@10', measured: once.recall },
    { ...line, measure: '  τ 1, e 0: NDCG@10', measured: once.ndcg },
    { ...line, measure: '  τ 2, e 0.5: Recall@10', measured: again.recall },
    { ...line, measure: '  τ 2, e 0.5: NDCG@10', measured: again.ndcg },
    chosen('held out', holdOut),
    chosen('streamed', streamed),
  ];
}

const JOURNEY = 'completejourney';

/** Groceries: its baskets are truncated by sampling, so only what customers come back for is asked. */
function measureJourney(folder: string): Measured {
  const started = performance.now();
  const { train, test } = splitTransactions(readLines(join(folder, JOURNEY, 'transactions_sample.csv.gz')));
  const report = evaluateBuyAgain(train, test);
  const each = (1000 * (performance.now() - started)) / Math.max(1, train.length);
  return {
    figures: buyAgainFigures(JOURNEY, report, { reach: null, floor: [5.2, 3.5] }),
    cost: { set: JOURNEY, learnMicroseconds: each, scoreMicroseconds: 0, megabytes: null },
  };
}

/** Only where customers and days are known. */
function customerFigures(
  { folder: set }: { folder: string },
  train: DatedBasket[],
  test: DatedBasket[],
): KnownFigure[] {
  const { all, abroad, told } = evaluateNewcomers([...train, ...test]);
  const newcomers = (measure: string, measured: number, { n }: { n: number }, floor: number | null = null) => ({
    set,
    measure,
    measured,
    reach: null,
    floor,
    n,
  });
  return [
    ...buyAgainFigures(set, evaluateBuyAgain(train, test), { reach: [16.6, 28.5], floor: [16.6, 28.5] }),
    newcomers('newcomers, Recall@10', all.context, all, 7.7),
    newcomers('  whoever they are', all.everybody, all),
    newcomers('  from abroad', abroad.context, abroad, 11.5),
    newcomers('  from abroad, whoever', abroad.everybody, abroad),
    ...Object.entries(told).map(([kind, { isOn, gain, trials }]) =>
      newcomers(`  ${kind}: ${isOn ? 'on' : 'off'}, bits`, gain, { n: trials }),
    ),
  ];
}

function measureSessions(named: NamedSet, known: KnownSessions, isLive: boolean): Measured {
  const { name: set, protocols, seen } = named;
  const report = evaluateSessions(named.set, { protocols, seen, isLive });
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
  return {
    figures: [...figures, ...liveFigures(report, known)],
    cost: { set, learnMicroseconds, scoreMicroseconds, megabytes: bytes / 1_000_000 },
  };
}

/** What learning while being asked adds, apart from the frozen figures. */
function liveFigures({ protocols, live }: SessionReport, { folder: set, live: wanted }: KnownSessions): KnownFigure[] {
  const [reach, floor] = wanted ?? [null, null];
  return Object.entries(live ?? {}).flatMap(([protocol, found]) => {
    const frozen = protocols[protocol as Protocol];
    if (frozen === undefined) return [];
    const line = { set, n: found.n, reach: null, floor: null };
    const gained = { ...line, measure: `${protocol}, HR@20, live over frozen`, measured: found.hr - frozen.hr };
    return [
      { ...line, measure: `${protocol}, HR@20, live`, measured: found.hr },
      { ...line, measure: `${protocol}, MRR@20, live`, measured: found.mrr },
      protocol === 'B' ? { ...gained, reach, floor } : gained,
    ];
  });
}

function invoices(path: string): { train: DatedBasket[]; test: DatedBasket[] } {
  return splitInvoices(readLines(join(path, 'invoices.tsv.gz')));
}

function undatedBaskets(path: string): { train: DatedBasket[]; test: DatedBasket[] } {
  const read = (name: string) => readBaskets(join(path, name)).map((basket) => ({ ...basket, at: 0 }));
  return { train: read('train.tsv.gz'), test: read('test.tsv.gz') };
}
