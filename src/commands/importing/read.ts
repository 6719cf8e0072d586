/** Files as rows: TSV, CSV and NDJSON, each perhaps gzipped, read as a stream. What a file is, is seen from its first bytes, never from its name. */
import { createReadStream, type ReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import Papa from 'papaparse';

/** Something about the call or a file that the person at the terminal can mend. Its message is all that is shown. */
export class ImportError extends Error {}

export interface SourceFile {
  path: string;
  /** Bytes on disk. */
  size: number;
  gzip: boolean;
}

/** How far reading has come. */
export interface Reading {
  /** Bytes of the file read so far, as they lie on disk. */
  bytes(): number;
}

/** A line, TAB or comma separated, or an object; `line` counts from 1 and includes the header. */
export interface Row {
  line: number;
  fields: Readonly<Record<string, unknown>>;
  /** What is wrong with the row as such, null when nothing. */
  broken: string | null;
}

export type Format = 'tsv' | 'csv' | 'ndjson' | 'lines';

export interface Opened {
  format: Format;
  /** Column names; for NDJSON those of the first object, for `lines` none. */
  header: string[];
}

/** @throws ImportError when there is no such file */
export async function sourceFile(path: string): Promise<SourceFile> {
  const found = await stat(path).catch(() => null);
  if (found === null) throw new ImportError(`There is no file ${path}.`);
  if (!found.isFile()) throw new ImportError(`${path} is not a file.`);
  const handle = await open(path).catch(() => null);
  if (handle === null) throw new ImportError(`${path} cannot be read.`);
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  await handle.close();
  return { path, size: found.size, gzip: buffer[0] === 0x1f && buffer[1] === 0x8b };
}

function explained(file: SourceFile, error: unknown): Error {
  if (error instanceof ImportError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'Z_BUF_ERROR') return new ImportError(`${file.path} is cut short: its gzip has no end.`);
  if (code.startsWith('Z_')) return new ImportError(`${file.path} is broken gzip.`);
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return new ImportError(
      `${file.path} is not UTF-8. Convert it first, for example: iconv -f windows-1252 -t utf-8 FILE > NEW`,
    );
  return error instanceof Error ? error : new Error(String(error));
}

function inflated(file: SourceFile, from: ReadStream): Readable {
  if (!file.gzip) return from;
  const gunzip = createGunzip();
  from.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => from.destroy());
  return from.pipe(gunzip);
}

