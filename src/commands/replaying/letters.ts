/** Dead letters, as they are shown and sent again. */
import type * as z from 'zod';
import { LettersAnswer, RedriveAnswer } from '../../dead-letters/schema.ts';
import type { Api } from '../importing/api.ts';
import { clockOf } from '../importing/progress.ts';
import { numeral } from '../importing/report.ts';

export type Letter = z.infer<typeof LettersAnswer>['items'][number];

/** All dead letters, the oldest first. */
export async function lettersOf(api: Api): Promise<Letter[]> {
  const letters: Letter[] = [];
  let after: string | null = null;
  do {
    const from: string = after === null ? '' : `?after=${encodeURIComponent(after)}`;
    const page = LettersAnswer.parse(await api.get(`/v1/dead-letters${from}`));
    letters.push(...page.items);
    after = page.cursor;
  } while (after !== null);
  return letters.sort((a, b) => b.ageSeconds - a.ageSeconds);
}

function stateOf({ delivered, redrivable, why }: Letter): string {
  if (delivered) return 'delivered meanwhile';
  return `${redrivable ? '' : 'cannot be sent again; '}${why ?? 'nobody noted why'}`;
}

/** A table of them. */
export function describeLetters(letters: readonly Letter[]): string {
  if (letters.length === 0) return 'There are no dead letters.';
  const rows = letters.map((letter) => [
    clockOf(letter.ageSeconds * 1000),
    letter.shop,
    letter.flushId,
    numeral(letter.events),
    numeral(letter.deaths),
    stateOf(letter),
  ]);
  const table = [['age', 'shop', 'flushId', 'events', 'deaths', 'why'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Sends letters again until none is left that can be sent. @param ids which; null: all @returns what became of them */
export async function redrive(api: Api, ids: readonly string[] | null): Promise<string> {
  const sum = { redriven: 0, delivered: 0 };
  for (;;) {
    const body = JSON.stringify(ids === null ? {} : { flushIds: ids });
    const answer = RedriveAnswer.parse(await api.send('POST', '/v1/dead-letters/redrive', body));
    sum.redriven += answer.redriven;
    sum.delivered += answer.delivered;
    const moved = answer.redriven + answer.delivered;
    if (answer.left > 0 && moved > 0) continue;
    const said = [`${numeral(sum.redriven)} sent into the queue again`, `${numeral(sum.delivered)} had been delivered`];
    if (answer.unreadable > 0) said.push(`${numeral(answer.unreadable)} cannot be sent again`);
    if (ids !== null && answer.unknown.length > 0 && sum.redriven + sum.delivered < ids.length)
      said.push(`not there: ${answer.unknown.join(', ')}`);
    return `${said.join('; ')}.`;
  }
}
