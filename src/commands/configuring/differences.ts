/** What differs between two configs. */

/** A place at which they differ; `before` or `after` is undefined where it is in one of them only. */
export interface Difference {
  path: string;
  before: unknown;
  after: unknown;
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

function below(path: string, key: string, isList: boolean): string {
  if (isList) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

/**
 * Every place at which two JSON values differ, as deep as they are of one kind. The order of names counts for nothing, that of lists does.
 * @param path where they stand
 */
export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (Object.is(before, after)) return [];
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after))
    return [{ path, before, after }];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...names].flatMap((name) =>
    differences(old.get(name), now.get(name), below(path, name, Array.isArray(before))),
  );
}

/** Longer values are cut: what matters is where they stand. */
const MOST_CHARACTERS = 160;

function written(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/** A line for each: `+` what is added, `-` what is taken out, `~` what is changed. */
export function describeDifferences(all: readonly Difference[]): string {
  return all
    .map(({ path, before, after }) => {
      const at = path === '' ? 'the config' : path;
      if (before === undefined) return `+ ${at}: ${written(after)}`;
      return after === undefined ? `- ${at}: ${written(before)}` : `~ ${at}: ${written(before)} → ${written(after)}`;
    })
    .join('\n');
}
