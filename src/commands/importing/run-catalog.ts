import * as z from 'zod';
import { ITEMS_PER_CALL } from '../../catalog/schema.ts';
import { type ImportedItem, itemOf } from './items.ts';
import { createLanes } from './lanes.ts';
import { numeral, type Report, refuse } from './report.ts';
import { finish, type Prepared, type Run, resume, shown } from './run.ts';

/** Well under the 10 MB of a call. */
const MOST_CHARACTERS = 3_000_000;

const Answer = z.looseObject({
  accepted: z.number(),
  rejected: z.array(z.looseObject({ index: z.number(), path: z.string().optional(), message: z.string() })),
});

interface Batch {
  texts: string[];
  lines: number[];
}

function refuseRejected(report: Report, batch: Batch, rejected: z.infer<typeof Answer>['rejected']): void {
  for (const { index, path, message } of rejected) {
    const field = (path ?? '').replace(/^(items)?\[\d+\]\.?/, '');
    refuse(report, field === '' ? message : `${field}: ${message}`, { line: batch.lines[index] ?? 0 });
  }
}

/** Puts the items of a file into the catalogue, a thousand a call, in the file's order. */
export async function importCatalog(run: Run, prepared: Prepared, report: Report): Promise<void> {
  const state = await resume(run, prepared, report);
  let accepted = 0;
  const lanes = createLanes<Batch>(1, async (batch, { lane, number }) => {
    if (state.isTaken(lane, number)) return;
    const answer = Answer.parse(await run.api.send('PUT', '/v1/catalog/items', `[${batch.texts.join(',')}]`));
    accepted += answer.accepted;
    refuseRejected(report, batch, answer.rejected);
    state.take(lane, number, null);
  });
  let batch: Batch = { texts: [], lines: [] };
  let characters = 0;
  const add = async ({ item, line }: ImportedItem): Promise<void> => {
    const text = JSON.stringify(item);
    if (batch.texts.length === ITEMS_PER_CALL || (characters > 0 && characters + text.length > MOST_CHARACTERS)) {
      await lanes.put(0, batch);
      batch = { texts: [], lines: [] };
      characters = 0;
    }
    batch.texts.push(text);
    batch.lines.push(line);
    characters += text.length;
  };
  const itemOptions = { currency: run.options.currency, isSkipped: run.isSkipped };
  for await (const row of shown(run, prepared, 'Catalogue')) {
    const item = itemOf(row, prepared.columns, itemOptions);
    if (typeof item === 'string') refuse(report, item, { line: row.line });
    else await add(item);
  }
  if (batch.texts.length > 0) await lanes.put(0, batch);
  await lanes.drained();
  run.progress.end();
  finish(run, state);
  report.taken.push(`${numeral(accepted)} items`);
}
