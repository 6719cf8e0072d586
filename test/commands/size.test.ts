import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { workerBundle } from '../support/worker-bundle.ts';

/** A free plan takes 3 MB; what counts is how soon an isolate has read and compiled it. */
const BUDGET_KIB = 200;

test('the Worker fits its budget as it is deployed', async () => {
  const kib = gzipSync(await workerBundle()).byteLength / 1024;
  expect(kib).toBeGreaterThan(50);
  expect(kib).toBeLessThan(BUDGET_KIB);
});
