import * as z from 'zod';
import { createLanes, type Lanes, laneOf } from './lanes.ts';
import type { Row } from './read.ts';
import { numeral, type Report, refuse } from './report.ts';
import { finish, type Prepared, type Run, resume, shown } from './run.ts';
import type { Progressed } from './state.ts';
import { hashOf } from './state.ts';
import { textOf } from './values.ts';

/** A body may have 500 events and 500 KB; what is around them takes the rest. */
const MOST_EVENTS = 500;
const MOST_BYTES = 450_000;

const Answer = z.looseObject({
  accepted: z.number(),
  duplicates: z.number(),
  rejected: z.array(z.looseObject({ index: z.number(), type: z.string(), detail: z.string() })),
});

interface Batch {
  texts: string[];
  lines: number[];
  bytes: number;
  /** Whose first event it is. */
  witness: string | null;
}

export interface EventSender {
  /** @param owner `customers/…` or `visitors/…`; events of one owner arrive in the order in which they are added */
  add(owner: string, event: { text: string; line: number }): Promise<void>;
  /** Sends what has gathered and waits until all of it was taken. */
  flush(): Promise<void>;
  readonly counts: { accepted: number; duplicates: number; sent: number };
}

export interface SenderOptions {
  state: Progressed;
  report: Report;
  /** Told how many events were dealt with in all. */
  dealt: (events: number) => void;
}

const createBatch = (): Batch => ({ texts: [], lines: [], bytes: 0, witness: null });

function lanesOf(run: Run, counts: EventSender['counts'], options: SenderOptions): Lanes<Batch> {
  const { state, report } = options;
  return createLanes<Batch>(run.options.parallel, async (batch, { lane, number }) => {
    if (!state.isTaken(lane, number)) {
      const body = `{"consent":"personal","events":[${batch.texts.join(',')}]}`;
      const answer = Answer.parse(await run.api.send('POST', '/v1/events', body));
      counts.accepted += answer.accepted;
      counts.duplicates += answer.duplicates;
      for (const { index, detail } of answer.rejected)
        refuse(report, detail.replace(/^events\[\d+\]\.?:? ?/, ''), { line: batch.lines[index] ?? 0 });
      state.take(lane, number, batch.witness);
    }
    counts.sent += batch.texts.length;
    options.dealt(counts.sent);
  });
}

/** Posts events in batches down several lanes. */
export function createSender(run: Run, options: SenderOptions): EventSender {
  const counts = { accepted: 0, duplicates: 0, sent: 0 };
  const lanes = lanesOf(run, counts, options);
  const batches = Array.from({ length: run.options.parallel }, createBatch);
  return {
    counts,
    async add(owner, { text, line }) {
      const bytes = Buffer.byteLength(text) + 1;
      if (bytes > MOST_BYTES) return refuse(options.report, 'larger than a request may be (450 KB)', { line });
      const lane = laneOf(owner, batches.length);
      let batch = batches[lane] ?? createBatch();
      if (batch.texts.length === MOST_EVENTS || batch.bytes + bytes > MOST_BYTES) {
        batches[lane] = createBatch();
        await lanes.put(lane, batch);
        batch = batches[lane] ?? batch;
      }
      batch.witness ??= owner;
      batch.texts.push(text);
      batch.lines.push(line);
      batch.bytes += bytes;
    },
    async flush() {
      for (const [lane, batch] of batches.entries()) {
        if (batch.texts.length === 0) continue;
        batches[lane] = createBatch();
        await lanes.put(lane, batch);
      }
      await lanes.drained();
    },
  };
}

function ownerOf(fields: Row['fields']): string | null {
  const customerId = textOf(fields.customerId);
  if (customerId !== '') return `customers/${encodeURIComponent(customerId)}`;
  const visitorId = textOf(fields.visitorId);
  return visitorId === '' ? null : `visitors/${encodeURIComponent(visitorId)}`;
}

/** Posts the events of a file as they are. An event without an id gets one that a repeated import gives it again. */
export async function importEvents(run: Run, prepared: Prepared, report: Report): Promise<void> {
  const state = await resume(run, prepared, report);
  const sender = createSender(run, { state, report, dealt: () => undefined });
  for await (const row of shown(run, prepared, 'Events')) {
    const owner = ownerOf(row.fields);
    if (row.broken !== null) refuse(report, row.broken, { line: row.line });
    else if (owner === null) refuse(report, 'neither visitorId nor customerId', { line: row.line });
    else {
      const eventId = row.fields.eventId ?? `import-${hashOf(prepared.fingerprint, row.line)}`;
      await sender.add(owner, { text: JSON.stringify({ ...row.fields, eventId }), line: row.line });
    }
  }
  await sender.flush();
  run.progress.end();
  finish(run, state);
  report.taken.push(`${numeral(sender.counts.accepted)} events`);
  if (sender.counts.duplicates > 0) report.taken.push(`${numeral(sender.counts.duplicates)} were there already`);
}
