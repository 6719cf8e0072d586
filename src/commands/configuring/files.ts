/** The config's file, and the note of what was pulled last. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { ImportError } from '../importing/read.ts';
import type { Target } from '../replaying/options.ts';

/** What a file exports: its default, `config`, or the only thing there is. */
function exportedBy(module: Readonly<Record<string, unknown>>, file: string): unknown {
  const { default: ours, config = ours } = module;
  const all = Object.values(module);
  const found = config ?? (all.length === 1 ? all[0] : undefined);
  if (found === undefined) throw new ImportError(`${file} exports no config: export const config = defineConfig({…}).`);
  return found;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * The config that a file holds, as plain JSON. A TypeScript file is run by Node, which strips its types.
 * @throws ImportError where there is none, or it cannot be read
 */
export async function readConfig(file: string): Promise<unknown> {
  if (!existsSync(file))
    throw new ImportError(`There is no ${file}. npm run config -- pull writes it, or name another by --file.`);
  try {
    if (file.endsWith('.json')) return JSON.parse(await readFile(file, 'utf8'));
    return JSON.parse(JSON.stringify(exportedBy(await import(pathToFileURL(resolve(file)).href), file)));
  } catch (error) {
    throw error instanceof ImportError ? error : new ImportError(`${file} cannot be read: ${reasonOf(error)}`);
  }
}

export const writeConfig = (file: string, config: unknown): Promise<void> =>
  writeFile(file, `${JSON.stringify(config, null, 2)}\n`);

/** What was published when it was pulled, or pushed, last. */
const Pulled = z.object({ version: z.number(), publishedAt: z.string().nullable(), config: z.unknown() });
export type Pulled = z.infer<typeof Pulled>;

const Notes = z.record(z.string(), Pulled);

const noteOf = (file: string): string => `${file.replace(/\.\w+$/, '')}.pulled.json`;

/** A deployment may serve several shops, and a file may be for several deployments: each is noted by itself. */
const nameOf = ({ url, key }: Target): string => `${url} ${key.split('_')[1] ?? ''}`;

async function notesOf(file: string): Promise<z.infer<typeof Notes>> {
  const note = noteOf(file);
  if (!existsSync(note)) return {};
  try {
    return Notes.parse(JSON.parse(await readFile(note, 'utf8')));
  } catch {
    throw new ImportError(`${note} is not as it was written. Remove it, and pull again.`);
  }
}

/** What was noted of a server for this file; null before the first time. */
export async function readPulled(file: string, target: Target): Promise<Pulled | null> {
  return (await notesOf(file))[nameOf(target)] ?? null;
}

export async function writePulled(file: string, target: Target, pulled: Pulled): Promise<void> {
  const notes = { ...(await notesOf(file)), [nameOf(target)]: pulled };
  await writeFile(noteOf(file), `${JSON.stringify(notes, null, 2)}\n`);
}
