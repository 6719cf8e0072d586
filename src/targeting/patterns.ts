import { textOf } from './values.ts';

/** How many characters of a value a regular expression sees. Together with {@link checkPattern} it bounds the time that matching can take. */
export const MATCHED_CHARACTERS = 512;

/** Characters of a regular expression. */
export const PATTERN_LIMIT = 200;

/** How often a part may be counted out (`{1000}`), and how large the counted parts may get. */
const SIZE_LIMIT = 1000;

/** Ways in which a text may be taken apart: two open-ended repetitions, each over all characters. */
const WAYS_LIMIT = MATCHED_CHARACTERS ** 2;

/** A test by regular expression; an expression that does not compile holds for nothing. */
export function compilePattern(source: unknown, insensitive: boolean): (value: unknown) => boolean {
  const pattern = typeof source === 'string' ? readPattern(source, insensitive) : null;
  if (pattern === null) return () => false;
  return (value) => {
    const text = textOf(value);
    return pattern.test(text.length > MATCHED_CHARACTERS ? text.slice(0, MATCHED_CHARACTERS) : text);
  };
}

function readPattern(source: string, insensitive: boolean): RegExp | null {
  try {
    return new RegExp(source, insensitive ? 'i' : '');
  } catch {
    return null;
  }
}

/** What is known about a part of an expression without running it. */
interface Part {
  /** An upper bound of the ways in which it can match one text of {@link MATCHED_CHARACTERS}. */
  ways: number;
  /** Length once counted repetitions are written out. */
  size: number;
  /** Characters it can begin with, one bit each; see {@link charactersOf}. */
  first: bigint;
  /** It can match nothing at all. */
  nullable: boolean;
}

const EMPTY: Part = { ways: 1, size: 0, first: 0n, nullable: true };

class PatternRefused extends Error {}

/** Bit 128 stands for every character beyond ASCII. */
const BEYOND = 1n << 128n;

function charactersOf(atom: string): bigint {
  const one = new RegExp(`^(?:${atom})$`, 'is');
  let bits = BEYOND;
  for (let code = 0; code < 128; code++) if (one.test(String.fromCharCode(code))) bits |= 1n << BigInt(code);
  return bits;
}

function literal(character: string): bigint {
  let bits = 0n;
  for (const one of [character.toLowerCase(), character.toUpperCase()]) {
    const code = one.charCodeAt(0);
    bits |= code < 128 ? 1n << BigInt(code) : BEYOND;
  }
  return bits;
}

/**
 * Says why a regular expression is refused, or null. Conservative and static: what passes takes at most some tens of milliseconds on the worst text, what is refused may be
 * harmless. Refused are
 * - what does not compile, or has more than {@link PATTERN_LIMIT} characters;
 * - back-references (`\1`, `\k<name>`): matching with them is exponential;
 * - a repetition over something that can itself match in several ways: nested quantifiers (`(a+)+`, `(a?){9}`, `(\w+\s)*`) and alternatives under a repetition that can begin with
 *   the same character or are empty (`(a|ab)*`);
 * - more than two open-ended repetitions (`*`, `+`, `{2,}`) or what amounts to them: the ways in which a text of 512 characters can be taken apart, `512` for an open-ended repetition,
 *   `m − n + 1` for `{n,m}`, the sum over overlapping alternatives, multiplied along a sequence, may be 512² at most;
 * - counted repetitions over 1,000, or nested to more than that.
 */
export function checkPattern(source: string): string | null {
  if (source.length > PATTERN_LIMIT) return `is longer than ${PATTERN_LIMIT} characters`;
  if (readPattern(source, false) === null) return 'is not a regular expression that compiles';
  try {
    const { part, end } = readAlternatives(source, 0);
    if (end < source.length) return 'cannot be followed; write it more simply';
    return part.ways > WAYS_LIMIT
      ? 'repeats too much: at most two open-ended repetitions; split it with $and or anchor it'
      : null;
  } catch (error) {
    if (error instanceof PatternRefused) return error.message;
    throw error;
  }
}

interface Read {
  part: Part;
  /** Where reading goes on. */
  end: number;
}

function readAlternatives(source: string, from: number): Read {
  const branches: Part[] = [];
  let at = from;
  for (;;) {
    const { part, end } = readSequence(source, at);
    branches.push(part);
    at = end;
    if (source[at] !== '|') break;
    at++;
  }
  return { part: oneOf(branches), end: at };
}

