/** Readers of the evaluation's file formats: tab-separated text, plain or gzipped. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** A visit to learn from. */
export interface TrainSession {
  /** The number in front: an ordinal, or the time of the last click in unix seconds. */
  number: number;
  items: string[];
}

/** One question: what was clicked, and what came after it; `truth[0]` is the next click. */
export interface Question {
  /** Oldest first, at least one. */
  prefix: string[];
  truth: string[];
  /** Epoch milliseconds of the prefix's last click and of the session's, where the file has times. */
  at?: number;
  endedAt?: number;
}

/** What is not as the format says; the message names file and line. */
export class FormatError extends Error {}

/** The lines of a text file, gunzipped where its first two bytes say so; empty ones are left out. */
export function readLines(path: string): string[] {
  const bytes = readFileSync(path);
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split(/\r?\n/).filter((line) => line !== '');
}

/**
 * Sessions to learn from, one a line: a number, TAB, item ids in click order separated by spaces.
 * @throws FormatError
 */
export function readTrain(path: string): TrainSession[] {
  return readLines(path).map((line, i) => {
    const [number, items, ...rest] = line.split('\t');
    if (!items || rest.length > 0 || !Number.isFinite(Number(number)))
      throw new FormatError(`${path}, line ${i + 1}: expected "number TAB item ids separated by spaces".`);
    return { number: Number(number), items: items.split(' ') };
  });
}

/**
 * Questions, in either of two formats: a prefix a line (`ids separated by spaces TAB next id`), or rows `SessionId TAB ItemId TAB Time` under a header,
 * in any order, of which every session of n clicks gives n − 1 questions.
 * @throws FormatError
 */
export function readTest(path: string): Question[] {
  const lines = readLines(path);
  if (lines[0]?.toLowerCase().startsWith('sessionid\t')) return questionsOfRows(path, lines.slice(1));
  return lines.map((line, i) => {
    const [prefix, target, ...rest] = line.split('\t');
    if (!prefix || !target || rest.length > 0)
      throw new FormatError(`${path}, line ${i + 1}: expected "item ids separated by spaces TAB item id".`);
    return { prefix: prefix.split(' '), truth: [target] };
  });
}

function questionsOfRows(path: string, rows: readonly string[]): Question[] {
  const sessions = new Map<string, { item: string; time: number }[]>();
  for (const [i, row] of rows.entries()) {
    const [session, item, time] = row.split('\t');
    if (!session || !item || !Number.isFinite(Number(time)))
      throw new FormatError(`${path}, line ${i + 2}: expected "SessionId TAB ItemId TAB Time".`);
    const clicks = sessions.get(session) ?? [];
    sessions.set(session, clicks);
    clicks.push({ item, time: Number(time) });
  }
  return [...sessions.values()].flatMap((clicks) => {
    clicks.sort((a, b) => a.time - b.time);
    const items = clicks.map((click) => click.item);
    const endedAt = (clicks.at(-1)?.time ?? 0) * 1000;
    return clicks.slice(0, -1).map(({ time }, k) => ({
      prefix: items.slice(0, k + 1),
      truth: items.slice(k + 1),
      at: time * 1000,
      endedAt,
    }));
  });
}

/** Baskets, one a line: `basket id TAB product ids separated by spaces`. @throws FormatError */
export function readBaskets(path: string): { id: string; items: string[] }[] {
  return readLines(path).map((line, i) => {
    const [id, items] = line.split('\t');
    if (!id || !items) throw new FormatError(`${path}, line ${i + 1}: expected "basket id TAB product ids".`);
    return { id, items: items.split(' ') };
  });
}
