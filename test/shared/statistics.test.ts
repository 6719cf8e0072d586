import { describe, expect, test } from 'vitest';
import {
  betaCdf,
  betaQuantile,
  chiSquareSf,
  normalCdf,
  normalQuantile,
  tCdf,
  tQuantile,
} from '../../src/shared/statistics.ts';
import { VECTORS } from '../support/statistics.ts';

interface Row {
  x: number;
  p: number;
  sf: number;
  dof: number;
  a: number;
  b: number;
}
const rows = (name: string): Row[] => (VECTORS?.distributions as Record<string, Row[]> | undefined)?.[name] ?? [];

describe.skipIf(VECTORS === null)('distributions agree with published figures', () => {
  test('normal', () => {
    for (const { x, p, sf } of rows('normalCdf')) {
      expect(Math.abs(normalCdf(x) - p)).toBeLessThanOrEqual(1e-15);
      expect(Math.abs(normalCdf(-x) - sf)).toBeLessThanOrEqual(1e-15);
    }
    for (const { p, x } of rows('normalQuantile')) expect(Math.abs(normalQuantile(p) - x)).toBeLessThanOrEqual(1e-13);
  });

  test('Student’s', () => {
    for (const { x, dof, p, sf } of rows('tCdf')) {
      expect(Math.abs(tCdf(x, dof) - p)).toBeLessThanOrEqual(1e-10);
      expect(Math.abs(tCdf(-x, dof) - sf)).toBeLessThanOrEqual(1e-10);
    }
    for (const { p, dof, x } of rows('tQuantile'))
      expect(Math.abs(tQuantile(p, dof) - x)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(x)));
  });

  test('chi-square, into the far tail', () => {
    for (const { x, dof, p } of rows('chi2Sf'))
      expect(Math.abs(chiSquareSf(x, dof) / p - 1)).toBeLessThanOrEqual(1e-13);
  });

  test('beta', () => {
    for (const { x, a, b, p } of rows('betaCdf')) expect(Math.abs(betaCdf(x, a, b) - p)).toBeLessThanOrEqual(1e-12);
    for (const { p, a, b, x } of rows('betaQuantile'))
      expect(Math.abs(betaQuantile(p, a, b) - x)).toBeLessThanOrEqual(1e-14);
  });
});
