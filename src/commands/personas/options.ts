/** What `npm run personas` was asked to do. */
import { join } from 'node:path';
import { UsageError } from '../importing/options.ts';
import { type Environment, parsed, type Target, targetOf } from '../replaying/options.ts';

export const PERSONAS_HELP = `Proposes personas from how a shop's own visitors shop.

  npm run personas -- --discover --url URL --key SECRET_KEY [--seed N]
  npm run personas -- --discover --file FILE [--seed N]
  npm run personas -- --evaluate [--data FOLDER] [--seed N]

  --discover      looks for clusters in a sample of the visitors, and prints those that come out the same in resamples (mean adjusted Rand
                  index of at least 0.7), with a config ready to paste; or says that there are none
  --url URL       of the deployment; or FLOORWALKER_URL
  --key KEY       its secret key; or FLOORWALKER_KEY
  --file FILE     samples as GET /v1/personas/samples answers them, instead of a deployment
  --evaluate      how much the personas of the Complete Journey households tell about their stated age, income and family, and whether
                  popularity by persona tells what they buy first
  --data FOLDER   with completejourney in it; by default data under FLOORWALKER_DATA (../shared)
  --seed N        of the starts and resamples, 1 by default
  --help`;

export type Source = Target | { file: string };
export type PersonasOptions = { seed: number } & (
  | { what: 'discover'; source: Source }
  | { what: 'evaluate'; data: string }
);

/** @returns null where help was asked for */
export function readPersonasOptions(argv: readonly string[], environment: Environment): PersonasOptions | null {
  const given = parsed(argv, {
    discover: { type: 'boolean' },
    evaluate: { type: 'boolean' },
    url: { type: 'string' },
    key: { type: 'string' },
    file: { type: 'string' },
    data: { type: 'string' },
    seed: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const);
  if (given.help) return null;
  const seed = Number(given.seed ?? 1);
  if (!Number.isInteger(seed) || seed < 0) throw new UsageError('--seed must be a whole number, 0 or more.');
  if (given.discover === given.evaluate)
    throw new UsageError('Say --discover or --evaluate. --help lists all options.');
  if (given.evaluate)
    return { what: 'evaluate', seed, data: given.data ?? join(environment.FLOORWALKER_DATA ?? '../shared', 'data') };
  if (given.file !== undefined) return { what: 'discover', seed, source: { file: given.file } };
  return { what: 'discover', seed, source: targetOf(given, environment) };
}
