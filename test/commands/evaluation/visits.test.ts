import { describe, expect, test } from 'vitest';
import { evaluateLive } from '../../../src/commands/evaluation/live.ts';
import { modelOfSessions } from '../../../src/commands/evaluation/model.ts';
import type { Question } from '../../../src/commands/evaluation/read.ts';
import { product } from '../../../src/commands/evaluation/recommender.ts';
import { questionsOf, sessionSet } from '../../../src/commands/evaluation/session-set.ts';
import { judge } from '../../../src/commands/evaluation/sessions.ts';
import { rebuildVisits } from '../../../src/commands/evaluation/visits.ts';

/** `a b c` as the questions about it, shortest prefix first. */
function asked(session: string): Question[] {
  const items = session.split(' ');
  return items.slice(1).map((item, i) => ({ prefix: items.slice(0, i + 1), truth: [item] }));
}

const sessionsOf = (questions: Question[]) => rebuildVisits(questions).map((visit) => visit.items.join(' '));

describe('the sessions of a test file', () => {
  test.each([
    ['one after the other', ['a b c', 'd a', 'b c d a']],
    ['with the same beginnings', ['a b', 'a b', 'a b c', 'a b', 'a b c d']],
    ['that repeat themselves', ['a a a', 'a a', 'a b a b']],
  ])('%s are whole again, whichever way their lines go', (_, sessions) => {
    expect(sessionsOf(sessions.flatMap(asked))).toEqual(sessions);
    expect(sessionsOf(sessions.flatMap((session) => asked(session).reverse()))).toEqual(sessions);
  });

  test('are asked about forwards', () => {
    const [visit] = rebuildVisits(asked('a b c').reverse());
    expect(visit?.questions.map((question) => question.prefix.join(' '))).toEqual(['a', 'a b']);
  });

  test('follow the training sessions at the same pace', () => {
    const set = sessionSet(
      [
        { number: 1, items: ['a', 'b'] },
        { number: 2, items: ['b', 'c'] },
      ],
      [...asked('a b'), ...asked('b c')],
      2,
    );
    const day = 86_400_000;
    expect([...set.train, ...set.visits].map((session) => session.at)).toEqual([0, day, 2 * day, 3 * day]);
  });
});

describe('the live model', () => {
  const train = [{ number: 1, items: ['x', 'y'] }];
  const live = (sessions: string[], protocol: 'A' | 'B' = 'A') =>
    evaluateLive(sessionSet(train, sessions.flatMap(asked), 1), { protocol, seen: 'allow' });

  test('knows in the second session what the first one taught, where the frozen one never does', () => {
    const set = sessionSet(train, ['p q', 'p q'].flatMap(asked), 1);
    expect(judge(product(modelOfSessions(set.train)), set, { protocol: 'A', seen: 'allow' })).toMatchObject({
      hr: 0,
      n: 2,
    });
    expect(live(['p q', 'p q'])).toMatchObject({ hr: 50, mrr: 50, n: 2 });
  });

  test('learns nothing of a session that it is still asked about', () => {
    // After the first p comes q, and after the second: learnt click by click, the second q would be known.
    expect(live(['p q r p q'])).toMatchObject({ hr: 0, n: 2 });
  });

  test('learns a session when it ends, though another began before', () => {
    const rows: Question[] = [
      { prefix: ['p'], truth: ['q'], at: 10_000, endedAt: 90_000 },
      { prefix: ['r'], truth: ['s'], at: 20_000, endedAt: 30_000 },
      { prefix: ['r'], truth: ['s'], at: 40_000, endedAt: 50_000 },
      { prefix: ['p'], truth: ['q'], at: 60_000, endedAt: 70_000 },
    ];
    const set = sessionSet([{ number: 200_000_000, items: ['x', 'y'] }], rows, 1);
    // Only the third knows something: the first session has not ended when the fourth is asked.
    expect(evaluateLive(set, { protocol: 'A', seen: 'allow' })).toMatchObject({ hr: 25, n: 4 });
    expect(questionsOf(set, 'A').map((question) => question.visit)).toEqual([0, 1, 2, 3]);
  });
});
