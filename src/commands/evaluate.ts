/** `npm run evaluate`: offline quality of the recommendations, measured with the functions that serve the shop. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Seen } from '../learning/score.ts';
import {
  basketStreams,
  hasKnownSets,
  type KnownFigure,
  type Measured,
  measureKnown,
  measureSimulated,
} from './evaluation/known.ts';
import { type NamedSet, readKnown, SESSIONS, simulatedSet } from './evaluation/named-sets.ts';
import { FormatError, readTest, readTrain } from './evaluation/read.ts';
import { REPORTS, type ReportName } from './evaluation/reports.ts';
import { type Protocol, sessionSet } from './evaluation/session-set.ts';
import { type ByProtocol, evaluateSessions, type SessionReport } from './evaluation/sessions.ts';
import { type Table, textOf } from './evaluation/tables.ts';
import { trialTables } from './evaluation/trials.ts';

const USAGE = `Usage:
  npm run evaluate [-- --floor] [reports]               the demo's shoppers and every known data set under FLOORWALKER_DATA (by default
                                                        ../shared); with --floor it fails where a recorded floor is not reached
  npm run evaluate -- --train FILE --test FILE [options] [reports]
  npm run evaluate -- --experiments [--runs N]          false alarms, coverage and alarms of the experiments' statistics; 10,000 runs each by default

  --protocol A|B      A: seen items hidden, and such targets not counted. B: seen items allowed, all targets. Both by default
  --seen POLICY       how protocol B treats seen items: allow (default), hide or hideCurrent
  --span-days N       days over which training sessions without times are spread, 90 by default
  --live              also the model that goes on learning: each test session once nothing more is asked about it
  --format text|json  json prints one object: percent at 20 by protocol, under "live" with --live, and every report's table under its name

Reports, slower, each a table: --baselines, --beyond (coverage, Gini, diversity, cold items, with intervals), --blend (VMIS-kNN alone and with the
cards, and what the shop's own hold-out would choose), --ablations, --stream (the stream's bounds against none), --feedback (twenty rounds of recommending and learning); --all for all of them.

FILE is tab-separated text, plain or gzipped. Training: "number TAB item ids separated by spaces" a session, oldest first; numbers of 100,000,000 and more are
unix seconds. Test: "item ids separated by spaces TAB next item id", or rows "SessionId TAB ItemId TAB Time" under a header.`;

const DEFAULT_SPAN_DAYS = 90;
const DEFAULT_RUNS = 10_000;

class UsageError extends Error {}

interface Files {
  train: string;
  test: string;
  protocols: Protocol[];
  seen: Seen;
  spanDays: number;
}

interface Options {
  /** Null: the known sets. */
  files: Files | null;
  isLive: boolean;
  isFloored: boolean;
  reports: ReportName[];
  isJson: boolean;
}

