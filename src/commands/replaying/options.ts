/** What `npm run replay` and `npm run dead-letters` were asked to do. */
import { parseArgs } from 'node:util';
import { UsageError } from '../importing/options.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface Target {
  url: string;
  key: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where, and with which key. @throws UsageError with a sentence for the person at the terminal */
export function targetOf(given: { url?: string; key?: string }, environment: Environment): Target {
  const url = given.url ?? environment.FLOORWALKER_URL;
  const key = given.key ?? environment.FLOORWALKER_KEY;
  if (!url)
    throw new UsageError('--url is missing: the address of the deployment, for example --url http://localhost:8787');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new UsageError(`--url "${url}" is no http or https address.`);
  if (!key) throw new UsageError('--key is missing: the secret key of the shop, for example --key sk_demo');
  if (!key.startsWith('sk_')) throw new UsageError('--key needs the secret key of the shop (sk_…).');
  return { url: url.replace(/\/+$/, ''), key };
}

/** Options as declared, with a plain sentence instead of a stack where there are others. */
export function parsed<T extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(
  argv: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...argv], options: options as NonNullable<T>, strict: true, allowPositionals: false })
      .values;
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new UsageError(`${said}. --help lists all options.`);
  }
}

export const REPLAY_HELP = `Rebuilds item cards and counters from the archive of browsing events.

  npm run replay -- --url URL --key SECRET_KEY [--from DAY] [--to DAY] [--dry-run]

  --url URL       of the deployment; or FLOORWALKER_URL
  --key KEY       its secret key; or FLOORWALKER_KEY
  --from DAY      only what was delivered on or after this day (UTC, like 2026-11-22)
  --to DAY        only what was delivered on or before this day
  --dry-run       reads and learns, and changes nothing
  --help

The rebuilt cards take the place of everything that was learnt and imported. What is not in the archive is not in them: events of visitors
who did not consent to being remembered, what is older than retention.archiveDays, and imported cards. Counters are raised where
the archive knows of more, and never lowered.`;

export interface ReplayOptions extends Target {
  from: string | null;
  to: string | null;
  dryRun: boolean;
}

function dayOf(name: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!DAY.test(text) || Number.isNaN(Date.parse(text)))
    throw new UsageError(`--${name} "${text}" is no day such as 2026-11-22.`);
  return text;
}

/** @returns null where help was asked for */
export function readReplayOptions(argv: readonly string[], environment: Environment): ReplayOptions | null {
  const given = parsed(argv, {
    url: { type: 'string' },
    key: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    'dry-run': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const);
  if (given.help) return null;
  const [from, to] = [dayOf('from', given.from), dayOf('to', given.to)];
  if (from !== null && to !== null && from > to) throw new UsageError('--from is later than --to.');
  return { ...targetOf(given, environment), from, to, dryRun: given['dry-run'] ?? false };
}

export const LETTERS_HELP = `Shows flushes that could not be delivered after all attempts, and sends them again.

  npm run dead-letters -- --url URL --key SECRET_KEY [--redrive [--id FLUSHID …]]

  --url URL       of the deployment; or FLOORWALKER_URL
  --key KEY       its secret key; or FLOORWALKER_KEY
  --redrive       sends them into the queue again; those that were delivered meanwhile are struck off
  --id FLUSHID    only this one; may be given several times
  --help

A dead letter is no loss: whoever it came from still has it, and sends it again for 14 days.`;

export interface LettersOptions extends Target {
  redrive: boolean;
  /** Null: all. */
  ids: string[] | null;
}

/** @returns null where help was asked for */
export function readLettersOptions(argv: readonly string[], environment: Environment): LettersOptions | null {
  const given = parsed(argv, {
    url: { type: 'string' },
    key: { type: 'string' },
    redrive: { type: 'boolean' },
    id: { type: 'string', multiple: true },
    help: { type: 'boolean', short: 'h' },
  } as const);
  if (given.help) return null;
  const redrive = given.redrive ?? false;
  if (given.id !== undefined && !redrive)
    throw new UsageError('--id says which ones to re-drive: it goes with --redrive.');
  return { ...targetOf(given, environment), redrive, ids: given.id ?? null };
}
