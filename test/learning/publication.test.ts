import { describe, expect, test } from 'vitest';
import {
  type PublicationState,
  planPublication,
  published,
  REWRITE_AFTER_MS,
  refill,
} from '../../src/learning/publication.ts';
import type { Manifest } from '../../src/learning/schema-published.ts';

const manifest = (chunks: string[]): Manifest => ({
  format: 1,
  version: 4,
  publishedAt: 1_000_000,
  bits: Math.log2(chunks.length),
  chunks,
  counts: 4,
});

const state = (more: Partial<PublicationState> & { tokens?: number } = {}): PublicationState => ({
  publication: {
    manifest: manifest(['0/1', '1/4']),
    writtenAt: [900_000, 1_000_000],
    isAnnounced: true,
    bucket: { tokens: more.tokens ?? 1000, at: 1_000_000 },
  },
  unpublished: [],
  countsChanged: false,
  sessions: null,
  bigBaskets: false,
  now: 1_100_000,
  freshness: { cardsSeconds: 30, kvWritesPerDay: 864 },
  ...more,
});

describe('a publication', () => {
  test.each<[string, ReturnType<typeof state>, number[] | null, number | null]>([
    ['waits for nothing but the end of a version', state(), null, 900_000 + REWRITE_AFTER_MS],
    ['takes what has changed, longest waiting first', state({ unpublished: [1, 0] }), [1, 0], 1_130_000],
    ['waits for the interval', state({ unpublished: [1], now: 1_029_999 }), null, 1_030_000],
    ['takes the counts alone', state({ countsChanged: true }), [], 1_130_000],
    ['takes what the budget allows', state({ unpublished: [1, 0], tokens: 2 }), [1], 1_130_000],
    ['waits for the budget', state({ unpublished: [1, 0], tokens: 1 }), null, 1_200_000],
    ['writes again what would expire', state({ now: 900_000 + REWRITE_AFTER_MS }), [0], 930_000 + REWRITE_AFTER_MS],
  ])('%s', (_, given, chunks, nextAt) => {
    expect(planPublication(given)).toEqual({ chunks, sessions: 'keep', nextAt });
  });

  test('takes no more than one alarm can do, and the rest next time', () => {
    const unpublished = Array.from({ length: 600 }, (_, chunk) => 599 - chunk);
    const plain = planPublication(state({ unpublished }));
    expect([plain.chunks, plain.nextAt]).toEqual([unpublished.slice(0, 512), 1_130_000]);
    const regressed = planPublication(state({ unpublished, bigBaskets: true }));
    expect([regressed.chunks, regressed.nextAt]).toEqual([unpublished.slice(0, 32), 1_130_000]);
  });

  test('a bucket fills evenly and never over its brim', () => {
    expect(refill({ tokens: 10, at: 0 }, 3_600_000, 240)).toEqual({ tokens: 20, at: 3_600_000 });
    expect(refill({ tokens: 235, at: 0 }, 3_600_000, 240).tokens).toBe(240);
    expect(refill({ tokens: 10, at: 5 }, 0, 240).tokens).toBe(10);
  });

  test('notes new names, and lets halves of a divided chunk go on with the old one', () => {
    const before = state().publication;
    const after = published(
      before,
      { chunks: [2, 3], empty: [3], bits: 2, sessions: null, figures: null, now: 1_000_000 },
      864,
    );
    expect(after.manifest).toMatchObject({ version: 5, counts: 5, bits: 2, chunks: ['0/1', '1/4', '2/5', null] });
    expect(after.writtenAt).toEqual([900_000, 1_000_000, 1_000_000, 0]);
    expect(after.bucket.tokens).toBe(864 - 3);
  });
});
