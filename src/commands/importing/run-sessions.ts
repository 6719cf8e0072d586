import { createCards } from '../../learning/cards.ts';
import { createSessions } from '../../learning/sessions.ts';
import { type Row, rowsOf } from './read.ts';
import { numeral, type Report, refuse } from './report.ts';
import { finish, type Prepared, type Run, resume, shown } from './run.ts';
import { type ImportedSession, isTimed, type SessionOptions, sessionsOfLines, sessionsOfRows } from './sessions.ts';
import { keysBy, sessionTeacher } from './teach.ts';
import { uploadCards, uploadSessions } from './upload.ts';
import { textOf } from './values.ts';

/** How many lines there are, and whether the first one's number is a time. */
async function measure(prepared: Prepared): Promise<{ count: number; timed: boolean }> {
  let count = 0;
  let timed = false;
  for await (const row of rowsOf(prepared.file, prepared.opened).rows) {
    if (count++ === 0) timed = isTimed(textOf(row.fields.line).split('\t')[0] ?? '');
  }
  return { count, timed };
}

async function sessionsOf(
  run: Run,
  prepared: Prepared,
  options: SessionOptions & { startedAt: number; report: Report },
): Promise<AsyncIterable<ImportedSession>> {
  const rows = shown(run, prepared, 'Sessions');
  if (prepared.opened.format !== 'lines') return sessionsOfRows(rows, prepared.columns, options);
  const { count, timed } = await measure(prepared);
  if (timed) return sessionsOfLines(rows, null, options);
  const until = run.options.until ?? options.startedAt;
  const { spanMs } = run.options;
  const days = Math.round(spanMs / 86_400_000);
  options.report.taken.push(
    `the sessions are numbered, not timed: spread over the ${days} days until ${new Date(until).toISOString()}`,
  );
  return sessionsOfLines(rows, { count, until, lengthMs: spanMs }, options);
}

/** Learns what is viewed next from the sessions of a file, and hands over the recent ones with what they say of themselves. */
export async function importSessions(run: Run, prepared: Prepared, report: Report): Promise<void> {
  const state = await resume(run, prepared, report);
  // Where sessions have no times, an interrupted run's own idea of now is kept.
  state.save();
  const cards = createCards({ halfLifeMs: run.shop.halfLifeMs });
  const recent = createSessions();
  const teacher = sessionTeacher(cards, recent, keysBy(await run.groups()));
  const refused = (reason: string, row: Pick<Row, 'line'>) => refuse(report, reason, { line: row.line });
  const options = { isSkipped: run.isSkipped, refused, startedAt: state.startedAt, report };
  let sessions = 0;
  let views = 0;
  for await (const session of await sessionsOf(run, prepared, options)) {
    sessions++;
    views += session.views.length;
    teacher.teach(session);
  }
  const trials = teacher.finish();
  run.progress.end();
  report.taken.push(`${numeral(sessions)} sessions with ${numeral(views)} views`);
  await uploadCards(run, cards, { prepared, report, what: 'viewed next' });
  await uploadSessions(run, recent, { prepared, report, trials });
  finish(run, state);
}
