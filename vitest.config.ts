import { resolve } from 'node:path';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { SHARED } from './test/support/shared.ts';

/** Two projects: what runs in the Worker is tested inside workerd, what runs in Node (commands, the structure of the source) in Node. */
export default defineConfig({
  test: {
    // What the product logs about a failure that a test brings about is no news; of a test that fails it is.
    silent: 'passed-only',
    projects: [
      {
        define: { DESCRIBED: 'true' },
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
          testTimeout: 30_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/commands/**', 'test/architecture.test.ts', 'test/bench/**'],
        },
      },
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/commands/**/*.test.ts', 'test/architecture.test.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
