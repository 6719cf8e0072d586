import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * Builds the demo shop into `<outdir>/demo`: its script and stylesheet, its pages, its pictures.
 * @param outdir the folder of the Worker's assets
 */
export async function buildDemo(outdir: string): Promise<void> {
  const folder = join(outdir, 'demo');
  await build({
    entryPoints: [join(import.meta.dirname, 'browser/main.ts'), join(import.meta.dirname, 'browser/shop.css')],
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  });
  const files = await demoFiles(join(outdir, '../demo.mjs'));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const old of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (/\.(html|svg)$/.test(old) && !files.has(old)) rmSync(join(folder, old));
}

/** The pages are JSX, which Node does not read: their maker is bundled first and run from there. */
async function demoFiles(outfile: string): Promise<Map<string, string>> {
  await build({
    entryPoints: [join(import.meta.dirname, 'pages/files.tsx')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    logLevel: 'warning',
  });
  const made: { demoFiles(): Map<string, string> } = await import(pathToFileURL(outfile).href);
  return made.demoFiles();
}
