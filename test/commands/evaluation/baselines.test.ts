import { expect, test } from 'vitest';
import { BASELINES } from '../../../src/commands/evaluation/baselines.ts';
import { createNames } from '../../../src/commands/evaluation/model.ts';
import type { Seen } from '../../../src/learning/score.ts';

/**
 * Clicks: b 4, a 3, c 3, d 1. Sessions with a 3, b 4, c 2, d 1; a shares two with b and one with c, d shares one with a and b.
 */
const TRAIN = ['a b', 'a b d', 'b c c', 'a c', 'b'];

function ask(baseline: string, session: string, seen: Seen): string {
  const names = createNames();
  const train = TRAIN.map((line, at) => ({ at, keys: line.split(' ').map(names.keyOf) }));
  const found = BASELINES.find(({ name }) => name === baseline);
  const keys = session.split(' ').map(names.keyOf).reverse();
  return (found?.learn(train).recommend(keys, seen) ?? []).map(names.idOf).join(' ');
}

test.each([
  ['popularity', 'c', 'allow', 'b a c d'],
  ['popularity', 'a b', 'hide', 'c d'],
  ['popularity', 'a b', 'hideCurrent', 'a c d'],
  // After a: b twice, d and c once, d first as it came first. An unknown item brings nothing.
  ['co-count', 'a', 'allow', 'b d c'],
  ['co-count', 'c a', 'hide', 'b d'],
  ['co-count', 'unknown', 'allow', ''],
  // From d: a 1/√3, b 1/√4. From c: a 1/√6, b 1/√8.
  ['cosine', 'd', 'allow', 'a b'],
  ['cosine', 'c', 'allow', 'a b'],
  // Neighbours of d: the second session alone, with all its items; likeness 1/√3 each, in order of first occurrence.
  ['VS-kNN', 'd', 'hide', 'a b'],
  // Of "a c" (a weighs 1/2, c 1): "a c" is (1.5/√2) · 0.9, "b c c" (1/√2) · 0.9, "a b" (0.5/√2) · 0.8, "a b d" (0.5/√3) · 0.8.
  // b = 0.636 + 0.283 + 0.231 = 1.150, d = 0.231; with those seen: a = 0.955 + 0.283 + 0.231 = 1.469, c = 0.955 + 0.636 = 1.591.
  ['VS-kNN', 'a c', 'hide', 'b d'],
  ['VS-kNN', 'a c', 'allow', 'c a b d'],
] as const)('%s after %s, seen items: %s', (baseline, session, seen, list) => {
  expect(ask(baseline, session, seen)).toBe(list);
});
