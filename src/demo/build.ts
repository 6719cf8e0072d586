import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { importJsx } from '../commands/import-jsx.ts';

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
  const pages = join(import.meta.dirname, 'pages/files.tsx');
  const { demoFiles } = await importJsx<{ demoFiles(): Map<string, string> }>(pages, join(outdir, '../demo.mjs'));
  const files = demoFiles();
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const old of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (/\.(html|svg)$/.test(old) && !files.has(old)) rmSync(join(folder, old));
}
