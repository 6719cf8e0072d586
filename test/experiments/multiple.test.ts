import { expect, test } from 'vitest';
import { benjaminiHochberg, holm } from '../../src/experiments/multiple.ts';

const rounded = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(6)));

test('Holm multiplies the smallest by all, the next by one less, and never goes down', () => {
  expect(rounded(holm([0.01, 0.04, 0.03, 0.005]))).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

test('Benjamini and Hochberg multiply by how many there are over the rank', () => {
  expect(rounded(benjaminiHochberg([0.01, 0.04, 0.03, 0.005]))).toEqual([0.02, 0.04, 0.04, 0.02]);
  expect(benjaminiHochberg([0.5])).toEqual([0.5]);
});
