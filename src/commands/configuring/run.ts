/** What `npm run config` does: each action answers with the exit code, and says through `say` what there is to say. */
import { existsSync } from 'node:fs';
import { type CheckedConfig, checkConfig } from '../../config/check.ts';
import type { SiteConfigInput } from '../../config/schema.ts';
import { factRows, factTable, itemFactRows } from '../../targeting/vocabulary-explained.ts';
import type { Api } from '../importing/api.ts';
import { ImportError } from '../importing/read.ts';
import type { Target } from '../replaying/options.ts';
import { describeDifferences, differences } from './differences.ts';
import { type Pulled, readConfig, readPulled, writeConfig, writePulled } from './files.ts';
import type { ConfigOptions } from './options.ts';
import { publish, publishedBy, publishedSince } from './server.ts';

interface Surroundings {
  options: ConfigOptions;
  target: Target;
  api: Api;
  say(text: string): void;
  /** Epoch milliseconds. */
  now: number;
}

const isSame = (a: unknown, b: unknown): boolean => differences(a, b).length === 0;

async function pull({ options: { file, force }, target, api, say }: Surroundings): Promise<number> {
  const published = await publishedBy(api);
  const own = existsSync(file) ? await readConfig(file) : null;
  const last = await readPulled(file, target);
  const isUntouched = own === null || isSame(own, published.config) || (last !== null && isSame(own, last.config));
  if (!isUntouched && !force)
    throw new ImportError(
      `${file} holds changes that are not published:\n${describeDifferences(differences(last?.config ?? published.config, own))}\npush publishes them; pull --force gives them up.`,
    );
  await writeConfig(file, published.config);
  await writePulled(file, target, published);
  say(
    published.version === 0
      ? `Nothing is published yet: ${file} is empty.`
      : `${file} is version ${published.version}.`,
  );
  return 0;
}

async function diff({ options: { file }, api, say }: Surroundings): Promise<number> {
  const [own, published] = [await readConfig(file), await publishedBy(api)];
  const found = differences(published.config, own);
  say(found.length === 0 ? `${file} is what is published (version ${published.version}).` : describeDifferences(found));
  return found.length === 0 ? 0 : 1;
}

function tell({ issues, warnings, inactive }: CheckedConfig, say: (text: string) => void): void {
  const at = ({ path, message }: { path: string; message: string }) =>
    `${path === '' ? 'the config' : path}: ${message}`;
  for (const issue of issues) say(`wrong    ${at(issue)}`);
  for (const warning of warnings) say(`odd      ${at(warning)}`);
  if (inactive.length > 0) say(`inactive ${inactive.join(', ')}`);
}

/** Without a server. What may not follow what is published is only known where that was pulled. */
async function lint({ file, strict }: ConfigOptions, say: (text: string) => void, now: number): Promise<number> {
  const checked = checkConfig(await readConfig(file), now);
  tell(checked, say);
  const { issues, warnings } = checked;
  if (issues.length + warnings.length === 0) say(`Nothing is wrong in ${file}.`);
  return issues.length > 0 || (strict && warnings.length > 0) ? 1 : 0;
}

/** Refuses to publish over what others have published since the last pull. */
async function refuseOver(published: Pulled, last: Pulled | null, { api, options }: Surroundings): Promise<void> {
  if (published.version === (last?.version ?? 0) || options.force) return;
  if (last === null)
    throw new ImportError(
      `Version ${published.version} is published, and ${options.file} was never pulled from there. Pull first; push --force publishes over it.`,
    );
  const since = await publishedSince(api, last.version);
  const changed = describeDifferences(differences(last.config, published.config));
  throw new ImportError(
    `Others have published since version ${last.version}, which ${options.file} began from:\n${since}\n${changed}\nTake that into your file: save it under another name, pull, and put your changes in again. push --force publishes over theirs.`,
  );
}

async function push(around: Surroundings): Promise<number> {
  const { options, target, api, say, now } = around;
  const { file, dryRun } = options;
  const [own, published] = [await readConfig(file), await publishedBy(api)];
  await refuseOver(published, await readPulled(file, target), around);
  const checked = checkConfig(own, now, published.config as SiteConfigInput);
  const found = differences(published.config, own);
  if (found.length > 0) say(describeDifferences(found));
  tell(checked, say);
  if (checked.config === null) {
    say('Nothing was published: mend what is wrong first.');
    return 1;
  }
  if (found.length === 0) {
    say(`${file} is what is published (version ${published.version}).`);
    if (!dryRun) await writePulled(file, target, published);
    return 0;
  }
  if (dryRun) {
    say('Nothing was published: this was a dry run.');
    return 0;
  }
  let made = await publish(api, own, published.version);
  if (made === null) {
    // It was published in the meantime: by somebody else, or by this very call where its answer was lost.
    made = await publishedBy(api);
    if (!isSame(made.config, own))
      await refuseOver(made, published, { ...around, options: { ...options, force: false } });
  }
  await writePulled(file, target, made);
  say(`Published as version ${made.version}.`);
  return 0;
}

function facts(say: (text: string) => void): number {
  say(`Facts about visitors and pages\n\n${factTable(factRows())}\n\nFields of items\n\n${factTable(itemFactRows())}`);
  return 0;
}

/** @param connected the server; null where none is asked @returns the exit code */
export async function configure(
  options: ConfigOptions,
  connected: { api: Api; target: Target } | null,
  { say, now }: Pick<Surroundings, 'say' | 'now'>,
): Promise<number> {
  const { action } = options;
  if (action === 'facts') return facts(say);
  if (action === 'lint' || connected === null) return lint(options, say, now);
  const around = { options, ...connected, say, now };
  if (action === 'pull') return pull(around);
  return action === 'diff' ? diff(around) : push(around);
}
