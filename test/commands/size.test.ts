import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { workerBundle } from '../support/worker-bundle.ts';

/** A free plan takes 3 MB; what counts is how soon an isolate has read and compiled it. Of these the shop's experiments, messages and personas are a quarter. */
const BUDGET_KIB = 265;

test('the Worker fits its budget as it is deployed', async () => {
  const kib = gzipSync(await workerBundle()).byteLength / 1024;
  expect(kib).toBeGreaterThan(50);
  expect(kib).toBeLessThan(BUDGET_KIB);
});
