/** Builds what the Worker serves as assets into `dist/assets`: the API document and its page, the pages of problems, the demo shop's script. Run by wrangler's `[build]`. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildDemo } from '../demo/build.ts';
import { importJsx } from './import-jsx.ts';
import { writeLeanZod } from './lean-zod.ts';
import { DOCS_SCRIPT, docsPage, problemPages } from './pages.ts';

const DIST = join(import.meta.dirname, '../../dist');
const ASSETS = join(DIST, 'assets');

async function writeApiDocument(): Promise<void> {
  const maker = join(import.meta.dirname, 'openapi.ts');
  const { openApiDocument } = await importJsx<{ openApiDocument(): Promise<object> }>(maker, join(DIST, 'openapi.mjs'));
  writeFileSync(join(ASSETS, 'openapi.json'), JSON.stringify(await openApiDocument()));
}

function writePages(): void {
  const swagger = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js'])
    copyFileSync(join(swagger, file), join(ASSETS, 'docs', file));
  writeFileSync(join(ASSETS, 'docs', 'start.js'), DOCS_SCRIPT);
  writeFileSync(join(ASSETS, 'docs', 'index.html'), docsPage());
  for (const [file, html] of problemPages()) writeFileSync(join(ASSETS, 'problems', file), html);
}

mkdirSync(join(ASSETS, 'docs'), { recursive: true });
mkdirSync(join(ASSETS, 'problems'), { recursive: true });
writePages();
await buildDemo(ASSETS);
await writeApiDocument();
await writeLeanZod(join(DIST, 'zod'));
