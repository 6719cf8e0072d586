import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'src');
const MAXIMUM_LINES = 300;

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx)$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

/** What a file is, by its place and name. Whatever has no name of its own is a pure decision. */
type Role = 'schema' | 'pure' | 'store' | 'object' | 'routes' | 'edge' | 'command' | 'browser';

function roleOf(file: string): Role {
  const name = file.split('/').at(-1) ?? '';
  if (file.startsWith('src/commands/') || file === 'src/demo/build.ts') return 'command';
  if (file.startsWith('src/demo/browser/')) return 'browser';
  if (/^src\/(index|app|env|queue|cron|snapshot)[^/]*\.ts$/.test(file) || file.startsWith('src/http/')) return 'edge';
  if (/(^|-)object\.ts$/.test(name)) return 'object';
  if (/(^|-)routes\.tsx?$/.test(name) || name === 'take.ts') return 'routes';
  if (/(^|-)(store|reader)\.ts$/.test(name)) return 'store';
  if (/^schema(-[a-z-]+)?\.ts$/.test(name) || name === 'wire.ts') return 'schema';
  return 'pure';
}

const MAY_IMPORT: Record<Role, readonly Role[]> = {
  schema: ['schema', 'pure'],
  pure: ['schema', 'pure'],
  store: ['schema', 'pure', 'store'],
  object: ['schema', 'pure', 'store', 'object', 'edge'],
  routes: ['schema', 'pure', 'store', 'object', 'routes', 'edge'],
  edge: ['schema', 'pure', 'store', 'object', 'routes', 'edge'],
  command: ['schema', 'pure', 'store', 'routes', 'edge', 'command'],
  browser: ['schema', 'pure', 'browser'],
};

interface Import {
  from: string;
  /** Path below the root for relative imports, the package's name otherwise. */
  to: string;
  typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)';/gm)) {
    const to = match[2] ?? '';
    found.push({
      from: file,
      to: to.startsWith('.') ? relative(ROOT, join(ROOT, file, '..', to)) : to,
      typeOnly: match[1] !== undefined,
    });
  }
  return found;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

const files = filesUnder(SOURCE);
const imports = files.flatMap(importsOf);

describe('the house', () => {
  test('there is source to look at', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(imports.length).toBeGreaterThan(50);
  });

  test('imports go in the allowed direction', () => {
    const wrong = imports
      .filter((one) => one.to.startsWith('src/') && !one.typeOnly)
      .filter((one) => !MAY_IMPORT[roleOf(one.from)].includes(roleOf(one.to)))
      .map((one) => `${one.from} (${roleOf(one.from)}) imports ${one.to} (${roleOf(one.to)})`);
    expect(wrong).toEqual([]);
  });

  test('the runtime is imported by objects and the entry, Node by commands', () => {
    const wrong = imports
      .filter(
        (one) =>
          (one.to === 'cloudflare:workers' && roleOf(one.from) !== 'object' && one.from !== 'src/index.ts') ||
          (one.to.startsWith('node:') && roleOf(one.from) !== 'command'),
      )
      .map((one) => `${one.from} imports ${one.to}`);
    expect(wrong).toEqual([]);
  });

  test('pure files and schemas have no clock, no dice and do not wait', () => {
    const forbidden =
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b|\bperformance\.now\b|\bawait\b|\basync\b/;
    const wrong = files
      .filter((file) => ['pure', 'schema'].includes(roleOf(file)))
      .map((file) => ({ file, found: forbidden.exec(withoutComments(readFileSync(join(ROOT, file), 'utf8')))?.[0] }))
      .filter((one) => one.found !== undefined)
      .map((one) => `${one.file}: ${one.found}`);
    expect(wrong).toEqual([]);
  });

  test('only routes, queue, cron and objects touch the bindings', () => {
    const wrong = files
      .filter((file) => ['pure', 'schema', 'store', 'browser'].includes(roleOf(file)))
      .filter((file) => /\benv\.[A-Z]/.test(withoutComments(readFileSync(join(ROOT, file), 'utf8'))));
    expect(wrong).toEqual([]);
  });

  test('a file is one thought', () => {
    const long = [...files, ...filesUnder(join(ROOT, 'test'))]
      .map((file) => ({ file, lines: readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > MAXIMUM_LINES)
      .map(({ file, lines }) => `${file}: ${lines} lines`);
    expect(long).toEqual([]);
  });

  test('no shortcuts around the types, no default exports but the Worker’s, no vague names', () => {
    const wrong = files.flatMap((file) => {
      const text = withoutComments(readFileSync(join(ROOT, file), 'utf8'));
      const found: string[] = [];
      if (/:\s*any\b|\bas any\b|<any>|@ts-ignore|@ts-nocheck|biome-ignore/.test(readFileSync(join(ROOT, file), 'utf8')))
        found.push(`${file}: any or an ignore`);
      if (/^export default/m.test(text) && file !== 'src/index.ts') found.push(`${file}: default export`);
      if (/(^|\/|-)(utils?|helpers?|service|manager|data|info)(\.|-|\/)/.test(file)) found.push(`${file}: vague name`);
      return found;
    });
    expect(wrong).toEqual([]);
  });
});
