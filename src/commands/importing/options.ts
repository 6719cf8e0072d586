/** What the command was asked to do. */
import { parseArgs } from 'node:util';
import { DAY_MS } from '../../shared/decay.ts';
import { checkMappings, type Kind, type Mapping, readMapping } from './columns.ts';
import { ImportError } from './read.ts';
import { momentOf } from './values.ts';

/** Ids that mark postage, fees and corrections in exports, and no shop's goods. */
const NO_MERCHANDISE = 'POST,POSTAGE,SHIPPING,CARRIAGE,DELIVERY,DISCOUNT,AMAZONFEE,BANK CHARGES';

export const HELP = `Fills a shop with its past: catalogue, orders, sessions, events.

  npm run import -- --url URL --key sk_… [--catalog FILE] [--orders FILE] [--sessions FILE] [--events FILE]

Files are TSV, CSV or NDJSON (one JSON object a line), as they are or gzipped; each option may be given several times.
  --catalog FILE     a row an item: item id, title, price, category, brand, …
  --orders FILE      a row a line of an order: order id, item id, time, customer, quantity, price. Becomes the customers' histories, and
                     what is bought together. Negative quantities and cancelled rows are taken off what the customer bought before.
  --sessions FILE    a row a view (session, item, time), or a line a session: a number, TAB, item ids separated by spaces.
                     Becomes what is viewed next. The number is the time of the session in unix seconds, or counts sessions.
  --events FILE      NDJSON of events as POST /v1/events takes them, each with its visitorId or customerId

  --url URL          of the deployment; or FLOORWALKER_URL
  --key KEY          its secret key; or FLOORWALKER_KEY
  --map FIELD=COLUMN,…   which column is what, where it is not recognised: itemId=sku,title=name,orders.price=unit_price,
                     attributes.colour=color,categories=department>aisle
  --skip-items ID,…  item ids to leave out; "gift_*" leaves out all that begin so. Default: ${NO_MERCHANDISE}
  --currency CODE    of prices without one (default: the shop's)
  --span-days DAYS   for sessions that carry numbers instead of times: the days they are spread over, up to --until. Default: 90
  --until TIME       default: now
  --parallel N       requests at a time, 1 to 32. Default: 8
  --wait             ends when everything that was imported is in what the shop recommends
  --restart          begins anew where an earlier run was interrupted
  --help

Times are unix seconds, milliseconds, or ISO 8601 (UTC where no zone is named). Repeating an import changes nothing; after an
interruption the same command continues.`;

export interface ImportFile {
  kind: Kind;
  path: string;
}

export interface Options {
  url: string;
  key: string;
  files: ImportFile[];
  mappings: Mapping[];
  skipItems: string[];
  currency: string | null;
  spanMs: number;
  /** Epoch milliseconds, null: when the import was first started. */
  until: number | null;
  parallel: number;
  wait: boolean;
  restart: boolean;
}

const KINDS = ['catalog', 'orders', 'sessions', 'events'] as const;

const DECLARED = {
  url: { type: 'string' },
  key: { type: 'string' },
  catalog: { type: 'string', multiple: true },
  orders: { type: 'string', multiple: true },
  sessions: { type: 'string', multiple: true },
  events: { type: 'string', multiple: true },
  map: { type: 'string', multiple: true },
  'skip-items': { type: 'string', multiple: true },
  currency: { type: 'string' },
  'span-days': { type: 'string' },
  until: { type: 'string' },
  parallel: { type: 'string' },
  wait: { type: 'boolean' },
  restart: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Something about how the command was called; the exit code tells it from a failure. */
export class UsageError extends ImportError {}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: DECLARED, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new UsageError(`${said}. --help lists all options.`);
  }
}

function urlOf(text: string | undefined): string {
  if (!text)
    throw new UsageError('--url is missing: the address of the deployment, for example --url http://localhost:8787');
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new UsageError(`--url "${text}" is no http or https address.`);
  return text.replace(/\/+$/, '');
}

function keyOf(text: string | undefined): string {
  if (!text) throw new UsageError('--key is missing: the secret key of the shop, for example --key sk_demo');
  if (!text.startsWith('sk_'))
    throw new UsageError(
      '--key needs the secret key of the shop (sk_…): with a publishable key nothing can be imported.',
    );
  return text;
}

function within(
  name: string,
  text: string | undefined,
  range: { from: number; to: number; otherwise: number },
): number {
  if (text === undefined) return range.otherwise;
  const number = Number(text);
  if (text.trim() !== '' && number >= range.from && number <= range.to) return number;
  throw new UsageError(`--${name} "${text}": a number from ${range.from} to ${range.to} is expected.`);
}

function untilOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const at = momentOf(text);
  if (Number.isNaN(at)) throw new UsageError(`--until "${text}" is no time.`);
  return at;
}

function mappingsOf(texts: readonly string[]): Mapping[] {
  try {
    const mappings = texts.flatMap(readMapping);
    checkMappings(mappings);
    return mappings;
  } catch (error) {
    throw error instanceof ImportError ? new UsageError(error.message) : error;
  }
}

const listed = (texts: readonly string[]) =>
  texts
    .flatMap((text) => text.split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '');

/**
 * @param argv without node and script
 * @param environment FLOORWALKER_URL and FLOORWALKER_KEY stand in for --url and --key
 * @returns null where help was asked for
 * @throws UsageError with a sentence for the person at the terminal
 */
export function readOptions(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Options | null {
  const given = parse(argv);
  if (given.help) return null;
  const files = KINDS.flatMap((kind) => (given[kind] ?? []).map((path) => ({ kind, path })));
  if (files.length === 0)
    throw new UsageError('There is nothing to import: name a file with --catalog, --orders, --sessions or --events.');
  const { currency } = given;
  if (currency !== undefined && !/^[A-Za-z]{3}$/.test(currency))
    throw new UsageError(`--currency "${currency}" is no ISO 4217 code such as GBP.`);
  return {
    url: urlOf(given.url ?? environment.FLOORWALKER_URL),
    key: keyOf(given.key ?? environment.FLOORWALKER_KEY),
    files,
    mappings: mappingsOf(given.map ?? []),
    skipItems: listed(given['skip-items'] ?? [NO_MERCHANDISE]),
    currency: currency?.toUpperCase() ?? null,
    spanMs: within('span-days', given['span-days'], { from: 1, to: 3650, otherwise: 90 }) * DAY_MS,
    until: untilOf(given.until),
    parallel: Math.floor(within('parallel', given.parallel, { from: 1, to: 32, otherwise: 8 })),
    wait: given.wait ?? false,
    restart: given.restart ?? false,
  };
}
