import { hasOnlyOperators, isObject } from './schema.ts';
import type { Fact } from './vocabulary.ts';

/** What a fact is compared with, all over the comparisons that are looked at together. */
interface Compared {
  operands: unknown[];
  /** There are operators whose values cannot be told from their operands, such as regular expressions. */
  isOpaque: boolean;
  hasRanges: boolean;
}

const OPAQUE: ReadonlySet<string> = new Set([
  '$regex',
  '$regexi',
  '$ini',
  '$nini',
  '$inGroup',
  '$notInGroup',
  '$size',
  '$elemMatch',
  '$alli',
  '$veq',
  '$vne',
  '$vlt',
  '$vlte',
  '$vgt',
  '$vgte',
]);
const RANGES: ReadonlySet<string> = new Set(['$lt', '$lte', '$gt', '$gte']);
const PLAIN: ReadonlySet<string> = new Set(['$exists', '$type']);

/** More texts than this have too many subsets to be tried. */
const MOST_IN_LISTS = 5;

/** Sorts behind every text that somebody compares with, and is none of them. */
const ANOTHER = '\u{10FFFF}';

function gather(value: unknown, into: Compared): void {
  if (!isObject(value) || !hasOnlyOperators(value)) {
    into.operands.push(value);
    return;
  }
  for (const [operator, operand] of Object.entries(value)) {
    if (OPAQUE.has(operator)) into.isOpaque = true;
    if (RANGES.has(operator)) into.hasRanges = true;
    if (operator === '$all' && Array.isArray(operand) && operand.some(isObject)) into.isOpaque = true;
    if (operator === '$not') gather(operand, into);
    else if (Array.isArray(operand)) into.operands.push(...operand);
    else if (!PLAIN.has(operator)) into.operands.push(operand);
  }
}

function numbers(operands: readonly unknown[], { least, most, isWhole }: Fact): number[] {
  const points = operands.flatMap((operand) => {
    const number = typeof operand === 'string' && operand.trim() === '' ? Number.NaN : Number(operand);
    return typeof operand === 'object' || Number.isNaN(number) ? [] : [number];
  });
  const sorted = [0, least ?? 0, most ?? 0, ...points].sort((a, b) => a - b);
  const between = sorted.flatMap((point, i) => [point, (point + (sorted[i + 1] ?? point)) / 2]);
  const beyond = [(sorted[0] ?? 0) - 1, (sorted.at(-1) ?? 0) + 1];
  const all = [...between, ...beyond];
  return (
    isWhole ? all.flatMap((one) => [Math.ceil(one) - 1, Math.floor(one), Math.ceil(one), Math.floor(one) + 1]) : all
  ).filter((one) => one >= (least ?? Number.NEGATIVE_INFINITY) && one <= (most ?? Number.POSITIVE_INFINITY));
}

function texts(operands: readonly unknown[]): string[] {
  const compared = operands.filter((one) => typeof one !== 'object').map(String);
  return ['', ANOTHER, ...compared, ...compared.map((text) => `${text}\u0000`)];
}

function lists(operands: readonly unknown[]): unknown[] | null {
  const elements = [...new Set(operands.filter((one) => typeof one !== 'object'))];
  if (elements.length > MOST_IN_LISTS) return null;
  const subsets = Array.from({ length: 1 << elements.length }, (_, bits) =>
    elements.filter((_element, i) => (bits >> i) & 1),
  );
  return [...subsets, ...subsets.map((subset) => [...subset, ANOTHER]), ...operands.filter(Array.isArray)];
}

/** Values of a fact that may be anything that JSON can say. */
function anything(operands: readonly unknown[], fact: Fact): unknown[] | null {
  const inLists = lists(operands);
  if (inLists === null) return null;
  return [true, false, {}, ...operands, ...numbers(operands, fact), ...texts(operands), ...inLists];
}

function valuesOf(fact: Fact, { operands, isOpaque, hasRanges }: Compared): readonly unknown[] | null {
  if (fact.type === 'boolean') return [true, false];
  if (fact.values !== undefined) return fact.values;
  if (isOpaque) return null;
  if (fact.type === 'number') return numbers(operands, fact);
  if (fact.type === 'list') return lists(operands);
  if (fact.type === 'any') return anything(operands, fact);
  // A text is compared with a number by what it reads as: too much to be tried.
  return hasRanges && operands.some((one) => typeof one === 'number') ? null : texts(operands);
}

/**
 * Values of a fact among which there is one of every kind that some comparisons can tell apart: if none of them fulfils the comparisons, nothing does.
 * @param compared what stands below the fact, in each of them
 * @returns null where that cannot be promised
 */
export function sampleValues(fact: Fact, compared: readonly unknown[]): readonly unknown[] | null {
  const gathered: Compared = { operands: [], isOpaque: false, hasRanges: false };
  for (const value of compared) gather(value, gathered);
  const values = valuesOf(fact, gathered);
  return values === null || fact.absent === undefined ? values : [null, ...values];
}
