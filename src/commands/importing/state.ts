/** What of a file the server has taken already, kept in `.wrangler/imports/<hash>.json` while an import runs, so that the same command continues after an interruption. */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const FOLDER = join(import.meta.dirname, '../../../.wrangler/imports');
const SAVE_EVERY_MS = 500;

const Saved = z.object({
  /** For whoever opens the file. */
  of: z.string(),
  /** Epoch milliseconds. */
  startedAt: z.number(),
  /** Batches that were taken, per lane. */
  taken: z.array(z.number()),
  /** Whose events were taken first (`customers/…` or `visitors/…`): where the server does not know them any more, it is not the server that took them. */
  witness: z.string().nullable(),
});
type Saved = z.infer<typeof Saved>;

export interface Progressed {
  readonly startedAt: number;
  /** Whether an earlier run got somewhere. */
  readonly continues: boolean;
  readonly witness: string | null;
  isTaken(lane: number, number: number): boolean;
  take(lane: number, number: number, witness: string | null): void;
  /** Forgets what earlier runs sent. */
  forget(): void;
  save(): void;
  /** The import of this file is complete: a later run sends everything again, which changes nothing. */
  finish(): void;
}

/** The SHA-256 of a file as it lies on disk, in hexadecimal. */
export async function fingerprintOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) hash.update(bytes);
  return hash.digest('hex');
}

export function hashOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

function readSaved(path: string): Saved | null {
  try {
    return Saved.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/**
 * @param hash of everything that decides what is sent, and in which batches
 * @param options.restart ignores what an earlier run left
 */
export function openState(
  hash: string,
  options: { of: string; lanes: number; now: () => number; restart: boolean; folder?: string },
): Progressed {
  const folder = options.folder ?? FOLDER;
  const path = join(folder, `${hash}.json`);
  const fresh = (): Saved => ({
    of: options.of,
    startedAt: options.now(),
    taken: new Array<number>(options.lanes).fill(0),
    witness: null,
  });
  const found = options.restart ? null : readSaved(path);
  let saved = found?.taken.length === options.lanes ? found : fresh();
  let savedAt = 0;
  const save = (): void => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify(saved));
    renameSync(`${path}.new`, path);
    savedAt = options.now();
  };
  return {
    get startedAt() {
      return saved.startedAt;
    },
    get continues() {
      return saved.taken.some((count) => count > 0);
    },
    get witness() {
      return saved.witness;
    },
    isTaken: (lane, number) => number < (saved.taken[lane] ?? 0),
    take(lane, number, witness) {
      saved.taken[lane] = number + 1;
      saved.witness ??= witness;
      if (options.now() - savedAt >= SAVE_EVERY_MS) save();
    },
    forget() {
      saved = fresh();
    },
    save,
    finish: () => rmSync(path, { force: true }),
  };
}