async function* texts(file: SourceFile, reading: { stream: ReadStream | null }): AsyncGenerator<string> {
  const stream = createReadStream(file.path, { highWaterMark: 262_144 });
  reading.stream = stream;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  try {
    for await (const bytes of inflated(file, stream)) yield decoder.decode(bytes, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw explained(file, error);
  } finally {
    stream.destroy();
  }
}

/** The lines of a text that comes in pieces, without their ends. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  if (rest !== '') yield rest;
}

/** Sees from its first line what a file is. `lines` is the format of sessions: a number, TAB, ids separated by spaces; no header. */
export function formatOf(firstLine: string): Format {
  if (firstLine.trimStart().startsWith('{')) return 'ndjson';
  if (/^\d+(\.\d+)?\t[^\t]+$/.test(firstLine)) return 'lines';
  return firstLine.includes('\t') ? 'tsv' : 'csv';
}

/** Objects need not all have the same fields: as many are looked at for their names. */
const OBJECTS_LOOKED_AT = 100;

/** The names of an object's fields, and of those of the objects in its lists (an order with its lines). */
function addNames(names: Set<string>, line: string): void {
  for (const [name, value] of Object.entries(objectOf(line).fields)) {
    names.add(name);
    const first: unknown = Array.isArray(value) ? value[0] : null;
    if (typeof first === 'object' && first !== null) for (const inner of Object.keys(first)) names.add(inner);
  }
}

/** @throws ImportError when the file is empty or a JSON array */
export async function openRows(file: SourceFile): Promise<Opened> {
  const names = new Set<string>();
  let objects = 0;
  for await (const line of linesOf(texts(file, { stream: null }))) {
    if (line.trim() === '') continue;
    if (objects > 0) {
      addNames(names, line);
      if (++objects === OBJECTS_LOOKED_AT) break;
      continue;
    }
    if (line.trimStart().startsWith('['))
      throw new ImportError(`${file.path} is a JSON array; one JSON object a line (NDJSON) is expected.`);
    const format = formatOf(line);
    if (format === 'lines') return { format, header: [] };
    if (format === 'ndjson') {
      addNames(names, line);
      objects = 1;
      continue;
    }
    const header =
      format === 'tsv'
        ? tabFields(line)
        : (Papa.parse<string[]>(line, { delimitersToGuess: DELIMITERS }).data[0] ?? []);
    return { format, header: header.map((name) => name.trim()) };
  }
  if (objects > 0) return { format: 'ndjson', header: [...names] };
  throw new ImportError(`${file.path} is empty.`);
}

const DELIMITERS = [',', ';', '|'];

/** A TSV field that is quoted as a whole is unquoted; quotes within a text are its own. */
function tabFields(line: string): string[] {
  const fields = line.split('\t');
  if (!line.includes('"')) return fields;
  return fields.map((field) => {
    const inner = /^"(.*)"$/.exec(field)?.[1];
    return inner === undefined || /(^|[^"])"([^"]|$)/.test(inner) ? field : inner.replaceAll('""', '"');
  });
}

function objectOf(line: string): { fields: Record<string, unknown>; broken: string | null } {
  try {
    const plain: unknown = JSON.parse(line);
    if (typeof plain === 'object' && plain !== null && !Array.isArray(plain))
      return { fields: { ...plain }, broken: null };
    return { fields: {}, broken: 'not a JSON object' };
  } catch {
    return { fields: {}, broken: 'not JSON' };
  }
}

function rowOf(header: readonly string[], values: readonly string[], line: number): Row {
  const fields: Record<string, unknown> = {};
  for (let i = 0; i < header.length; i++) fields[header[i] ?? ''] = values[i] ?? '';
  const broken =
    values.length === header.length
      ? null
      : `${values.length} column${values.length === 1 ? '' : 's'} where the header has ${header.length}`;
  return { line, fields, broken };
}

async function* csvRows(pieces: AsyncIterable<string>, header: readonly string[]): AsyncGenerator<Row> {
  const parser = Papa.parse(Papa.NODE_STREAM_INPUT, { delimitersToGuess: DELIMITERS });
  const source = Readable.from(pieces, { objectMode: true });
  source.on('error', (error) => parser.destroy(error));
  let line = 0;
  let isHeader = true;
  for await (const values of source.pipe(parser) as AsyncIterable<string[]>) {
    const at = line + 1;
    line = at;
    for (const value of values) if (value.includes('\n')) line += value.split('\n').length - 1;
    if (values.length === 1 && values[0] === '') continue;
    if (!isHeader) yield rowOf(header, values, at);
    isHeader = false;
  }
}

async function* lineRows(lines: AsyncIterable<string>, opened: Opened): AsyncGenerator<Row> {
  let line = 0;
  let isHeader = opened.format === 'tsv';
  for await (const text of lines) {
    line++;
    if (text.trim() === '') continue;
    if (isHeader) isHeader = false;
    else if (opened.format === 'tsv') yield rowOf(opened.header, tabFields(text), line);
    else if (opened.format === 'ndjson') yield { line, ...objectOf(text) };
    else yield { line, fields: { line: text }, broken: null };
  }
}

/**
 * The rows of a file, in its order. Only what is being looked at is in memory.
 * @param opened what {@link openRows} found
 * @returns the rows, and how far reading has come
 * @throws ImportError while iterating, when the file is not UTF-8 or its gzip is broken
 */
export function rowsOf(file: SourceFile, opened: Opened): { rows: AsyncIterable<Row>; reading: Reading } {
  const state: { stream: ReadStream | null } = { stream: null };
  const pieces = texts(file, state);
  const rows = opened.format === 'csv' ? csvRows(pieces, opened.header) : lineRows(linesOf(pieces), opened);
  return { rows, reading: { bytes: () => state.stream?.bytesRead ?? 0 } };
}