function oneOf(branches: readonly Part[]): Part {
  const [only] = branches;
  if (branches.length === 1 && only !== undefined) return only;
  let first = 0n;
  let overlap = false;
  for (const branch of branches) {
    if (branch.nullable || (first & branch.first) !== 0n) overlap = true;
    first |= branch.first;
  }
  const ways = branches.map((branch) => branch.ways);
  return {
    ways: overlap ? ways.reduce((sum, one) => sum + one, 0) : Math.max(...ways),
    size: branches.reduce((sum, one) => sum + one.size, 0),
    first,
    nullable: branches.some((branch) => branch.nullable),
  };
}

function readSequence(source: string, from: number): Read {
  let part = EMPTY;
  let at = from;
  while (at < source.length && source[at] !== '|' && source[at] !== ')') {
    const atom = readAtom(source, at);
    const repeated = readRepetition(source, atom);
    part = {
      ways: part.ways * repeated.part.ways,
      size: part.size + repeated.part.size,
      first: part.nullable ? part.first | repeated.part.first : part.first,
      nullable: part.nullable && repeated.part.nullable,
    };
    at = repeated.end;
  }
  return { part, end: at };
}

const REPETITION = /(?:([*+?])|\{(\d+)(,)?(\d+)?\})\??/y;

function readRepetition(source: string, atom: Read): Read {
  REPETITION.lastIndex = atom.end;
  const match = REPETITION.exec(source);
  if (match === null) return atom;
  const [text, sign, least, comma, most] = match;
  const minimum = sign === undefined ? Number(least) : sign === '+' ? 1 : 0;
  const maximum =
    sign === undefined ? repetitionsUpTo(minimum, comma, most) : sign === '?' ? 1 : Number.POSITIVE_INFINITY;
  const { part } = atom;
  if (maximum > 1 && part.ways > 1)
    throw new PatternRefused(
      'repeats something that can itself match in several ways, which can take exponential time',
    );
  const size = part.size * Math.max(1, Number.isFinite(maximum) ? maximum : minimum);
  if (size > SIZE_LIMIT) throw new PatternRefused(`counts repetitions beyond ${SIZE_LIMIT}`);
  const choices = Number.isFinite(maximum) ? maximum - minimum + 1 : MATCHED_CHARACTERS;
  // Under `?` the part itself may match in several ways, or not at all.
  const ways = maximum <= 1 ? part.ways + (choices - 1) : choices;
  return {
    part: { ways, size, first: part.first, nullable: minimum === 0 || part.nullable },
    end: atom.end + text.length,
  };
}

function repetitionsUpTo(minimum: number, comma: string | undefined, most: string | undefined): number {
  if (comma === undefined) return minimum;
  return most === undefined ? Number.POSITIVE_INFINITY : Number(most);
}

const GROUP = /\((?:\?(?:<?[=!]|:|<[A-Za-z_$][\w$]*>|[ims-]*:))?/y;
const SET = /\[\^?(?:\\.|[^\]\\])*\]/y;
const ESCAPE = /\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]|.)/y;

function readAtom(source: string, at: number): Read {
  const character = source[at] ?? '';
  if (character === '(') return readGroup(source, at);
  if (character === '^' || character === '$') return { part: EMPTY, end: at + 1 };
  if (character === '.') return { part: single((1n << 129n) - 1n), end: at + 1 };
  if (character === '[') {
    SET.lastIndex = at;
    const set = SET.exec(source)?.[0];
    if (set === undefined) throw new PatternRefused('has a set that is not closed');
    return { part: single(charactersOf(set)), end: at + set.length };
  }
  if (character === '\\') {
    ESCAPE.lastIndex = at;
    const escape = ESCAPE.exec(source)?.[0] ?? character;
    if (/^\\[1-9k]/.test(escape)) throw new PatternRefused('refers back to a group, which can take exponential time');
    if (escape === '\\b' || escape === '\\B') return { part: EMPTY, end: at + 2 };
    return { part: single(charactersOf(escape)), end: at + escape.length };
  }
  return { part: single(literal(character)), end: at + 1 };
}

function single(first: bigint): Part {
  return { ways: 1, size: 1, first, nullable: false };
}

function readGroup(source: string, at: number): Read {
  GROUP.lastIndex = at;
  const opening = GROUP.exec(source)?.[0] ?? '(';
  const { part, end } = readAlternatives(source, at + opening.length);
  if (source[end] !== ')') throw new PatternRefused('has a group that is not closed');
  const looksAround = /^\(\?<?[=!]/.test(opening);
  return { part: looksAround ? { ...part, first: 0n, nullable: true } : part, end: end + 1 };
}
