/** What `npm run config` was asked to do. */
import { UsageError } from '../importing/options.ts';
import { type Environment, parsed, type Target, targetOf } from '../replaying/options.ts';

export const CONFIG_HELP = `Brings a shop's config into a file and back, and says what is wrong and what is odd in it.

  npm run config -- pull  --url URL --key SECRET_KEY [--file FILE] [--force]
  npm run config -- diff  --url URL --key SECRET_KEY [--file FILE]
  npm run config -- push  --url URL --key SECRET_KEY [--file FILE] [--dry-run] [--force]
  npm run config -- lint  [--file FILE] [--strict]
  npm run config -- facts

  pull            writes what is published into the file, and notes which version it was (FILE.pulled.json)
  diff            shows what the file would change; the exit code is 1 where it would
  push            shows that and what is odd, and publishes it: unless somebody else has published since the last pull
  lint            says what is wrong (exit code 1) and what is odd, without a server
  facts           lists the facts that conditions may name

  --url URL       of the deployment; or FLOORWALKER_URL
  --key KEY       its secret key; or FLOORWALKER_KEY
  --file FILE     floorwalker.config.json unless it is named; .ts for one that exports defineConfig({…})
  --dry-run       shows everything, and publishes nothing
  --force         pull: over changes in the file that are not published; push: over what others have published
  --strict        what is odd counts as wrong
  --help`;

const ACTIONS = ['pull', 'push', 'diff', 'lint', 'facts'] as const;
type Action = (typeof ACTIONS)[number];

export interface ConfigOptions {
  action: Action;
  file: string;
  /** Null where no server is asked. */
  target: Target | null;
  dryRun: boolean;
  force: boolean;
  strict: boolean;
}

const isAction = (text: string | undefined): text is Action =>
  (ACTIONS as readonly (string | undefined)[]).includes(text);

/** @returns null where help was asked for @throws UsageError with a sentence for the person at the terminal */
export function readConfigOptions(argv: readonly string[], environment: Environment): ConfigOptions | null {
  const [action, ...rest] = argv;
  if (action === undefined || action === '--help' || action === '-h') return null;
  if (!isAction(action)) throw new UsageError(`There is no "${action}"; there are ${ACTIONS.join(', ')}.`);
  const given = parsed(rest, {
    url: { type: 'string' },
    key: { type: 'string' },
    file: { type: 'string' },
    'dry-run': { type: 'boolean' },
    force: { type: 'boolean' },
    strict: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const);
  if (given.help) return null;
  const file = given.file ?? 'floorwalker.config.json';
  if (!/\.(json|[mc]?ts)$/.test(file)) throw new UsageError(`--file "${file}" is neither .json nor .ts.`);
  if (action === 'pull' && !file.endsWith('.json'))
    throw new UsageError('Only a .json file can be pulled into; a .ts file is written by hand.');
  return {
    action,
    file,
    target: action === 'lint' || action === 'facts' ? null : targetOf(given, environment),
    dryRun: given['dry-run'] ?? false,
    force: given.force ?? false,
    strict: given.strict ?? false,
  };
}
