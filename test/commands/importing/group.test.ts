import { expect, test } from 'vitest';
import { grouped, WINDOW_ROWS } from '../../../src/commands/importing/group.ts';
import { all } from './files.ts';

async function* rows(ids: readonly string[]) {
  for (const [at, id] of ids.entries()) yield { id, at };
}

test('rows of a group come together though others lie between them', async () => {
  const groups = await all(
    grouped(
      rows(['a', 'b', 'a', '', 'b']),
      (row) => row.id,
      () => undefined,
    ),
  );
  expect(groups.map(({ id, rows: together }) => [id, together.map((row) => row.at)])).toEqual([
    ['a', [0, 2]],
    ['b', [1, 4]],
  ]);
});

test('a group is let go when it has been left for long, and what comes after that is refused', async () => {
  const between = Array.from({ length: WINDOW_ROWS }, (_, i) => `other-${i % 100}`);
  const late: number[] = [];
  const ends: string[] = [];
  for await (const { id, rows: together } of grouped(
    rows(['a', ...between, 'a', 'b']),
    (row) => row.id,
    (row) => late.push(row.at),
  ))
    ends.push(`${id} ${together.length}`);
  expect(ends[0]).toBe('a 1');
  expect(late).toEqual([WINDOW_ROWS + 1]);
});
