import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { readArguments } from '../../../src/commands/serving/arguments.ts';

const ROOT = join(import.meta.dirname, '../../..');

test.each([
  [[], { port: 8787, persistTo: '.wrangler/x', extra: [] }],
  [['--port', '9000'], { port: 9000, persistTo: '.wrangler/x', extra: [] }],
  [['--port=9000', '--persist-to=/tmp/a'], { port: 9000, persistTo: '/tmp/a', extra: [] }],
  [['--persist-to', '/tmp/a', '--port', '9000'], { port: 9000, persistTo: '/tmp/a', extra: [] }],
  [
    ['--var', 'A:1', '--port', '9000', '--log-level', 'info'],
    { port: 9000, persistTo: '.wrangler/x', extra: ['--var', 'A:1', '--log-level', 'info'] },
  ],
])('%j is read', (argv, expected) => {
  vi.stubEnv('PORT', undefined);
  expect(readArguments(argv, '.wrangler/x')).toEqual(expected);
});

test('the environment names the port, and an option overrides it', () => {
  vi.stubEnv('PORT', '9100');
  expect(readArguments([], 'x').port).toBe(9100);
  expect(readArguments(['--port', '9200'], 'x').port).toBe(9200);
  vi.unstubAllEnvs();
});

test.each([[['--port', 'eight']], [['--port', '0']], [['--port', '70000']], [['--port']]])('%j is refused', (argv) => {
  expect(() => readArguments(argv, 'x')).toThrow();
});

test.each(['dev', 'start'])('a taken port is said in one line by `%s`, before anything is started', async (command) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? String(address.port) : '';
  const child = spawn(process.execPath, [`src/commands/${command}.ts`, '--port', port], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = await once(child, 'close');
  holder.close();
  expect(code).toBe(1);
  expect(said.trim().split('\n')).toEqual([expect.stringContaining(`Port ${port} is taken`)]);
});
