import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * Imports a module that leads to JSX, which Node does not read: it is bundled first, and run from there.
 * @param outfile where the bundle goes
 */
export async function importJsx<T>(entry: string, outfile: string): Promise<T> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    define: { DESCRIBED: 'true' },
    external: ['cloudflare:workers'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}
