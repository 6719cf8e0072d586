import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/commands/importing/api.ts';
import { describeLetters, type Letter, lettersOf, redrive } from '../../../src/commands/replaying/letters.ts';

const letter = (flushId: string, parts: Partial<Letter> = {}): Letter => ({
  shop: 'demo',
  flushId,
  events: 3,
  diedAt: '2026-11-22T10:00:00.000Z',
  ageSeconds: 75,
  deaths: 1,
  why: 'Error: Out of memory.',
  delivered: false,
  redrivable: true,
  ...parts,
});

/** A server that answers with these bodies, one after the other, and remembers what it was asked. */
function serverOf(answers: unknown[]): { api: Api; asked: string[] } {
  const asked: string[] = [];
  const answer = async (said: string) => {
    asked.push(said);
    return answers.shift();
  };
  return {
    asked,
    api: {
      url: 'http://localhost',
      get: answer,
      text: async () => null,
      send: (method, path, body) => answer(`${method} ${path} ${body}`),
    },
  };
}

test('all pages are read, and the oldest come first', async () => {
  const { api, asked } = serverOf([
    { total: 2, items: [letter('a.1')], cursor: 'a.1' },
    { total: 2, items: [letter('b.1', { ageSeconds: 90_000 })], cursor: null },
  ]);
  expect((await lettersOf(api)).map((one) => one.flushId)).toEqual(['b.1', 'a.1']);
  expect(asked).toEqual(['/v1/dead-letters', '/v1/dead-letters?after=a.1']);
});

describe('the table', () => {
  test('says of each how old it is, whose, how much, and why', () => {
    const table = describeLetters([
      letter('a.1'),
      letter('b.12', { delivered: true }),
      letter('m7', { redrivable: false, why: 'no flush' }),
    ]);
    expect(table.split('\n')).toEqual([
      'age   shop  flushId  events  deaths  why',
      '1:15  demo  a.1      3       1       Error: Out of memory.',
      '1:15  demo  b.12     3       1       delivered meanwhile',
      '1:15  demo  m7       3       1       cannot be sent again; no flush',
    ]);
  });

  test('of nothing is a sentence', () => {
    expect(describeLetters([])).toBe('There are no dead letters.');
  });
});

describe('re-driving', () => {
  const answer = { redriven: 0, delivered: 0, unreadable: 0, unknown: [] as string[], left: 0 };

  test('goes on until nothing is left', async () => {
    const { api, asked } = serverOf([
      { ...answer, redriven: 90, delivered: 10, left: 20 },
      { ...answer, redriven: 20, unreadable: 1 },
    ]);
    expect(await redrive(api, null)).toBe(
      '110 sent into the queue again; 10 had been delivered; 1 cannot be sent again.',
    );
    expect(asked).toEqual(Array.from({ length: 2 }, () => 'POST /v1/dead-letters/redrive {}'));
  });

  test('ends where nothing moves', async () => {
    const { api } = serverOf([{ ...answer, left: 5 }]);
    expect(await redrive(api, null)).toBe('0 sent into the queue again; 0 had been delivered.');
  });

  test('says which are not there', async () => {
    const { api, asked } = serverOf([{ ...answer, redriven: 1, unknown: ['x.1'] }]);
    expect(await redrive(api, ['a.1', 'x.1'])).toBe(
      '1 sent into the queue again; 0 had been delivered; not there: x.1.',
    );
    expect(asked).toEqual(['POST /v1/dead-letters/redrive {"flushIds":["a.1","x.1"]}']);
  });
});
