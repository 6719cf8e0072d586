/** Next-item quality on session files. */
import { best, type Seen, scoreNext } from '../../learning/score.ts';
import { DAY_MS } from '../../shared/decay.ts';
import { createMeter, LIST, type Metrics } from './metrics.ts';
import { createNames, type Model, modelOfSessions, type Names, type TimedSession } from './model.ts';
import type { Question, TrainSession } from './read.ts';

/** A: items already seen are hidden, and such targets not counted. B: the literature's, seen items allowed, all targets. */
export type Protocol = 'A' | 'B';

export interface SessionOptions {
  protocols: readonly Protocol[];
  /** Days over which sessions without times are spread. */
  spanDays: number;
  /** How protocol B treats seen items. */
  seen: Seen;
}

export interface SessionReport {
  protocols: Partial<Record<Protocol, Metrics>>;
  learnMicroseconds: number;
  scoreMicroseconds: number;
  bytes: number;
}

/** Numbers from here on are unix seconds, smaller ones ordinals. */
const SECONDS_FROM = 100_000_000;

/** Gives times to sessions that only have an order: session i of N lies at i/N of the span. */
function timed(train: readonly TrainSession[], names: Names, spanDays: number): TimedSession[] {
  const haveTimes = train.every((session) => session.number >= SECONDS_FROM);
  return train.map((session, i) => ({
    at: haveTimes ? session.number * 1000 : (i / train.length) * spanDays * DAY_MS,
    keys: session.items.map(names.keyOf),
  }));
}

function frequenciesOf(train: readonly TrainSession[]): Map<string, number> {
  const frequencies = new Map<string, number>();
  for (const { items } of train) for (const item of items) frequencies.set(item, (frequencies.get(item) ?? 0) + 1);
  return frequencies;
}

/** Learns the training sessions and answers every question under each protocol. */
export function evaluateSessions(train: TrainSession[], test: Question[], options: SessionOptions): SessionReport {
  const names = createNames();
  const model = modelOfSessions(timed(train, names, options.spanDays));
  const frequencies = frequenciesOf(train);
  const protocols: SessionReport['protocols'] = {};
  let microseconds = 0;
  for (const protocol of options.protocols) {
    const seen = protocol === 'A' ? 'hide' : options.seen;
    const questions = protocol === 'A' ? test.map(unseen).filter((question) => question !== null) : test;
    const meter = createMeter(frequencies);
    const from = performance.now();
    for (const { prefix, truth } of questions) meter.judge(answer(model, names, prefix, seen), truth);
    microseconds = (1000 * (performance.now() - from)) / Math.max(1, questions.length);
    protocols[protocol] = meter.result();
  }
  return {
    protocols,
    learnMicroseconds: model.learnMicroseconds,
    scoreMicroseconds: microseconds,
    bytes: model.bytes,
  };
}

/** The question as protocol A asks it, or null where the next click goes back. */
function unseen(question: Question): Question | null {
  const seen = new Set(question.prefix);
  if (seen.has(question.truth[0] ?? '')) return null;
  return { prefix: question.prefix, truth: question.truth.filter((item) => !seen.has(item)) };
}

function answer(model: Model, names: Names, prefix: readonly string[], seen: Seen): string[] {
  const session = prefix.map(names.keyOf).reverse();
  const scored = scoreNext({ session, cards: model.cards, counts: model.counts, seen });
  return best(scored, LIST).map((i) => names.idOf(scored.keys[i] ?? 0));
}
