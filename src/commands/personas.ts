/** `npm run personas`: proposes personas from how a shop's own visitors shop. See PERSONAS_HELP, or run it with --help. */
import { readFileSync } from 'node:fs';
import { discover } from '../personas/discover.ts';
import { SamplesAnswer } from '../personas/schema-sample.ts';
import { seededRandom } from '../shared/random.ts';
import { textOf } from './evaluation/tables.ts';
import { connect } from './importing/api.ts';
import { UsageError } from './importing/options.ts';
import { evaluateHouseholds } from './personas/households.ts';
import { PERSONAS_HELP, readPersonasOptions, type Source } from './personas/options.ts';
import { describeDiscovery } from './personas/report.ts';
import { attempt } from './replaying/attempt.ts';

async function samplesFrom(source: Source, signal: AbortSignal): Promise<SamplesAnswer> {
  if ('file' in source) {
    try {
      return SamplesAnswer.parse(JSON.parse(readFileSync(source.file, 'utf8')));
    } catch (error) {
      throw new UsageError(
        `${source.file} holds no samples as GET /v1/personas/samples answers them: ${String(error)}`,
      );
    }
  }
  const paused = (reason: string, milliseconds: number) =>
    console.error(`Waiting ${(milliseconds / 1000).toFixed(1)} s: ${reason}`);
  const api = connect({ ...source, paused, signal });
  return SamplesAnswer.parse(await api.get('/v1/personas/samples'));
}

process.exitCode = await attempt(async (signal) => {
  const options = readPersonasOptions(process.argv.slice(2), process.env);
  if (options === null) console.log(PERSONAS_HELP);
  else if (options.what === 'evaluate')
    console.log(evaluateHouseholds(options.data, options.seed).map(textOf).join('\n\n'));
  else {
    const { samples } = await samplesFrom(options.source, signal);
    console.log(describeDiscovery(discover(samples, seededRandom(options.seed))));
  }
});
