/** Past sessions, in either of their two formats. */
import type { Columns } from './columns.ts';
import { grouped, tooLate } from './group.ts';
import type { Row } from './read.ts';
import { momentOf, textOf } from './values.ts';

export interface ImportedSession {
  /** In the order of the views. */
  views: { itemId: string; at: number }[];
  line: number;
}

export interface SessionOptions {
  isSkipped: (itemId: string) => boolean;
  refused: (reason: string, row: Pick<Row, 'line'>) => void;
}

/** Where sessions are numbered instead of timed: session i of `count` is put at i/count of the span. */
export interface Span {
  count: number;
  /** Epoch milliseconds. */
  until: number;
  lengthMs: number;
}

/** Smaller numbers count sessions: as unix seconds they would be before 1973. */
const TIMES_FROM = 1e8;

/** Whether the leading number of a line is a time; otherwise it counts sessions. */
export function isTimed(leading: string): boolean {
  return Number(leading) >= TIMES_FROM;
}

/** Sessions of the format "number TAB item ids". @param span null where the numbers are times */
export async function* sessionsOfLines(
  rows: AsyncIterable<Row>,
  span: Span | null,
  options: SessionOptions,
): AsyncGenerator<ImportedSession> {
  let index = 0;
  for await (const row of rows) {
    const [leading, ids, ...rest] = textOf(row.fields.line).split('\t');
    index++;
    const at = span === null ? momentOf(leading) : span.until - span.lengthMs * (1 - index / span.count);
    if (ids === undefined || rest.length > 0 || Number.isNaN(at) || !/^\d/.test(leading ?? '')) {
      options.refused('not a number, a TAB and item ids', row);
      continue;
    }
    const views: ImportedSession['views'] = [];
    for (const itemId of ids.split(' ')) {
      if (itemId === '') continue;
      if (options.isSkipped(itemId)) options.refused('not merchandise (--skip-items)', row);
      else views.push({ itemId, at });
    }
    if (views.length > 0) yield { views, line: row.line };
  }
}

interface ViewRow {
  sessionId: string;
  itemId: string;
  at: number;
  line: number;
}

async function* viewRows(rows: AsyncIterable<Row>, columns: Columns, options: SessionOptions): AsyncGenerator<ViewRow> {
  for await (const row of rows) {
    const cell = (field: string): unknown => row.fields[columns[field] ?? ''];
    const view = { sessionId: textOf(cell('sessionId')), itemId: textOf(cell('itemId')), at: momentOf(cell('at')) };
    const reason =
      row.broken ??
      (view.sessionId === ''
        ? 'no session id'
        : view.itemId === ''
          ? 'no item id'
          : Number.isNaN(view.at)
            ? 'the time is not understood (unix seconds, milliseconds or ISO 8601)'
            : options.isSkipped(view.itemId)
              ? 'not merchandise (--skip-items)'
              : null);
    if (reason !== null) options.refused(reason, row);
    else yield { ...view, line: row.line };
  }
}

/** Sessions of the format "a row a view". Views are put in the order of their times; equal times keep the file's. */
export async function* sessionsOfRows(
  rows: AsyncIterable<Row>,
  columns: Columns,
  options: SessionOptions,
): AsyncGenerator<ImportedSession> {
  const late = (row: ViewRow) => options.refused(tooLate('session'), row);
  for await (const { rows: together } of grouped(viewRows(rows, columns, options), (row) => row.sessionId, late)) {
    const views = together.toSorted((a, b) => a.at - b.at).map(({ itemId, at }) => ({ itemId, at }));
    yield { views, line: together[0]?.line ?? 0 };
  }
}
