import { describe, expect, test } from 'vitest';
import { describeDifferences, differences } from '../../../src/commands/configuring/differences.ts';
import { readConfigOptions } from '../../../src/commands/configuring/options.ts';

const TARGET = ['--url', 'http://localhost:8787/', '--key', 'sk_demo'];

describe('npm run config', () => {
  test('is told what to do, where, and with which file', () => {
    expect(readConfigOptions(['push', ...TARGET, '--dry-run', '--file', 'shop.config.ts'], {})).toEqual({
      action: 'push',
      file: 'shop.config.ts',
      target: { url: 'http://localhost:8787', key: 'sk_demo' },
      dryRun: true,
      force: false,
      strict: false,
    });
    expect(readConfigOptions(['lint'], {})).toMatchObject({ file: 'floorwalker.config.json', target: null });
    const environment = { FLOORWALKER_URL: 'http://localhost:1', FLOORWALKER_KEY: 'sk_other' };
    expect(readConfigOptions(['diff'], environment)?.target).toEqual({ url: 'http://localhost:1', key: 'sk_other' });
    for (const argv of [[], ['--help'], ['push', '--help']]) expect(readConfigOptions(argv, {})).toBeNull();
  });

  test.each([
    [['publish', ...TARGET], 'there are pull, push, diff, lint, facts'],
    [['push', '--key', 'sk_demo'], '--url is missing'],
    [['push', '--url', 'http://localhost', '--key', 'pk_demo'], 'the secret key'],
    [['lint', '--file', 'config.yaml'], 'neither .json nor .ts'],
    [['pull', ...TARGET, '--file', 'shop.config.ts'], 'Only a .json file'],
    [['lint', '--quick'], '--help lists all options'],
  ])('%j is refused', (argv, said) => {
    expect(() => readConfigOptions(argv, {})).toThrow(said);
  });
});

describe('what differs between two configs', () => {
  test.each<[what: string, before: unknown, after: unknown, lines: string[]]>([
    ['nothing', { a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, []],
    [
      'something added',
      {},
      { messages: { hello: { placement: 'home' } } },
      ['+ messages: {"hello":{"placement":"home"}}'],
    ],
    ['something taken out', { a: { b: 1, c: 2 } }, { a: { c: 2 } }, ['- a.b: 1']],
    ['something changed', { a: { b: [1, 2] } }, { a: { b: [1, 3, 4] } }, ['~ a.b[1]: 2 → 3', '+ a.b[2]: 4']],
    ['another kind', { a: [1] }, { a: { 0: 1 } }, ['~ a: [1] → {"0":1}']],
    ['null is something', { a: null }, { a: undefined }, ['- a: null']],
    ['all of it', [], {}, ['~ the config: [] → {}']],
  ])('%s', (_what, before, after, lines) => {
    expect(describeDifferences(differences(before, after))).toBe(lines.join('\n'));
  });

  test('long values are cut', () => {
    const [line = ''] = describeDifferences(differences({}, { a: 'x'.repeat(1000) })).split('\n');
    expect(line.length).toBeLessThan(200);
  });
});
