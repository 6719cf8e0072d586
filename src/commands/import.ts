/** `npm run import`: fills a shop with its past. See HELP in importing/options.ts, or run it with --help. */
import * as z from 'zod';
import { resolveConfig } from '../config/defaults.ts';
import { SiteConfigInput } from '../config/schema.ts';
import { DAY_MS } from '../shared/decay.ts';
import { type Api, connect } from './importing/api.ts';
import { type Columns, checkUsed, columnsOf, describeColumns } from './importing/columns.ts';
import { HELP, type ImportFile, type Options, readOptions, UsageError } from './importing/options.ts';
import { skipping } from './importing/orders.ts';
import { createProgress, type Progress } from './importing/progress.ts';
import { ImportError, type Opened, openRows, type SourceFile, sourceFile } from './importing/read.ts';
import { createReport, describeReport, type Report } from './importing/report.ts';
import type { Prepared, Run, ShopLearning } from './importing/run.ts';
import { importCatalog } from './importing/run-catalog.ts';
import { importEvents } from './importing/run-events.ts';
import { importOrders } from './importing/run-orders.ts';
import { importSessions } from './importing/run-sessions.ts';
import { fingerprintOf } from './importing/state.ts';
import { untilLearnt } from './importing/wait.ts';

const IMPORTS = { catalog: importCatalog, orders: importOrders, sessions: importSessions, events: importEvents };
const TITLES = { catalog: 'Catalogue', orders: 'Orders', sessions: 'Sessions', events: 'Events' };

async function open(given: ImportFile): Promise<ImportFile & { file: SourceFile; opened: Opened }> {
  const file = await sourceFile(given.path);
  const opened = await openRows(file);
  if (given.kind === 'events' && opened.format !== 'ndjson')
    throw new ImportError(`${given.path}: events are NDJSON, one JSON object a line.`);
  if (opened.format === 'lines' && given.kind !== 'sessions')
    throw new ImportError(`${given.path} has no header: the first line names the columns.`);
  return { ...given, file, opened };
}

/** Opens all files before anything is sent, so that a missing one or an unknown column costs nothing. */
async function prepare(options: Options, say: (line: string) => void): Promise<Prepared[]> {
  const files = [];
  for (const given of options.files) files.push(await open(given));
  const mapped = files.filter((each) => each.kind !== 'events' && each.opened.format !== 'lines');
  checkUsed(
    options.mappings,
    mapped.map((each) => each.opened.header),
  );
  const prepared: Prepared[] = [];
  for (const { kind, path, file, opened } of files) {
    let columns: Columns = {};
    if (kind !== 'events' && opened.format !== 'lines') {
      columns = columnsOf(kind, opened.header, { path, mappings: options.mappings });
      say(`${path} (${opened.format}${file.gzip ? ', gzip' : ''}): ${describeColumns(columns)}`);
    } else
      say(`${path} (${opened.format === 'lines' ? 'a line a session' : opened.format}${file.gzip ? ', gzip' : ''})`);
    prepared.push({ kind, file, opened, columns, fingerprint: await fingerprintOf(path) });
  }
  return prepared;
}

const PublishedConfig = z.looseObject({ config: SiteConfigInput });

async function shopOf(api: Api): Promise<ShopLearning> {
  const published = await api.get('/v1/config');
  const { learning, shop } = resolveConfig(published === null ? {} : PublishedConfig.parse(published).config);
  return {
    halfLifeMs: learning.halfLifeDays * DAY_MS,
    timeZone: shop.timeZone,
    variants: learning.variants,
  };
}

const ItemPage = z.looseObject({
  items: z.array(z.looseObject({ itemId: z.string(), groupId: z.string().optional() })),
  cursor: z.string().nullish(),
});

/** The groups of the catalogue as the server has it: cards are kept by group. */
async function groupsOf(api: Api): Promise<Map<string, string>> {
  const groups = new Map<string, string>();
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = ItemPage.parse(await api.get(`/v1/catalog/items?limit=1000${from}`));
    for (const { itemId, groupId } of page.items) if (groupId !== undefined) groups.set(itemId, groupId);
    cursor = page.cursor ?? null;
  } while (cursor !== null);
  return groups;
}

async function createRun(options: Options, progress: Progress, signal: AbortSignal): Promise<Run> {
  const paused = (reason: string, milliseconds: number) =>
    progress.say(`Waiting ${(milliseconds / 1000).toFixed(1)} s: ${reason}`);
  const api = connect({ url: options.url, key: options.key, paused, signal });
  const shop = await shopOf(api);
  let groups: Promise<Map<string, string>> | null = null;
  return {
    api,
    options,
    progress,
    shop,
    isSkipped: skipping(options.skipItems),
    now: Date.now,
    signal,
    states: new Set(),
    awaited: null,
    groups() {
      groups ??= shop.variants === 'separate' ? Promise.resolve(new Map<string, string>()) : groupsOf(api);
      return groups;
    },
  };
}

/** @returns the process's exit code */
async function main(interruption: AbortController): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === null) {
    console.log(HELP);
    return 0;
  }
  const startedAt = Date.now();
  const progress = createProgress(process.stderr, Date.now);
  const files = await prepare(options, (line) => console.log(line));
  const run = await createRun(options, progress, interruption.signal);
  const reports: Report[] = [];
  const saveStates = (): void => {
    for (const state of run.states) if (state.continues) state.save();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => interruption.abort(new ImportError('Interrupted. The same command continues from here.')));
  try {
    for (const prepared of files) {
      const report = createReport(`${TITLES[prepared.kind]} from ${prepared.file.path}`);
      reports.push(report);
      await IMPORTS[prepared.kind](run, prepared, report);
    }
    if (options.wait) await untilLearnt(run);
  } finally {
    saveStates();
    console.log(`\n${reports.map(describeReport).join('\n')}`);
  }
  console.log(`\nDone in ${Math.round((Date.now() - startedAt) / 100) / 10} s.`);
  return 0;
}

/** What is shown of a failure, and the exit code: 2 for wrong usage, 130 for an interruption, 1 for everything else. */
function failed(error: unknown, interruption: AbortController): number {
  const known = interruption.signal.aborted ? interruption.signal.reason : error;
  if (known instanceof ImportError) console.error(known.message);
  else if (known instanceof z.ZodError)
    console.error(`The server answers otherwise than Floorwalker does. Is --url right?\n${z.prettifyError(known)}`);
  else console.error(known);
  if (interruption.signal.aborted) return 130;
  return known instanceof UsageError ? 2 : 1;
}

const interruption = new AbortController();
process.exitCode = await main(interruption).catch((error: unknown) => failed(error, interruption));
