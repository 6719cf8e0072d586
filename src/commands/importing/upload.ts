/** Cards that were learnt here, handed over in parts. The server takes each part of an import once. */
import * as z from 'zod';
import { type Cards, itemsCounted } from '../../learning/cards.ts';
import { NO_TRIALS, type TrialCounts } from '../../learning/holdout.ts';
import { pastBlocks, type Sessions } from '../../learning/sessions.ts';
import { uploadParts } from '../../learning/stored.ts';
import { numeral, type Report } from './report.ts';
import type { Prepared, Run } from './run.ts';
import { hashOf } from './state.ts';
import { publishedVersion } from './wait.ts';

const Answer = z.looseObject({ accepted: z.boolean() });

/** The same file read in the same way is the same import, whoever runs it and when. */
function importIdOf({ options }: Run, { kind, fingerprint, columns }: Prepared): string {
  const span = kind === 'sessions' ? [options.spanMs, options.until] : [];
  return `${kind}-${hashOf(fingerprint, columns, options.skipItems, span)}`;
}

function trialsOf(name: 'trials' | 'again', { n, gained, lost, both }: TrialCounts = NO_TRIALS): string {
  return n === 0 ? '' : `&${name}=${[n, gained, lost, both].map((one) => Math.round(one * 1e4) / 1e4).join(',')}`;
}

/** What knowing the country or the time of day told of the orders, each asked about before it was learnt. */
function contextsOf({ contexts }: Cards): string {
  const kinds = contexts.trials.map(({ n, bits, bitsSquared, squares }) => [n, bits, bitsSquared, squares]);
  if (kinds.every(([n = 0]) => n === 0)) return '';
  return `&contexts=${kinds.flat().map((one) => Math.round(one * 1e4) / 1e4)}`;
}

interface Went {
  trials?: TrialCounts;
  again?: TrialCounts;
}

/**
 * Uploads what was learnt from a file.
 * @param options.what the cards say, for the summary
 * @param options.trials how trials went while they were learnt, and of what is bought again; the first part brings them
 */
export async function uploadCards(
  run: Run,
  cards: Cards,
  { prepared, report, what, ...went }: { prepared: Prepared; report: Report; what: string } & Went,
): Promise<void> {
  const { size } = cards.counts;
  if (size === 0) return;
  // Parts are made twice, first to be counted: all of them at once would take as much memory again as the cards themselves.
  let total = 0;
  for (const _ of uploadParts(cards)) total++;
  const importId = importIdOf(run, prepared);
  run.progress.start({ label: 'Cards', unit: 'parts', total });
  let number = 0;
  let accepted = 0;
  for (const part of uploadParts(cards)) {
    run.signal.throwIfAborted();
    const before = number === total - 1 ? await publishedVersion(run) : null;
    const told =
      number === 0 ? trialsOf('trials', went.trials) + trialsOf('again', went.again) + contextsOf(cards) : '';
    const path = `/v1/cards?importId=${importId}&chunk=${number}&chunks=${total}${told}`;
    const isNew = Answer.parse(await run.api.send('PUT', path, part)).accepted;
    if (isNew) accepted++;
    if (isNew && before !== null) run.awaited = before;
    run.progress.update(++number);
  }
  run.progress.end();
  report.taken.push(
    `cards of ${numeral(itemsCounted(cards.counts))} items (${what})${accepted < total ? `, of which ${numeral(total - accepted)} of ${numeral(total)} parts were there already` : ''}`,
  );
}

/** Items of sessions in one part: 4 MB. */
const MOST_ITEMS = 400_000;

/**
 * Uploads the recent sessions, the newest part first.
 * @param options.trials how trials of the latest went; the last part brings them, when all are there
 */
export async function uploadSessions(
  run: Run,
  sessions: Sessions,
  { prepared, report, trials }: { prepared: Prepared; report: Report; trials: TrialCounts },
): Promise<void> {
  if (sessions.closed === 0) return;
  const blocks = [...pastBlocks(sessions, MOST_ITEMS)];
  const importId = `${importIdOf(run, prepared)}-recent`;
  for (const [number, block] of blocks.entries()) {
    run.signal.throwIfAborted();
    const told = number === blocks.length - 1 ? trialsOf('trials', trials) : '';
    const path = `/v1/cards?importId=${importId}&chunk=${number}&chunks=${blocks.length}&sessions=true${told}`;
    await run.api.send('PUT', path, new Uint8Array(block.buffer));
  }
  report.taken.push(`recent sessions with ${numeral(sessions.events)} items`);
}
