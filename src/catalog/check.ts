import type { ZodError, ZodType } from 'zod';
import { ITEM_MAXIMUM_LENGTH, Item, ItemInput, ItemPatch, ItemPatchBody } from './schema.ts';

/** One thing that is wrong with an item, and where in it. */
export interface ItemIssue {
  path: (string | number)[];
  message: string;
}

export type Checked<T> = { value: T } | { issues: ItemIssue[] };

/** Levenshtein's distance, given up above `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/**
 * The known key that a misspelt one is nearest to, letter case and separators aside.
 * @returns null when none is within a third of its length
 */
export function nearestKey(misspelt: string, known: readonly string[]): string | null {
  const plain = (key: string) => key.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(misspelt.slice(0, 50));
  let best: string | null = null;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const key of known) {
    const steps = distance(wanted, plain(key), least);
    if (steps < least) [best, least] = [key, steps];
  }
  return best;
}

const OFFER_KEYS = ['price', 'salePrice', 'currency', 'availability', 'stock'];

function knownKeysAt(path: readonly PropertyKey[]): readonly string[] {
  if (path[0] === 'offers') return OFFER_KEYS;
  if (path[0] === 'locales') return ['title'];
  return Object.keys(Item.shape);
}

function issuesOf(error: ZodError): ItemIssue[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const nearest = nearestKey(key, knownKeysAt(path));
        return { path: [...path, key], message: `Unknown field${nearest ? `; did you mean "${nearest}"?` : ''}` };
      });
    }
    if (issue.code === 'invalid_key') return [{ path, message: issue.issues[0]?.message ?? issue.message }];
    return [{ path, message: issue.message }];
  });
}

/** Records whose keys the sender chooses. A key `__proto__` never reaches the schema, so it is looked for here. */
function forbiddenKeys(plain: unknown): ItemIssue[] {
  if (typeof plain !== 'object' || plain === null) return [];
  return (['attributes', 'offers', 'locales'] as const).flatMap((field) => {
    const record: unknown = Reflect.get(plain, field);
    return typeof record === 'object' && record !== null && Object.hasOwn(record, '__proto__')
      ? [{ path: [field, '__proto__'], message: 'This name cannot be used' }]
      : [];
  });
}

function tooMany(plain: object): ItemIssue[] {
  const bounds: [string, number][] = [
    ['attributes', 100],
    ['offers', 100],
    ['locales', 100],
  ];
  return bounds.flatMap(([field, most]) => {
    const record: unknown = Reflect.get(plain, field);
    const size = typeof record === 'object' && record !== null ? Object.keys(record).length : 0;
    return size > most ? [{ path: [field], message: `At most ${most} entries, not ${size}` }] : [];
  });
}

function checkWith<T extends object>(schema: ZodType<T>, plain: unknown): Checked<T> {
  const result = schema.safeParse(plain);
  const issues = [...(result.success ? tooMany(result.data) : issuesOf(result.error)), ...forbiddenKeys(plain)];
  if (!result.success || issues.length > 0) return { issues };
  const length = JSON.stringify(result.data).length;
  if (length > ITEM_MAXIMUM_LENGTH) {
    const message = `An item has at most ${ITEM_MAXIMUM_LENGTH} characters as JSON, this one has ${length}`;
    return { issues: [{ path: [], message }] };
  }
  return { value: result.data };
}

/** Checks an item as it is sent. Never throws; unknown fields are refused, naming the nearest known one. */
export const checkItem = (plain: unknown): Checked<ItemInput> => checkWith(ItemInput, plain);

/** Checks an item after a patch has been merged into it. */
export const checkWhole = (plain: unknown): Checked<Item> => checkWith(Item, plain);

/** Checks a patch that names its item. */
export const checkPatch = (plain: unknown): Checked<ItemPatch> => checkWith(ItemPatch, plain);

/** Checks a patch whose item the path names. */
export const checkPatchBody = (plain: unknown): Checked<ItemPatchBody> => checkWith(ItemPatchBody, plain);
