/** The slower reports of the evaluation, each a table of a session set. */
import { ablationTable, streamTable } from './ablations.ts';
import { blendTable } from './blend.ts';
import { baselineTable, beyondTable } from './compared.ts';
import { feedbackTable } from './feedback.ts';
import type { NamedSet } from './named-sets.ts';
import type { Table } from './tables.ts';

export const REPORTS = {
  baselines: baselineTable,
  beyond: beyondTable,
  blend: blendTable,
  ablations: ablationTable,
  stream: streamTable,
  feedback: feedbackTable,
} as const satisfies Record<string, (named: NamedSet) => Table | null>;

export type ReportName = keyof typeof REPORTS;
