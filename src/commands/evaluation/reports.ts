/** The slower reports of the evaluation, each a table of a session set. */
import { baselineTable } from './compared.ts';
import type { NamedSet } from './named-sets.ts';
import type { Table } from './tables.ts';

export const REPORTS = {
  baselines: baselineTable,
} as const satisfies Record<string, (named: NamedSet) => Table | null>;

export type ReportName = keyof typeof REPORTS;
