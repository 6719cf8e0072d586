import type { core } from 'zod';
import type { Issue } from '../http/problems.ts';
import { SiteConfigInput } from './schema.ts';

/** A way into the config: keys and indexes. */
export type Path = readonly PropertyKey[];

/** `['placements', 'home', 'rules', 0]` as `placements.home.rules[0]`. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    text += typeof step === 'number' ? `[${step}]` : text === '' ? String(step) : `.${String(step)}`;
  }
  return text;
}

/** How deep a config may be nested; conditions, the deepest part of it, take less. */
const DEPTH_LIMIT = 40;

/**
 * What no schema sees: a key `__proto__`, which zod leaves out without a word, and nesting that would exhaust the stack.
 */
function checkPlain(plain: unknown): Issue[] {
  const todo: { value: unknown; path: Path }[] = [{ value: plain, path: [] }];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (path.length > DEPTH_LIMIT) {
      return [{ path: pathText(path).slice(0, 200), message: `a config is nested at most ${DEPTH_LIMIT} deep` }];
    }
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__') return [{ path: pathText([...path, key]), message: 'there is no "__proto__" here' }];
      if (typeof inner === 'object')
        todo.push({ value: inner, path: [...path, Array.isArray(value) ? Number(key) : key] });
    }
  }
  return [];
}

function issuesOf(issue: core.$ZodIssue): Issue[] {
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({
      path: pathText([...issue.path, key]),
      message: messages[index] ?? 'there is no such key here',
    }));
  }
  if (issue.code === 'invalid_key') {
    return [{ path: pathText(issue.path), message: issue.issues[0]?.message ?? issue.message }];
  }
  return [{ path: pathText(issue.path), message: issue.message }];
}

/** What is wrong with the shape of a config: types, ranges, unknown keys. */
export function shapeIssues(plain: unknown): Issue[] {
  const strange = checkPlain(plain);
  if (strange.length > 0) return strange;
  const result = SiteConfigInput.safeParse(plain);
  return result.success ? [] : result.error.issues.flatMap(issuesOf);
}

/** The shape's issues as a type guard, so that what is published is what was sent, key order included. */
export function isShapely(_plain: unknown, issues: readonly Issue[]): _plain is SiteConfigInput {
  return issues.length === 0;
}
