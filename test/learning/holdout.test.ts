import { describe, expect, test } from 'vitest';
import {
  afterTrials,
  figuresOf,
  NO_TRIALS,
  questionsAmong,
  TRIALS_AT_ONCE,
  UNDECIDED,
} from '../../src/learning/holdout.ts';
import type { KeyedView } from '../../src/learning/learn.ts';

const trials = (n: number, gained: number, lost: number) => ({ n, gained, lost, both: n / 2 });

describe('the hold-out', () => {
  test('says what the blend gains and how sure that is', () => {
    const figures = figuresOf(afterTrials(UNDECIDED, trials(2_000, 120, 40)));
    expect(figures).toMatchObject({ cards: 0.52, blend: 0.56, n: 2_000 });
    expect(figures?.gain).toBeCloseTo(0.04, 9);
    // 2.58 · √((162/2000 − 0.04²)/2000)
    expect(figures?.interval[0]).toBeCloseTo(0.04 - 0.01626, 4);
    expect(figures?.interval[1]).toBeCloseTo(0.04 + 0.01626, 4);
    expect(figuresOf(UNDECIDED)).toBeNull();
  });

  test('switches on when the whole interval is above nothing, and off when it is below, not in between', () => {
    const few = afterTrials(UNDECIDED, trials(999, 300, 0));
    expect(few.isBetter).toBe(false);
    const on = afterTrials(few, trials(1, 1, 0));
    expect(on.isBetter).toBe(true);
    const doubtful = afterTrials(on, trials(10_000, 500, 720));
    expect(doubtful.isBetter).toBe(true);
    expect(figuresOf(doubtful)?.interval[0]).toBeLessThan(0);
    const off = afterTrials(doubtful, trials(10_000, 200, 600));
    expect(off.isBetter).toBe(false);
    expect(afterTrials(off, trials(5_000, 250, 240)).isBetter).toBe(false);
  });

  test('asks for less certainty of a past that it looks at once than of what it looks at again and again', () => {
    const past = trials(20_000, 1_000, 900);
    const on = afterTrials(UNDECIDED, past);
    expect(on.isBetter).toBe(true);
    expect(figuresOf(on)?.interval[0]).toBeLessThan(0);
    expect(afterTrials(on, trials(16, 0, 1)).isBetter).toBe(true);
    expect(afterTrials(afterTrials(UNDECIDED, trials(16, 1, 1)), past).isBetter).toBe(false);
    expect(afterTrials(UNDECIDED, trials(20_000, 930, 900)).isBetter).toBe(false);
  });

  test('forgets: what counted long ago counts no more', () => {
    const old = afterTrials(UNDECIDED, trials(20_000, 2_000, 0));
    const late = Array.from({ length: 100 }).reduce<typeof old>(
      (state) => afterTrials(state, trials(1_000, 0, 10)),
      old,
    );
    expect(figuresOf(late)?.gain).toBeCloseTo(-0.01, 2);
    expect(figuresOf(late)?.n).toBeLessThan(41_000);
    expect(afterTrials(old, NO_TRIALS)).toBe(old);
  });

  test('asks about views that follow others of a known session and go to something new, and not those that we brought about', () => {
    const view = (more: Partial<KeyedView>): KeyedView => ({
      key: 1,
      at: 0,
      previous: [2],
      length: 2,
      own: false,
      session: 5,
      ...more,
    });
    const { session: _, ...unknown } = view({});
    expect(
      questionsAmong([view({}), view({ own: true }), view({ previous: [] }), view({ previous: [2, 1] }), unknown]),
    ).toEqual([view({})]);
    const many = Array.from({ length: 40 }, (_, i) => view({ key: 100 + i }));
    expect(questionsAmong(many)).toHaveLength(TRIALS_AT_ONCE);
    expect(questionsAmong(many.toReversed()).map((one) => one.key)).toEqual(questionsAmong(many).map((one) => one.key));
  });
});
