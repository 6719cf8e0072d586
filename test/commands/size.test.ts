import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { unstable_readConfig } from 'wrangler';

const ROOT = join(import.meta.dirname, '../..');

/** A free plan takes 3 MB; what counts is how soon an isolate has read and compiled it. */
const BUDGET_KIB = 200;

test('the Worker fits its budget as it is deployed', async () => {
  const {
    main = '',
    minify,
    keep_names,
    define,
    alias = {},
  } = unstable_readConfig({ config: join(ROOT, 'wrangler.toml') });
  const made = await build({
    entryPoints: [main],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    define,
    alias: Object.fromEntries(Object.entries(alias).map(([name, path]) => [name, join(ROOT, String(path))])),
    minify: minify === true,
    keepNames: keep_names !== false,
    logLevel: 'warning',
  });
  const kib = gzipSync(made.outputFiles[0]?.contents ?? '').byteLength / 1024;
  expect(kib).toBeGreaterThan(50);
  expect(kib).toBeLessThan(BUDGET_KIB);
});
