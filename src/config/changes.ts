import type { Issue } from '../http/problems.ts';
import { nearest } from '../targeting/nearest.ts';
import { isShapely, type Path, pathText, shapeIssues } from './check-shape.ts';
import { checkConditions } from './conditions.ts';
import { DEFAULT_PLACEMENTS } from './default-parts.ts';
import type { SiteConfigInput } from './schema.ts';

/** What a variation may change: what is shown, never what is learnt, remembered or measured. */
const CHANGEABLE = ['placements', 'messages', 'attention', 'guides'] as const;

type Changes = Readonly<Record<string, unknown>>;

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Puts a value at a dotted path of a copy. @returns what is wrong, or null */
function put(into: Record<string, unknown>, names: readonly string[], value: unknown): string | null {
  let at = into;
  for (const name of names.slice(0, -1)) {
    const inner = Object.hasOwn(at, name) ? at[name] : undefined;
    if (!isContainer(inner)) return `the config has no "${name.slice(0, 60)}" to change`;
    at = inner;
  }
  const last = names.at(-1) ?? '';
  if (Array.isArray(at) && !(Number(last) < at.length)) return `the list has no place "${last.slice(0, 60)}"`;
  at[last] = value;
  return null;
}

/** A copy of what variations may change. */
function changeable(config: SiteConfigInput): Record<string, unknown> {
  return structuredClone({
    placements: config.placements ?? DEFAULT_PLACEMENTS,
    messages: config.messages ?? {},
    attention: config.attention ?? {},
    guides: config.guides ?? {},
  });
}

/** The config with changes that {@link checkChanges} has nothing against, the later ones over the earlier. */
export function changedInput(config: SiteConfigInput, all: readonly Changes[]): SiteConfigInput {
  const merged = changeable(config);
  for (const changes of all)
    for (const [name, value] of Object.entries(changes)) put(merged, name.split('.'), structuredClone(value));
  return { ...config, ...merged };
}

function misdirected(name: string): string | null {
  const names = name.split('.');
  const [root = ''] = names;
  if (!(CHANGEABLE as readonly string[]).includes(root)) {
    const meant = nearest(root, CHANGEABLE);
    return `a variation may change ${CHANGEABLE.join(', ')}${meant === null ? '' : `; did you mean "${meant}"?`}`;
  }
  if (names.length < 2 || names.some((step) => step === '' || step === '__proto__'))
    return 'a dotted path such as placements.home.diversity is expected';
  return null;
}

/**
 * Checks a variation's changes: that they touch only what they may, and that the config which they amount to is a valid one.
 * @param at where the changes stand
 */
export function checkChanges(changes: Changes, config: SiteConfigInput, at: Path): Issue[] {
  const merged = changeable(config);
  const issues: Issue[] = [];
  for (const [name, value] of Object.entries(changes)) {
    const problem = misdirected(name) ?? put(merged, name.split('.'), structuredClone(value));
    if (problem !== null) issues.push({ path: pathText([...at, name]), message: problem });
  }
  if (issues.length > 0) return issues;
  const found = shapeIssues(merged);
  const wrong = isShapely(merged, found)
    ? checkConditions({ ...merged, personas: config.personas, experiments: config.experiments }).issues
    : found;
  // What is wrong without the changes is reported where it stands, not once more for every variation.
  return wrong
    .filter((issue) => Object.keys(changes).some((name) => dotted(issue.path).startsWith(name)))
    .map((issue) => ({ path: pathText(at), message: `${issue.path}: ${issue.message}` }));
}

const dotted = (path: string): string => path.replace(/\[(\d+)\]/g, '.$1');

/** Whether two changes touch the same place: the same path, or one within the other. */
export function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
