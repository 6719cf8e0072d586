import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What turns schemas into JSON Schema: a sixth of zod, which every schema refers to, and only the maker of the API document uses. */
const CONVERTER = ['v4/core/to-json-schema.js', 'v4/core/json-schema-processors.js'];

/**
 * Writes the zod that the Worker is built with: zod as it is installed, but for the converter to JSON Schema, whose functions answer nothing.
 * @param target folder, made anew
 */
export async function writeLeanZod(target: string): Promise<void> {
  const installed = dirname(createRequire(import.meta.url).resolve('zod/package.json'));
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const part of ['index.js', 'package.json', 'v4/classic', 'v4/core', 'v4/locales'])
    cpSync(join(installed, part), join(target, part), {
      recursive: true,
      filter: (path) => !/\.(cjs|cts|d\.ts)$/.test(path),
    });
  for (const file of CONVERTER) {
    const names = Object.keys(await import(pathToFileURL(join(installed, file)).href));
    writeFileSync(join(target, file), names.map((name) => `export const ${name} = () => undefined;\n`).join(''));
  }
}
