import { join } from 'node:path';
import { build } from 'esbuild';

const BROWSER = join(import.meta.dirname, 'browser');

/**
 * Bundles the demo shop's script and stylesheet into `<outdir>/demo`.
 * @param outdir the folder of the Worker's assets
 */
export async function buildDemo(outdir: string): Promise<void> {
  await build({
    entryPoints: [join(BROWSER, 'main.ts'), join(BROWSER, 'shop.css')],
    outdir: join(outdir, 'demo'),
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  });
}
