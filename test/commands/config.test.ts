import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { factRows, factTable, itemFactRows } from '../../src/targeting/vocabulary-explained.ts';
import { type DevServer, startDevServer } from '../support/dev-server.ts';

const ROOT = join(import.meta.dirname, '../..');

let server: DevServer;
let folder: string;
let file: string;

beforeAll(async () => {
  server = await startDevServer({ placements: { home: { count: 8, strategies: [{ strategy: 'for_you' }] } } });
  folder = await mkdtemp(join(tmpdir(), 'floorwalker-config-'));
  file = join(folder, 'floorwalker.config.json');
}, 90_000);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  code: number;
  said: string;
}

/** Runs the command as it is run from a terminal. */
function run(action: string, ...argv: string[]): Promise<Run> {
  const asked = ['src/commands/config.ts', action, ...argv];
  const { promise, resolve } = Promise.withResolvers<Run>();
  execFile(process.execPath, asked, { cwd: ROOT }, (error, stdout, stderr) => {
    resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: stdout + stderr });
  });
  return promise;
}
const online = (action: string, ...argv: string[]) => run(action, '--url', server.url, '--key', 'sk_demo', ...argv);

async function published(): Promise<{ version: number; config: unknown }> {
  const answer = await fetch(`${server.url}/v1/config`, { headers: { Authorization: 'Bearer sk_demo' } });
  return (await answer.json()) as { version: number; config: unknown };
}
async function publish(config: object): Promise<void> {
  const headers = { Authorization: 'Bearer sk_demo', 'Content-Type': 'application/json' };
  const answer = await fetch(`${server.url}/v1/config`, { method: 'PUT', headers, body: JSON.stringify(config) });
  expect(answer.status).toBe(200);
}
const readFromFile = async () => JSON.parse(await readFile(file, 'utf8'));
const save = (config: object) => writeFile(file, JSON.stringify(config));

const home = (count: number) => ({ placements: { home: { count, strategies: [{ strategy: 'for_you' }] } } });

test('a config is pulled, changed, compared and pushed', async () => {
  expect(await online('pull', '--file', file)).toMatchObject({
    code: 0,
    said: expect.stringContaining('is version 1'),
  });
  expect(await readFromFile()).toEqual(home(8));
  expect(await online('diff', '--file', file)).toMatchObject({ code: 0, said: expect.stringContaining('version 1') });

  await save(home(6));
  expect(await online('diff', '--file', file)).toEqual({ code: 1, said: '~ placements.home.count: 8 → 6\n' });
  const pulled = await online('pull', '--file', file);
  expect(pulled).toMatchObject({ code: 2, said: expect.stringContaining('holds changes that are not published') });
  expect(await readFromFile()).toEqual(home(6));

  const dry = await online('push', '--file', file, '--dry-run');
  expect(dry).toEqual({
    code: 0,
    said: '~ placements.home.count: 8 → 6\nNothing was published: this was a dry run.\n',
  });
  expect(await published()).toMatchObject({ version: 1 });

  const pushed = await online('push', '--file', file);
  expect(pushed).toEqual({ code: 0, said: '~ placements.home.count: 8 → 6\nPublished as version 2.\n' });
  expect(await published()).toMatchObject({ version: 2, config: home(6) });
  expect(await online('push', '--file', file)).toMatchObject({
    code: 0,
    said: expect.stringContaining('is what is published'),
  });

  // What others publish in between is not overwritten: they are named, with what they changed.
  await publish(home(5));
  await save(home(4));
  const late = await online('push', '--file', file);
  expect(late.code).toBe(2);
  expect(late.said).toMatch(/Others have published since version 2/);
  expect(late.said).toMatch(/version 3 by secret key [0-9a-f]{8} at 20/);
  expect(late.said).toContain('~ placements.home.count: 6 → 5');
  expect(await published()).toMatchObject({ version: 3, config: home(5) });

  expect(await online('push', '--file', file, '--force')).toMatchObject({
    code: 0,
    said: expect.stringContaining('version 4'),
  });
  expect(await published()).toMatchObject({ version: 4, config: home(4) });
});

test('what was never pulled is not published over, and what is wrong is not published', async () => {
  const { version } = await published();
  const other = join(folder, 'other.json');
  await writeFile(other, JSON.stringify(home(3)));
  expect(await online('push', '--file', other)).toMatchObject({
    code: 2,
    said: expect.stringContaining('was never pulled'),
  });

  await save({ ...home(3), audiences: { fans: { 'visiter.orders': 3 } } });
  const wrong = await online('push', '--file', file);
  expect(wrong.code).toBe(1);
  expect(wrong.said).toContain('wrong    audiences.fans.visiter.orders: there is no fact "visiter.orders"');
  expect(await published()).toMatchObject({ version });
});

test('a config in TypeScript is linted, compared and pushed, and what is odd in it is said', async () => {
  const written = join(folder, 'shop.config.ts');
  const defined = JSON.stringify(join(ROOT, 'src/config/define-config.ts'));
  await writeFile(
    written,
    `import { defineConfig } from ${defined};
const count: number = 7;
export const config = defineConfig({
  placements: { home: { count, strategies: [{ strategy: 'for_you' }] } },
  messages: { hello: { placement: 'home', caps: { perDay: 0 }, content: { en: { text: 'Hello' } } } },
});
`,
  );
  expect(await run('lint', '--file', written)).toEqual({
    code: 0,
    said: 'odd      messages.hello.caps.perDay: a cap of 0 means never; raise it, or remove the message\n',
  });
  expect(await run('lint', '--file', written, '--strict')).toMatchObject({ code: 1 });
  expect(await online('diff', '--file', written)).toMatchObject({
    code: 1,
    said: expect.stringContaining('+ messages: '),
  });
  const pushed = await online('push', '--file', written, '--force');
  expect(pushed.code).toBe(0);
  expect(pushed.said).toContain('odd      messages.hello.caps.perDay');
  expect(pushed.said).toMatch(/Published as version \d+\.\n$/);
  expect(await published()).toMatchObject({ config: { placements: { home: { count: 7 } } } });
});

test('linting needs no server, and says so by its exit code', async () => {
  await save({ placements: { home: { cuont: 3 } } });
  expect(await run('lint', '--file', file)).toEqual({
    code: 1,
    said: 'wrong    placements.home.cuont: there is no "cuont" here; did you mean "count"?\n',
  });
  await save({});
  expect(await run('lint', '--file', file)).toEqual({ code: 0, said: `Nothing is wrong in ${file}.\n` });
  await writeFile(file, '{');
  expect(await run('lint', '--file', file)).toMatchObject({ code: 2, said: expect.stringContaining('cannot be read') });
  expect(await run('lint', '--file', join(folder, 'none.json'))).toMatchObject({ code: 2 });
  expect(await run('diff', '--file', file)).toMatchObject({
    code: 2,
    said: expect.stringContaining('--url is missing'),
  });
});

test('the README lists the facts as they are', async () => {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const { said } = await run('facts');
  for (const rows of [factRows(), itemFactRows()]) {
    expect(readme.includes(factTable(rows)), 'npm run config -- facts prints the tables for the README').toBe(true);
    expect(said).toContain(factTable(rows));
  }
});
