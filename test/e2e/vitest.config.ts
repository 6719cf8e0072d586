import { defineConfig } from 'vitest/config';

/** Whole runs in a real browser: one after the other, since each starts a server of its own. */
export default defineConfig({
  test: {
    name: 'e2e',
    environment: 'node',
    include: ['test/e2e/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 240_000,
  },
});
