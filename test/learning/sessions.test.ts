import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  closeSession,
  createSessions,
  flatten,
  learnSession,
  MOST_EVENTS,
  pastBlocks,
  readPast,
  restoreSessions,
  type Sessions,
  unsavedPages,
  withPast,
} from '../../src/learning/sessions.ts';

const HOUR_MS = 3_600_000;

function listsOf(sessions: Sessions): number[][] {
  const { size, starts, keys } = flatten(sessions);
  return Array.from({ length: size }, (_, s) => [...keys.subarray(starts[s], starts[s + 1])]);
}

/** Rows as the storage would hold them. */
function storage() {
  const rows = new Map<number, Float64Array>();
  return {
    rows,
    save(sessions: Sessions) {
      for (const [row, block] of unsavedPages(sessions)) {
        if (block === null) rows.delete(row);
        else rows.set(row, block);
      }
    },
    restore: () => restoreSessions([...rows].sort(([a], [b]) => a - b)),
  };
}

describe('sessions', () => {
  test('gather what was viewed in one visit, each item once, and close an hour after the last view', () => {
    const sessions = createSessions();
    learnSession(sessions, { session: 7, key: 1 }, 0);
    learnSession(sessions, { session: 8, key: 5 }, 1_000);
    learnSession(sessions, { session: 7, key: 2 }, 2_000);
    learnSession(sessions, { session: 7, key: 1 }, 3_000);
    learnSession(sessions, { key: 9 }, 4_000);
    expect(listsOf(sessions)).toEqual([]);
    learnSession(sessions, { session: 9, key: 3 }, HOUR_MS + 3_000);
    // The session of one item says nothing, and is not kept.
    expect(listsOf(sessions)).toEqual([[1, 2]]);
    expect([...sessions.open.keys()]).toEqual([9]);
  });

  test('remember the last fifty items of somebody who looks at everything', () => {
    const sessions = createSessions();
    for (let key = 0; key < 80; key++) learnSession(sessions, { session: 1, key }, key);
    learnSession(sessions, { key: 0 }, 2 * HOUR_MS);
    expect(listsOf(sessions)).toEqual([Array.from({ length: 50 }, (_, i) => 30 + i)]);
  });

  test('are bounded: the oldest go, and their rows with them', () => {
    const { rows, save, restore } = storage();
    const sessions = createSessions();
    const session = Array.from({ length: 50 }, (_, i) => i);
    for (let i = 0; i < MOST_EVENTS / 50; i++) closeSession(sessions, session);
    save(sessions);
    const before = rows.size;
    for (let i = 0; i < 400; i++) closeSession(sessions, [1_000 + i, 1]);
    expect(sessions.events).toBeLessThanOrEqual(MOST_EVENTS);
    expect(flatten(sessions).keys.at(-2)).toBe(1_399);
    save(sessions);
    expect(rows.size).toBeLessThanOrEqual(before);
    expect(listsOf(restore())).toEqual(listsOf(sessions));
  });

  test('are the same whenever they were stored and read again, and read in one go', () => {
    const view = fc.record({ session: fc.integer({ min: 0, max: 9 }), key: fc.integer({ min: 0, max: 30 }) });
    const steps = fc.array(fc.tuple(view, fc.integer({ min: 0, max: HOUR_MS }), fc.boolean()), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (list) => {
        const { save, restore } = storage();
        const batch = createSessions();
        let stream = createSessions();
        let now = 0;
        for (const [one, pause, isStored] of list) {
          now += pause / 4;
          learnSession(batch, one, now);
          learnSession(stream, one, now);
          if (!isStored) continue;
          save(stream);
          stream = restore();
        }
        expect(listsOf(stream)).toEqual(listsOf(batch));
        expect([...stream.open]).toEqual([...batch.open]);
        expect([stream.events, stream.closed]).toEqual([batch.events, batch.closed]);
      }),
    );
  });
});

describe('sessions of a past', () => {
  const session = fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 2, maxLength: 50 });
  const closed = (lists: readonly number[][]) => {
    const sessions = createSessions();
    for (const keys of lists) closeSession(sessions, keys);
    return sessions;
  };

  test('come before those that are here, whatever the parts, and are stored with them', () => {
    fc.assert(
      fc.property(
        fc.array(session, { minLength: 1 }),
        fc.array(session),
        fc.integer({ min: 1, max: 400 }),
        (past, here, most) => {
          let sessions = closed(here);
          const { save, restore } = storage();
          save(sessions);
          for (const block of pastBlocks(closed(past), most)) {
            const read = readPast(new Uint8Array(block.buffer));
            if (read === 'broken') throw new Error(read);
            sessions = withPast(sessions, read);
            save(sessions);
          }
          expect(listsOf(sessions)).toEqual([...past, ...here]);
          expect(sessions.closed).toBe(past.length + here.length);
          expect(listsOf(restore())).toEqual([...past, ...here]);
        },
      ),
    );
  });

  test('are cut where there is no more room: the oldest go', () => {
    const long = Array.from({ length: 50 }, (_, key) => key);
    const here = closed(Array.from({ length: MOST_EVENTS / 50 }, () => long));
    const [block = new Float64Array()] = pastBlocks(closed([[1_001, 1_002]]), 10);
    const sessions = withPast(here, block);
    expect(sessions.events).toBeLessThanOrEqual(MOST_EVENTS);
    expect(listsOf(sessions).flat()).not.toContain(1_001);
  });

  test.each([
    [[]],
    [[0]],
    [[1]],
    [[1, 2, 3]],
    [[1, 1, 3]],
    [[1, 2, 3, -1]],
    [[1, 2, 3, 0.5]],
    [[1.5, 2, 3, 4]],
    [[2, 2, 2, 1, 2, 3]],
    [[1, 51, ...Array(51).keys()]],
  ])('%j is no block of them', (numbers) => {
    expect(readPast(new Uint8Array(Float64Array.from(numbers).buffer))).toBe('broken');
  });
});
