import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openRows, type Row, rowsOf, sourceFile } from '../../../src/commands/importing/read.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'floorwalker-import-'));
let count = 0;

/** A made-up file that the operating system clears away. */
export function fileOf(content: string | Uint8Array, options: { name?: string; gzip?: boolean } = {}): string {
  const path = join(FOLDER, `${count++}-${options.name ?? 'made-up'}`);
  writeFileSync(path, options.gzip ? gzipSync(content) : content);
  return path;
}

export async function rowsIn(path: string): Promise<Row[]> {
  const file = await sourceFile(path);
  const rows: Row[] = [];
  for await (const row of rowsOf(file, await openRows(file)).rows) rows.push(row);
  return rows;
}

/** Rows as they come from a reader. */
export async function* rowsFrom(header: string, ...lines: string[]): AsyncGenerator<Row> {
  const names = header.split(' ');
  for (const [index, line] of lines.entries()) {
    const cells = line.split(' ');
    const fields = Object.fromEntries(names.map((name, i) => [name, cells[i] === '-' ? '' : (cells[i] ?? '')]));
    yield { line: index + 2, fields, broken: null };
  }
}

export async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of from) found.push(each);
  return found;
}
