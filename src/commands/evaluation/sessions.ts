/** Next-item quality on session files. */
import { type Seen, scoreNext } from '../../learning/score.ts';
import { evaluateLive } from './live.ts';
import { createMeter, type Metrics } from './metrics.ts';
import { type Model, modelOfSessions } from './model.ts';
import { product, type Recommender } from './recommender.ts';
import { type Protocol, questionsOf, type SessionSet } from './session-set.ts';

export interface SessionOptions {
  protocols: readonly Protocol[];
  /** How protocol B treats seen items. */
  seen: Seen;
  /** Whether to measure the model that learns from the test sessions as they pass, too. */
  isLive: boolean;
}

export type ByProtocol = Partial<Record<Protocol, Metrics>>;

export interface SessionReport {
  protocols: ByProtocol;
  /** The same for the model that goes on learning; null when that was not asked for. */
  live: ByProtocol | null;
  learnMicroseconds: number;
  /** Adding up the cards of a session. */
  scoreMicroseconds: number;
  /** The list of twenty from it, sorted. */
  answerMicroseconds: number;
  bytes: number;
}

/** Asks a recommender every question of a protocol. */
export function judge(recommender: Recommender, set: SessionSet, options: { protocol: Protocol; seen: Seen }): Metrics {
  const seen = options.protocol === 'A' ? 'hide' : options.seen;
  const meter = createMeter(set.frequencies);
  for (const { session, truth } of questionsOf(set, options.protocol))
    meter.judge(recommender.recommend(session, seen), truth);
  return meter.result();
}

/** Questions that are timed together, up to how many of them, and how often. */
const TIMED_AT_ONCE = 50;
const TIMED = 2_000;
const PASSES = 5;

/** Mean time of a call, microseconds; of each fifty questions the fastest of some passes, since a busy machine would be measured otherwise. */
function timed(set: SessionSet, call: (session: readonly number[]) => unknown): number {
  const questions = set.questions.slice(0, TIMED);
  let sum = 0;
  for (let at = 0; at < questions.length; at += TIMED_AT_ONCE) {
    const together = questions.slice(at, at + TIMED_AT_ONCE);
    let fastest = Number.POSITIVE_INFINITY;
    for (let pass = 0; pass < PASSES; pass++) {
      const from = performance.now();
      for (const { session } of together) call(session);
      fastest = Math.min(fastest, performance.now() - from);
    }
    sum += fastest;
  }
  return (1000 * sum) / Math.max(1, questions.length);
}

function scoring({ cards, counts }: Model, seen: Seen): (session: readonly number[]) => unknown {
  return (session) => scoreNext({ session, cards, counts, seen });
}

/** Learns the training sessions and answers every question under each protocol. */
export function evaluateSessions(set: SessionSet, options: SessionOptions): SessionReport {
  const model = modelOfSessions(set.train);
  const recommender = product(model);
  const { seen, protocols } = options;
  const measured: ByProtocol = {};
  const live: ByProtocol = {};
  for (const protocol of protocols) {
    measured[protocol] = judge(recommender, set, { protocol, seen });
    if (options.isLive) live[protocol] = evaluateLive(set, { protocol, seen });
  }
  return {
    protocols: measured,
    live: options.isLive ? live : null,
    learnMicroseconds: model.learnMicroseconds,
    scoreMicroseconds: timed(set, scoring(model, seen)),
    answerMicroseconds: timed(set, (session) => recommender.recommend(session, seen)),
    bytes: model.bytes,
  };
}
