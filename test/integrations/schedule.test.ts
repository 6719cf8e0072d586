import { describe, expect, test } from 'vitest';
import { judgeAttempt, type Outcome, resend } from '../../src/integrations/judge.ts';
import { askedWait, nextAttempt } from '../../src/integrations/schedule.ts';
import type { Delivery } from '../../src/integrations/schema.ts';
import { NOON } from '../support/events.ts';

const HOUR = 3_600_000;
const middle = { now: NOON, random: () => 0.5 };

function waiting(): Delivery {
  const contact = { customerId: 'c1', email: null };
  return {
    endpoint: 'crm',
    event: { messageId: 'm1', type: 'cart.abandoned', subject: 'c:c1', at: NOON, contact, data: {} },
    state: 'waiting',
    attempts: [],
    nextAt: NOON,
  };
}

const answered = (status: number, retryAfter: string | null = null): Outcome => ({ status, retryAfter, why: null });

describe('retries', () => {
  test('are ten attempts within three days, each wait longer than the one before', () => {
    let at = NOON;
    const waits: number[] = [];
    for (let failures = 1; ; failures++) {
      const next = nextAttempt(failures, { now: at, askedMs: null, random: () => 0.5 });
      if (next === null) break;
      waits.push(next - at);
      at = next;
    }
    expect(waits).toHaveLength(9);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(at - NOON).toBeGreaterThan(70 * HOUR);
    expect(at - NOON).toBeLessThanOrEqual(72 * HOUR);
  });

  test('are spread by a tenth in both directions', () => {
    const at = (random: number) => (nextAttempt(4, { now: 0, askedMs: null, random: () => random }) ?? 0) / HOUR;
    expect([at(0), at(0.5), at(1)]).toEqual([expect.closeTo(1.8), expect.closeTo(2), expect.closeTo(2.2)]);
  });

  test('wait as long as the receiver asks, but not for ever', () => {
    expect(nextAttempt(1, { ...middle, askedMs: HOUR })).toBe(NOON + HOUR);
    expect(nextAttempt(1, { ...middle, askedMs: 1_000 * HOUR })).toBe(NOON + 24 * HOUR);
  });

  test.each([
    ['120', 120_000],
    [new Date(NOON + 60_000).toUTCString(), 60_000],
    [new Date(NOON - 60_000).toUTCString(), 0],
    ['soon', null],
    ['', null],
    [null, null],
  ])('read Retry-After: %s', (header, expected) => {
    expect(askedWait(header, NOON)).toBe(expected);
  });
});

describe('an attempt', () => {
  test.each([
    ['200', answered(200), 'delivered', false],
    ['204', answered(204), 'delivered', false],
    ['301', answered(301), 'waiting', false],
    ['400', answered(400), 'waiting', false],
    ['410', answered(410), 'failed', true],
    ['429', answered(429, '60'), 'waiting', false],
    ['500', answered(500), 'waiting', false],
    ['no answer', { status: null, retryAfter: null, why: 'too slow' }, 'waiting', false],
    ['nobody', { status: null, retryAfter: null, why: 'no address', isHopeless: true }, 'failed', false],
  ])('that brings %s', (_name, outcome, state, isGone) => {
    const judged = judgeAttempt(waiting(), outcome, middle);
    expect([judged.delivery.state, judged.isGone]).toEqual([state, isGone]);
    expect(judged.delivery.nextAt > NOON).toBe(state === 'waiting');
  });

  test('after the last one is given up, and has all its attempts again when somebody asks for it', () => {
    let delivery = waiting();
    while (delivery.state === 'waiting') delivery = judgeAttempt(delivery, answered(500), middle).delivery;
    expect(delivery).toMatchObject({ state: 'failed', nextAt: 0 });
    expect(delivery.attempts).toHaveLength(10);
    const again = resend(delivery, NOON);
    expect(again).toMatchObject({ state: 'waiting', nextAt: NOON });
    const failed = judgeAttempt(again, answered(500), middle).delivery;
    expect(failed.nextAt - NOON).toBe(5_000);
  });
});
