/** What all parts of an import share. */
import type { Api } from './api.ts';
import type { Columns, Kind } from './columns.ts';
import type { Options } from './options.ts';
import type { Progress } from './progress.ts';
import type { Opened, Reading, Row, SourceFile } from './read.ts';
import { rowsOf } from './read.ts';
import type { Report } from './report.ts';
import { hashOf, openState, type Progressed } from './state.ts';

/** A file that was opened, and understood. */
export interface Prepared {
  kind: Kind;
  file: SourceFile;
  opened: Opened;
  columns: Columns;
  /** SHA-256 of the file. */
  fingerprint: string;
}

/** What of the shop's config decides how history is learnt. */
export interface ShopLearning {
  halfLifeMs: number;
  /** By whose clock it is morning or evening. */
  timeZone: string;
  variants: 'group' | 'separate';
}

export interface Run {
  api: Api;
  options: Options;
  progress: Progress;
  shop: ShopLearning;
  isSkipped: (itemId: string) => boolean;
  /** Epoch milliseconds. */
  now: () => number;
  signal: AbortSignal;
  /** States to be saved when the import is interrupted. */
  states: Set<Progressed>;
  /** The version of published cards that is older than what was uploaded; null when nothing was. */
  awaited: string | null;
  /** GroupIds by item, read from the server when first needed. */
  groups: () => Promise<ReadonlyMap<string, string>>;
}

/** What is done with the last rows is not done when they are read. */
const ALMOST = 0.99;

/** Reads the rows of a file and shows how far that is. Whoever has dealt with all of them ends the bar. */
export async function* shown(run: Run, prepared: Prepared, label: string): AsyncGenerator<Row> {
  const { file, opened } = prepared;
  const { rows, reading } = rowsOf(file, opened);
  run.progress.start({ label, unit: 'rows', total: null });
  let count = 0;
  for await (const row of rows) {
    if (++count % 500 === 0) {
      run.signal.throwIfAborted();
      run.progress.update(count, Math.min(ALMOST, shareOf(reading, file)));
    }
    yield row;
  }
  run.progress.update(count, ALMOST);
}

/** How much of a file was read, 0 to 1. */
export function shareOf(reading: Reading, file: SourceFile): number {
  return file.size === 0 ? 1 : Math.min(1, reading.bytes() / file.size);
}

/** The state of sending one file. Everything that decides which batches there are is in its name. */
export async function resume(run: Run, prepared: Prepared, report: Report): Promise<Progressed> {
  const { options } = run;
  const hash = hashOf(options.url, options.key, prepared.kind, prepared.fingerprint, prepared.columns, {
    skip: options.skipItems,
    currency: options.currency,
    parallel: options.parallel,
  });
  const state = openState(hash, {
    of: `${prepared.kind} ${prepared.file.path}`,
    lanes: options.parallel,
    now: run.now,
    restart: options.restart,
  });
  run.states.add(state);
  if (!state.continues) return state;
  if (state.witness !== null && (await run.api.get(`/v1/${state.witness}`)) === null) {
    state.forget();
    run.progress.say('The server does not know what an interrupted run sent to it: this run begins anew.');
    return state;
  }
  report.taken.push('continued where an earlier run was interrupted');
  return state;
}

/** The import of a file is complete. */
export function finish(run: Run, state: Progressed): void {
  state.finish();
  run.states.delete(state);
}
