import { textOf } from './values.ts';

/** How many characters of a value a regular expression sees. Together with {@link checkPattern} it bounds the time that matching can take. */
const MATCHED_CHARACTERS = 512;

/** Characters of a regular expression. */
const PATTERN_LIMIT = 200;

/** How often a part may be counted out (`{1000}`), and how large the counted parts may get. */
const SIZE_LIMIT = 1000;

/** Steps that matching may take, as estimated: a tenth of a second on a text made for it, microseconds on any other. */
const STEPS_LIMIT = 32 * MATCHED_CHARACTERS ** 2;

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
  /** An upper bound of the steps that trying it at one place takes. */
  steps: number;
  /** Length once counted repetitions are written out. */
  size: number;
  /** Characters it can begin with, one bit each; see {@link charactersOf}. */
  first: bigint;
  /** It can match nothing at all. */
  nullable: boolean;
  /** It can only begin where the text begins. */
  anchored: boolean;
}

const EMPTY: Part = { ways: 1, steps: 1, size: 0, first: 0n, nullable: true, anchored: false };

class PatternRefused extends Error {}

/** Bit 128 stands for every character beyond ASCII. */
const BEYOND = 1n << 128n;

/** A negated set, an escape such as `\s` or `\u00e9`, a character that is not ASCII may match beyond it. */
const MAY_GO_BEYOND = /^\[\^|\\[^dwnrt\W]|[^ -~]/;

function charactersOf(atom: string): bigint {
  const one = new RegExp(`^(?:${atom})$`, 'is');
  let bits = MAY_GO_BEYOND.test(atom) ? BEYOND : 0n;
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
 * Says why a regular expression is refused, or null. Conservative and static: what passes takes a tenth of a second on the worst text there is, what is refused may be harmless.
 * Refused are
 * - what does not compile, or has more than {@link PATTERN_LIMIT} characters;
 * - back-references (`\1`, `\k<name>`): matching with them is exponential;
 * - a repetition over something that can itself match in several ways: nested quantifiers (`(a+)+`, `(a?){9}`, `(\w+\s?)*`) and alternatives under a repetition that can begin
 *   with the same character or are empty (`(a|ab)*`);
 * - what may take more than 32 · 512² steps on 512 characters: an open-ended repetition (`*`, `+`, `{2,}`) takes 512 and leaves 512 ways for what follows to be tried, `{n,m}` leaves `m − n + 1`, overlapping
 *   alternatives the sum of theirs; along a sequence ways multiply, but a repetition that ends where the next character must be another (`\d+-`) leaves one; all that 512 times over
 *   unless the expression begins with `^`. So there is room for two ambiguous open-ended repetitions behind a `^`, and for one without;
 * - counted repetitions over 1,000, or nested to more than that.
 */
export function checkPattern(source: string): string | null {
  if (source.length > PATTERN_LIMIT) return `is longer than ${PATTERN_LIMIT} characters`;
  if (readPattern(source, false) === null) return 'is not a regular expression that compiles';
  try {
    const { part, end } = readAlternatives(source, 0);
    if (end < source.length) return 'cannot be followed; write it more simply';
    return part.steps * (part.anchored ? 1 : MATCHED_CHARACTERS) > STEPS_LIMIT
      ? 'may take too many steps; begin it with ^, or split it with $and'
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
    steps: branches.reduce((sum, one) => sum + one.steps, 0),
    size: branches.reduce((sum, one) => sum + one.size, 0),
    first,
    nullable: branches.some((branch) => branch.nullable),
    anchored: branches.every((branch) => branch.anchored),
  };
}

function readSequence(source: string, from: number): Read {
  let part = EMPTY;
  /** The repetition just before, whose ways are not yet counted: what follows may leave it only one. */
  let open: Part = EMPTY;
  let at = from;
  while (at < source.length && source[at] !== '|' && source[at] !== ')') {
    const atom = readAtom(source, at);
    const next = readRepetition(source, atom);
    const settles = open.ways > 1 && !next.part.nullable && (next.part.first & open.first) === 0n;
    const repeats = atom.part.size === 1 && atom.part.ways === 1 && next.end > atom.end;
    const entered = part.ways * (settles ? 1 : open.ways);
    part = {
      ways: entered * (repeats ? 1 : next.part.ways),
      steps: part.steps + (settles ? part.ways * open.ways : 0) + entered * next.part.steps,
      size: part.size + next.part.size,
      first: part.nullable ? part.first | next.part.first : part.first,
      nullable: part.nullable && next.part.nullable,
      anchored: at === from ? next.part.anchored : part.anchored,
    };
    open = repeats ? next.part : EMPTY;
    at = next.end;
  }
  return { part: { ...part, ways: part.ways * open.ways }, end: at };
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
  const steps = part.steps * Math.max(1, Math.min(maximum, MATCHED_CHARACTERS));
  const nullable = minimum === 0 || part.nullable;
  const anchored = minimum > 0 && part.anchored;
  return { part: { ways, steps, size, first: part.first, nullable, anchored }, end: atom.end + text.length };
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
  if (character === '^' || character === '$') {
    return { part: { ...EMPTY, anchored: character === '^' }, end: at + 1 };
  }
  if (character === '.') return { part: single((1n << 129n) - 1n), end: at + 1 };
  if (character === '[') {
    SET.lastIndex = at;
    const set = SET.exec(source)?.[0];
    if (set === undefined) throw new PatternRefused('has a set that is not closed');
    return { part: single(charactersOf(set)), end: at + set.length };
  }
  if (character === '\\') {
    ESCAPE.lastIndex = at;
    const escaped = ESCAPE.exec(source)?.[0] ?? character;
    if (/^\\[1-9k]/.test(escaped)) throw new PatternRefused('refers back to a group, which can take exponential time');
    if (escaped === '\\b' || escaped === '\\B') return { part: EMPTY, end: at + 2 };
    return { part: single(charactersOf(escaped)), end: at + escaped.length };
  }
  return { part: single(literal(character)), end: at + 1 };
}

function single(first: bigint): Part {
  return { ways: 1, steps: 1, size: 1, first, nullable: false, anchored: false };
}

function readGroup(source: string, at: number): Read {
  GROUP.lastIndex = at;
  const opening = GROUP.exec(source)?.[0] ?? '(';
  const { part, end } = readAlternatives(source, at + opening.length);
  if (source[end] !== ')') throw new PatternRefused('has a group that is not closed');
  const looksAround = /^\(\?<?[=!]/.test(opening);
  return { part: looksAround ? { ...part, first: 0n, nullable: true, anchored: false } : part, end: end + 1 };
}
