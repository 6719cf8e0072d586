import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What turns schemas into JSON Schema: a sixth of zod, which every schema refers to, and only the maker of the API document uses. */
const CONVERTER = ['v4/core/to-json-schema.js', 'v4/core/json-schema-processors.js'];

/** Where zod checks the fields of an object one after the other, as it has to in a Worker, which may not compile code for it. */
const FIELDS = {
  file: 'v4/core/schemas.js',
  check: 'const r = el._zod.run({ value: input[key], issues: [] }, ctx);',
  /** Zod throws away what an absent field of this kind comes to, and our requests have dozens of fields that few of them send. */
  skip: 'if (optin === "optional" && optout === "optional" && !(key in input)) continue;',
};

/**
 * Writes the zod that the Worker is built with: zod as it is installed, but for the converter to JSON Schema, whose functions answer nothing, and for the
 * time that absent fields take.
 * @param target folder, made anew
 * @throws Error where the installed zod checks fields in another way
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
  const schemas = join(target, FIELDS.file);
  const parts = readFileSync(schemas, 'utf8').split(FIELDS.check);
  if (parts.length !== 2) throw new Error(`${FIELDS.file} of the installed zod does not check fields as it did`);
  writeFileSync(schemas, parts.join(`${FIELDS.skip}\n            ${FIELDS.check}`));
}
