/** What was taken and what was refused and why: counted while reading, printed at the end. */

interface Refusal {
  count: number;
  /** Of the first one; 0 where there is no line to name. */
  line: number;
  detail: string;
}

export interface Report {
  title: string;
  /** Lines of the summary that say what was taken, in order. */
  taken: string[];
  refused: Map<string, Refusal>;
}

/** Reasons beyond these are counted together: a server's complaints may each name another thing. */
const MOST_REASONS = 25;
const OTHERS = 'other reasons';

export function createReport(title: string): Report {
  return { title, taken: [], refused: new Map() };
}

/**
 * Counts something that was refused.
 * @param detail an example, shown for the first of each reason
 */
export function refuse(report: Report, reason: string, at: { line: number; detail?: string }): void {
  const { refused } = report;
  const counted = refused.has(reason) || refused.size < MOST_REASONS ? reason : OTHERS;
  const known = refused.get(counted);
  if (known === undefined) refused.set(counted, { count: 1, line: at.line, detail: at.detail ?? '' });
  else known.count++;
}

export function numeral(count: number): string {
  return count.toLocaleString('en-GB');
}

/** The summary as it is printed. */
export function describeReport(report: Report): string {
  const lines = [`${report.title}`, ...report.taken.map((line) => `  taken    ${line}`)];
  const refused = [...report.refused].sort((a, b) => b[1].count - a[1].count);
  for (const [reason, { count, line, detail }] of refused) {
    const example = [line > 0 ? `line ${numeral(line)}` : '', detail.slice(0, 120)].filter((part) => part !== '');
    lines.push(`  refused  ${numeral(count)}: ${reason}${example.length > 0 ? ` (first: ${example.join(', ')})` : ''}`);
  }
  if (refused.length === 0) lines.push('  refused  nothing');
  return lines.join('\n');
}
