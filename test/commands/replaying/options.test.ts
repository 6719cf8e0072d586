import { describe, expect, test } from 'vitest';
import { readLettersOptions, readReplayOptions } from '../../../src/commands/replaying/options.ts';

const TARGET = ['--url', 'http://localhost:8787/', '--key', 'sk_demo'];

describe('npm run replay', () => {
  test('is told where, with which key, and which days', () => {
    expect(readReplayOptions([...TARGET, '--from', '2026-11-01', '--to', '2026-11-22', '--dry-run'], {})).toEqual({
      url: 'http://localhost:8787',
      key: 'sk_demo',
      from: '2026-11-01',
      to: '2026-11-22',
      dryRun: true,
    });
    const environment = { FLOORWALKER_URL: 'http://localhost:1', FLOORWALKER_KEY: 'sk_other' };
    expect(readReplayOptions([], environment)).toEqual({
      url: 'http://localhost:1',
      key: 'sk_other',
      from: null,
      to: null,
      dryRun: false,
    });
    expect(readReplayOptions(['--help'], {})).toBeNull();
  });

  test.each([
    [[], '--url is missing'],
    [['--url', 'localhost', '--key', 'sk_demo'], 'no http or https address'],
    [['--url', 'http://localhost'], '--key is missing'],
    [['--url', 'http://localhost', '--key', 'pk_demo'], 'the secret key'],
    [[...TARGET, '--from', 'yesterday'], 'no day such as'],
    [[...TARGET, '--to', '2026-13-01'], 'no day such as'],
    [[...TARGET, '--from', '2026-11-02', '--to', '2026-11-01'], '--from is later than --to'],
    [[...TARGET, '--dry'], '--help lists all options'],
  ])('%j is refused', (argv, said) => {
    expect(() => readReplayOptions(argv, {})).toThrow(said);
  });
});

describe('npm run dead-letters', () => {
  test('shows all, re-drives all or some', () => {
    expect(readLettersOptions(TARGET, {})).toMatchObject({ redrive: false, ids: null });
    expect(readLettersOptions([...TARGET, '--redrive'], {})).toMatchObject({ redrive: true, ids: null });
    const some = [...TARGET, '--redrive', '--id', 'a.1', '--id', 'a.2'];
    expect(readLettersOptions(some, {})).toMatchObject({ redrive: true, ids: ['a.1', 'a.2'] });
  });

  test('an id without --redrive is a mistake', () => {
    expect(() => readLettersOptions([...TARGET, '--id', 'a.1'], {})).toThrow('goes with --redrive');
  });
});
