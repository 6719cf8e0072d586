import { join } from 'node:path';
import { build } from 'esbuild';
import { unstable_readConfig } from 'wrangler';

const ROOT = join(import.meta.dirname, '../..');

/**
 * Bundles an entry as wrangler.toml says that the Worker is.
 * @param entry below the root; the Worker's own when left out
 */
export async function workerBundle(entry?: string): Promise<string> {
  const config = unstable_readConfig({ config: join(ROOT, 'wrangler.toml') });
  const alias = Object.entries(config.alias ?? {});
  const made = await build({
    entryPoints: [join(ROOT, entry ?? 'src/index.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    define: config.define,
    alias: Object.fromEntries(alias.map(([name, path]) => [name, join(ROOT, String(path))])),
    minify: config.minify === true,
    keepNames: config.keep_names !== false,
    logLevel: 'warning',
  });
  return made.outputFiles[0]?.text ?? '';
}
