import { resolve } from 'node:path';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { SHARED } from './test/support/shared.ts';

/**
 * Where property tests begin to draw: the same for everybody, so that a run can be repeated. `FC_SEED=$RANDOM npm test` looks elsewhere; a failure names the
 * seed that brings it back.
 */
const SEED = String(Number(process.env.FC_SEED ?? 2_026_11));

/** Two projects: what runs in the Worker is tested inside workerd, what runs in Node (commands, the structure of the source) in Node. */
export default defineConfig({
  test: {
    // What the product logs about a failure that a test brings about is no news; of a test that fails it is.
    silent: 'passed-only',
    projects: [
      {
        define: { DESCRIBED: 'true', SEED },
        // Tests inside workerd read no files: what they replay is bundled with them, nothing where it is absent.
        resolve: { alias: { '#shared': resolve(SHARED) } },
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: { SHOP_KEYS: '["pk_demo","sk_demo","pk_other","sk_other"]', SIGNING_SECRET: 'for tests only' },
            },
          }),
        ],
        test: {
          name: 'workers',
          globalSetup: ['test/support/receiver.ts'],
          setupFiles: ['test/support/seed.ts'],
          testTimeout: 30_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/commands/**', 'test/architecture.test.ts', 'test/bench/**'],
        },
      },
      {
        define: { SEED },
        test: {
          name: 'node',
          setupFiles: ['test/support/seed.ts'],
          environment: 'node',
          include: ['test/commands/**/*.test.ts', 'test/architecture.test.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