function parse(values: Record<string, string | boolean | undefined>): Options {
  const oneOf = <T extends string>(name: string, allowed: readonly T[], otherwise: T): T => {
    const found = allowed.find((value) => value === (values[name] ?? otherwise));
    if (found === undefined) throw new UsageError(`--${name} must be one of ${allowed.join(', ')}.`);
    return found;
  };
  const protocol = oneOf('protocol', ['A', 'B', 'both'], 'both');
  const seen = oneOf('seen', ['hide', 'allow', 'hideCurrent'], 'allow');
  const spanDays = Number(values['span-days'] ?? DEFAULT_SPAN_DAYS);
  if (!(spanDays > 0)) throw new UsageError('--span-days must be a number above 0.');
  const { train, test } = values;
  const common = {
    isLive: values.live === true || values.all === true,
    isFloored: values.floor === true,
    reports: (Object.keys(REPORTS) as ReportName[]).filter((name) => values[name] === true || values.all === true),
    isJson: oneOf('format', ['text', 'json'], 'text') === 'json',
  };
  if (train === undefined && test === undefined) return { ...common, files: null };
  if (typeof train !== 'string' || typeof test !== 'string') throw new UsageError('--train and --test go together.');
  const protocols: Protocol[] = protocol === 'both' ? ['A', 'B'] : [protocol];
  return { ...common, files: { train, test, protocols, seen, spanDays } };
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const COLUMNS = ['hr', 'mrr', 'ndcg', 'recall', 'precision', 'coverage', 'popularity', 'n'] as const;

function printReport(report: SessionReport): void {
  const rows = ({ A, B }: ByProtocol, suffix: string) =>
    Object.entries({ ...(A && { A }), ...(B && { B }) }).map(([protocol, metrics]) => [
      `${protocol}${suffix}`,
      ...COLUMNS.map((name) => String(metrics[name])),
    ]);
  print(
    textOf({
      title: '',
      columns: ['protocol', ...COLUMNS],
      rows: [...rows(report.protocols, ''), ...rows(report.live ?? {}, ', live')],
    }),
  );
  print(costOf(report));
}

function costOf(cost: Pick<SessionReport, 'learnMicroseconds' | 'scoreMicroseconds' | 'answerMicroseconds' | 'bytes'>) {
  const { learnMicroseconds, scoreMicroseconds, answerMicroseconds, bytes } = cost;
  return `learning ${learnMicroseconds.toFixed(1)} µs an event, scoring ${scoreMicroseconds.toFixed(1)} µs, with the list of twenty ${answerMicroseconds.toFixed(1)} µs, ${(bytes / 1e6).toFixed(1)} MB published`;
}

function printFigures({ figures, cost }: Measured): void {
  for (const { set, measure, measured, reach, n } of figures) {
    // The figures to reach are given to a tenth of a point.
    const verdict = reach === null || Math.round(measured * 10) / 10 >= reach ? '' : '  not reached';
    print(
      `${set.padEnd(28)}${measure.padEnd(32)}${measured.toFixed(2).padStart(8)}${(reach?.toFixed(1) ?? '').padStart(8)}${String(n).padStart(8)}${verdict}`,
    );
  }
  const size = cost.megabytes === null ? '' : `, ${cost.megabytes.toFixed(1)} MB published`;
  print(
    `${cost.set.padEnd(28)}learning ${cost.learnMicroseconds.toFixed(1)} µs, answering ${cost.scoreMicroseconds.toFixed(1)} µs${size}`,
  );
}

function dataFolder(): string {
  return join(process.env.FLOORWALKER_DATA ?? join(import.meta.dirname, '..', '..', '..', 'shared'), 'data');
}

/** Measures the demo's shoppers, and the public sets where they are. @returns all figures */
function runKnown({ isLive, isJson }: Options): KnownFigure[] {
  const folder = dataFolder();
  const all: KnownFigure[] = [];
  if (!isJson)
    print(`${'set'.padEnd(28)}${'measure'.padEnd(32)}${'percent'.padStart(8)}${'reach'.padStart(8)}${'n'.padStart(8)}`);
  const take = (measured: Measured) => {
    all.push(...measured.figures);
    if (!isJson) printFigures(measured);
  };
  take(measureSimulated(isLive));
  if (hasKnownSets(folder)) for (const measured of measureKnown(folder, isLive)) take(measured);
  else if (!isJson)
    print(
      `The public sets were left out: there are none under ${folder}. Set FLOORWALKER_DATA, or name --train and --test.`,
    );
  return all;
}

function failBelowFloor(figures: readonly KnownFigure[]): void {
  for (const { set, measure, measured, floor } of figures) {
    if (floor === null || measured >= floor) continue;
    process.stderr.write(`${set}, ${measure}: ${measured.toFixed(2)} is below the floor of ${floor}.\n`);
    process.exitCode = 1;
  }
}

/** Makes every report that was asked for, and prints each as soon as it is there. @returns tables by report, for JSON */
function runReports(sets: () => Iterable<NamedSet>, { reports, isJson, files }: Options): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const name of reports) {
    const tables = [];
    for (const table of tablesOf(name, sets, files === null)) {
      tables.push(table);
      if (!isJson) print(`\n${textOf(table)}`);
    }
    made[name] = tables;
  }
  return made;
}

function* tablesOf(name: ReportName, sets: () => Iterable<NamedSet>, areKnown: boolean): Generator<Table> {
  for (const named of sets()) {
    const table = REPORTS[name](named);
    if (table !== null) yield table;
  }
  if (name === 'stream' && areKnown) yield* basketStreams(dataFolder());
}

function* knownSets(): Generator<NamedSet> {
  yield simulatedSet();
  for (const known of SESSIONS) {
    const named = readKnown(known, dataFolder());
    if (named !== null) yield named;
  }
}

function runFiles(files: Files, options: Options): void {
  const { protocols, seen, spanDays } = files;
  const set = sessionSet(readTrain(files.train), readTest(files.test), spanDays);
  const report = evaluateSessions(set, { protocols, seen, isLive: options.isLive });
  if (!options.isJson) printReport(report);
  const tables = runReports(() => [{ name: files.test, set, protocols, seen, isLooped: true }], options);
  if (options.isJson)
    print(JSON.stringify({ ...report.protocols, ...(report.live && { live: report.live }), ...tables }));
}

/** Holds the statistics of experiments to what they promise, and prints each table as soon as it is there. */
function runTrials(runs: number, isJson: boolean): void {
  if (!(Number.isInteger(runs) && runs > 0)) throw new UsageError('--runs must be a whole number above 0.');
  const tables = [];
  for (const table of trialTables(dataFolder(), runs)) {
    tables.push(table);
    if (!isJson) print(`${textOf(table)}\n`);
  }
  if (isJson) print(JSON.stringify({ experiments: tables }));
}

function run(): void {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    options: {
      ...{ train: text, test: text, protocol: text, seen: text, 'span-days': text, format: text, runs: text },
      ...{ live: flag, floor: flag, help: flag, all: flag, experiments: flag },
      ...Object.fromEntries(Object.keys(REPORTS).map((name) => [name, flag])),
    },
  });
  if (values.help) {
    print(USAGE);
    return;
  }
  if (values.experiments) {
    runTrials(Number(values.runs ?? DEFAULT_RUNS), values.format === 'json');
    return;
  }
  const options = parse(values);
  if (options.files !== null) {
    runFiles(options.files, options);
    return;
  }
  const figures = runKnown(options);
  const tables = runReports(knownSets, options);
  if (options.isJson) print(JSON.stringify(options.reports.length === 0 ? figures : { figures, ...tables }));
  if (options.isFloored) failBelowFloor(figures);
}

try {
  run();
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isExpected =
    error instanceof UsageError || error instanceof FormatError || /^(ENOENT|EISDIR|ERR_PARSE_ARGS)/.test(code);
  if (!isExpected) throw error;
  process.stderr.write(`${(error as Error).message}\n\n${USAGE}\n`);
  process.exitCode = 2;
}
