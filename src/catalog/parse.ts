import { ITEMS_PER_CALL } from './schema.ts';

/** One entry of a body that carries items: what was sent, or why it cannot be read; `path` leads to it. */
export interface PostedEntry {
  /** Position in the array, or line of NDJSON, from 0. */
  index: number;
  path: (string | number)[];
  plain: unknown;
  /** Why the line is not JSON, null when it is. */
  broken: string | null;
}

export type Posted = { entries: PostedEntry[] } | { problem: 'malformed' | 'invalid'; path: string; detail: string };

const NDJSON_TYPE = /ndjson|jsonl|json-?lines|json-seq/i;

type Parsed = { plain: unknown } | { broken: string };

function parse(text: string): Parsed {
  try {
    return { plain: JSON.parse(text) };
  } catch (error) {
    return { broken: error instanceof Error ? error.message.slice(0, 120) : 'not JSON' };
  }
}

function isObject(plain: unknown): plain is Record<string, unknown> {
  return typeof plain === 'object' && plain !== null && !Array.isArray(plain);
}

function fromLines(text: string): Posted {
  const entries: PostedEntry[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    if (entries.length === ITEMS_PER_CALL) return tooMany('lines');
    const parsed = parse(line);
    const broken = 'broken' in parsed ? `The line is not JSON: ${parsed.broken}` : null;
    entries.push({ index, path: [index], plain: 'plain' in parsed ? parsed.plain : undefined, broken });
  }
  return { entries };
}

function tooMany(what: string): Posted {
  return {
    problem: 'invalid',
    path: '',
    detail: `A call carries at most ${ITEMS_PER_CALL} items; send more ${what} in further calls.`,
  };
}

function fromList(list: unknown[], prefix: string[]): Posted {
  if (list.length > ITEMS_PER_CALL) return tooMany('entries');
  return { entries: list.map((plain, index) => ({ index, path: [...prefix, index], plain, broken: null })) };
}

/** Whether a text that is no JSON looks like lines of it: more than one, of which the first is an object by itself. */
function looksLikeLines(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const first = lines.length > 1 ? parse(lines[0] ?? '') : null;
  return first !== null && 'plain' in first && isObject(first.plain);
}

/**
 * Takes a body of items apart: a JSON array, `{"items": […]}`, one object with an `itemId`, or NDJSON, which is known by its content type or by what it
 * looks like. Blank lines are passed over; a broken line is an entry of its own, so that the others are still taken.
 */
export function readPosted(text: string, contentType: string): Posted {
  if (NDJSON_TYPE.test(contentType)) return fromLines(text);
  if (text.trim() === '') return { problem: 'malformed', path: '', detail: 'The body is empty; items are expected.' };
  const parsed = parse(text);
  if ('broken' in parsed) {
    if (looksLikeLines(text)) return fromLines(text);
    return { problem: 'malformed', path: '', detail: `The body is not JSON: ${parsed.broken}` };
  }
  const { plain } = parsed;
  if (Array.isArray(plain)) return fromList(plain, []);
  if (isObject(plain) && Object.hasOwn(plain, 'items')) {
    const stray = Object.keys(plain).find((key) => key !== 'items');
    if (stray !== undefined)
      return { problem: 'invalid', path: stray.slice(0, 100), detail: 'Unknown field beside items.' };
    if (Array.isArray(plain.items)) return fromList(plain.items, ['items']);
    return { problem: 'invalid', path: 'items', detail: 'An array of items is expected.' };
  }
  if (isObject(plain) && Object.hasOwn(plain, 'itemId')) {
    return { entries: [{ index: 0, path: [], plain, broken: null }] };
  }
  return { problem: 'invalid', path: '', detail: 'An array of items, {"items": […]} or NDJSON is expected.' };
}
