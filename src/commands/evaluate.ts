/** `npm run evaluate`: offline quality of the recommendations, measured with the functions that serve the shop. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Seen } from '../learning/score.ts';
import { hasKnownSets, type KnownCost, type KnownFigure, measureKnown, measureSimulated } from './evaluation/known.ts';
import type { Metrics } from './evaluation/metrics.ts';
import { FormatError, readTest, readTrain } from './evaluation/read.ts';
import { evaluateSessions, type Protocol, type SessionReport } from './evaluation/sessions.ts';

const USAGE = `Usage:
  npm run evaluate [-- --floor]                         the demo's shoppers and every known data set under FLOORWALKER_DATA (by default
                                                        ../shared); with --floor it fails where a recorded floor is not reached
  npm run evaluate -- --train FILE --test FILE [options]

  --protocol A|B      A: seen items hidden, and such targets not counted. B: seen items allowed, all targets. Both by default
  --seen POLICY       how protocol B treats seen items: allow (default), hide or hideCurrent
  --span-days N       days over which training sessions without times are spread, 90 by default
  --format text|json  json prints one object: percent at 20 by protocol

FILE is tab-separated text, plain or gzipped. Training: "number TAB item ids separated by spaces" a session, oldest first; numbers of 100,000,000 and more are
unix seconds. Test: "item ids separated by spaces TAB next item id", or rows "SessionId TAB ItemId TAB Time" under a header.`;

const DEFAULT_SPAN_DAYS = 90;

class UsageError extends Error {}

interface Options {
  train: string;
  test: string;
  protocols: Protocol[];
  seen: Seen;
  spanDays: number;
}

function parse(values: Record<string, string | boolean | undefined>): Options | null {
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
  if (train === undefined && test === undefined) return null;
  if (typeof train !== 'string' || typeof test !== 'string') throw new UsageError('--train and --test go together.');
  return { train, test, protocols: protocol === 'both' ? ['A', 'B'] : [protocol], seen, spanDays };
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const COLUMNS = ['hr', 'mrr', 'ndcg', 'recall', 'precision', 'coverage', 'popularity', 'n'] as const;

function printReport(report: SessionReport): void {
  print(['protocol', ...COLUMNS].map((name) => name.padEnd(11)).join(''));
  for (const [protocol, metrics] of Object.entries(report.protocols) as [Protocol, Metrics][])
    print([protocol, ...COLUMNS.map((name) => String(metrics[name]))].map((cell) => cell.padEnd(11)).join(''));
  const { learnMicroseconds, scoreMicroseconds, bytes } = report;
  print(
    `learning ${learnMicroseconds.toFixed(1)} µs an event, answering ${scoreMicroseconds.toFixed(1)} µs a question, ${(bytes / 1e6).toFixed(1)} MB published`,
  );
}

function printFigures(figures: readonly KnownFigure[], cost: KnownCost): void {
  for (const { set, measure, measured, reach, n } of figures) {
    // The figures to reach are given to a tenth of a point.
    const verdict = Math.round(measured * 10) / 10 >= reach ? '' : '  not reached';
    print(
      `${set.padEnd(28)}${measure.padEnd(32)}${measured.toFixed(2).padStart(8)}${reach.toFixed(1).padStart(8)}${String(n).padStart(8)}${verdict}`,
    );
  }
  const size = cost.megabytes === null ? '' : `, ${cost.megabytes.toFixed(1)} MB published`;
  print(
    `${cost.set.padEnd(28)}learning ${cost.learnMicroseconds.toFixed(1)} µs, answering ${cost.scoreMicroseconds.toFixed(1)} µs${size}`,
  );
}

/** Measures the demo's shoppers, and the public sets where they are. @returns the figures below their floor */
function runKnown(format: string): KnownFigure[] {
  const folder = join(process.env.FLOORWALKER_DATA ?? join(import.meta.dirname, '..', '..', '..', 'shared'), 'data');
  const all: KnownFigure[] = [];
  if (format === 'text')
    print(`${'set'.padEnd(28)}${'measure'.padEnd(32)}${'percent'.padStart(8)}${'reach'.padStart(8)}${'n'.padStart(8)}`);
  const take = ({ figures, cost }: { figures: KnownFigure[]; cost: KnownCost }) => {
    all.push(...figures);
    if (format === 'text') printFigures(figures, cost);
  };
  take(measureSimulated());
  if (hasKnownSets(folder)) for (const measured of measureKnown(folder)) take(measured);
  else if (format === 'text')
    print(
      `The public sets were left out: there are none under ${folder}. Set FLOORWALKER_DATA, or name --train and --test.`,
    );
  if (format === 'json') print(JSON.stringify(all));
  return all.filter(({ measured, floor }) => measured < floor);
}

function run(): void {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      train: text,
      test: text,
      protocol: text,
      seen: text,
      'span-days': text,
      format: text,
      floor: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    print(USAGE);
    return;
  }
  const format = values.format ?? 'text';
  if (format !== 'text' && format !== 'json') throw new UsageError('--format must be one of text, json.');
  const options = parse(values);
  if (options === null) {
    const below = runKnown(format);
    if (!values.floor) return;
    for (const { set, measure, measured, floor } of below)
      process.stderr.write(`${set}, ${measure}: ${measured.toFixed(2)} is below the floor of ${floor}.\n`);
    if (below.length > 0) process.exitCode = 1;
    return;
  }
  const report = evaluateSessions(readTrain(options.train), readTest(options.test), options);
  if (format === 'json') print(JSON.stringify(report.protocols));
  else printReport(report);
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
