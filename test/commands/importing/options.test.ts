import { describe, expect, test } from 'vitest';
import { readOptions } from '../../../src/commands/importing/options.ts';

const CALL = ['--url', 'http://localhost:8787/', '--key', 'sk_demo', '--orders', 'orders.tsv'];

test('a call with nothing but what is needed has defaults for the rest', () => {
  expect(readOptions(CALL, {})).toEqual({
    url: 'http://localhost:8787',
    key: 'sk_demo',
    files: [{ kind: 'orders', path: 'orders.tsv' }],
    mappings: [],
    skipItems: expect.arrayContaining(['POST', 'BANK CHARGES']),
    currency: null,
    spanMs: 90 * 86_400_000,
    until: null,
    parallel: 8,
    wait: false,
    restart: false,
  });
});

test('address and key may come from the environment, and files are imported in the order that makes sense', () => {
  const environment = { FLOORWALKER_URL: 'https://edge.example', FLOORWALKER_KEY: 'sk_x' };
  const options = readOptions(['--orders', 'o', '--catalog', 'c', '--orders', 'p'], environment);
  expect(options?.files.map((file) => `${file.kind} ${file.path}`)).toEqual(['catalog c', 'orders o', 'orders p']);
  expect(options?.url).toBe('https://edge.example');
});

test('help asks for nothing else', () => {
  expect(readOptions(['--help'], {})).toBeNull();
});

describe('wrong usage is said plainly', () => {
  test.each([
    [['--url', 'http://x', '--key', 'sk_x'], 'nothing to import'],
    [['--key', 'sk_x', '--orders', 'f'], '--url is missing'],
    [['--url', 'http://x', '--orders', 'f'], '--key is missing'],
    [['--url', 'ftp://x', '--key', 'sk_x', '--orders', 'f'], 'no http or https address'],
    [['--url', 'http://x', '--key', 'pk_x', '--orders', 'f'], 'needs the secret key'],
    [[...CALL, '--order', 'f'], "Unknown option '--order'"],
    [[...CALL, 'stray'], "Unexpected argument 'stray'"],
    [[...CALL, '--map', 'colour=c'], 'no field "colour"'],
    [[...CALL, '--parallel', '0'], '--parallel "0"'],
    [[...CALL, '--span-days', 'long'], '--span-days "long"'],
    [[...CALL, '--until', 'soon'], '--until "soon"'],
    [[...CALL, '--currency', 'pounds'], '--currency "pounds"'],
  ])('%j', (argv, message) => {
    expect(() => readOptions(argv, {})).toThrow(message);
  });
});
