import { describe, expect, test } from 'vitest';
import {
  archiveKey,
  bytesOf,
  fitting,
  linesOf,
  patience,
  SEGMENT_BYTES,
  VALUE_BYTES,
} from '../../src/analytics/archive.ts';

describe('lines', () => {
  test('every event is a line of JSON, in order', () => {
    expect(linesOf([{ a: 1 }, { b: 'ü\n' }])).toEqual(['{"a":1}\n{"b":"ü\\n"}\n']);
    expect(linesOf([])).toEqual([]);
  });

  test('many events are cut between lines, and no piece is over the bound', () => {
    const events = Array.from({ length: 3_000 }, (_, n) => ({ n, text: 'ü'.repeat(60) }));
    const pieces = linesOf(events);
    expect(pieces.length).toBeGreaterThan(2);
    for (const piece of pieces) expect(bytesOf(piece)).toBeLessThanOrEqual(SEGMENT_BYTES);
    const back = pieces
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(back).toEqual(events);
  });
});

describe('values', () => {
  test.each([
    ['nothing', [], 0],
    ['one segment', [10], 1],
    ['what just fits', [VALUE_BYTES - 1, 1], 2],
    ['what does not', [VALUE_BYTES - 1, 2], 1],
    ['a segment that is too large by itself', [VALUE_BYTES + 1, 1], 1],
  ])('%s', (_, sizes, taken) => {
    expect(fitting(sizes.map((bytes) => ({ bytes })))).toBe(taken);
  });
});

test('the key is of the hour in which its first segment was begun', () => {
  expect(archiveKey('demo', Date.UTC(2026, 10, 2, 3, 59), 17)).toBe('demo/2026-11-02/03/17');
});

test('refusals are met with growing patience, at most an hour', () => {
  expect([1, 2, 3, 6, 7, 100].map(patience)).toEqual([60_000, 120_000, 240_000, 1_920_000, 3_600_000, 3_600_000]);
});
