/** `npm run config`: brings a shop's config into a file and back, and lints it. See CONFIG_HELP in configuring/options.ts, or run it with --help. */
import { CONFIG_HELP, readConfigOptions } from './configuring/options.ts';
import { configure } from './configuring/run.ts';
import { connect } from './importing/api.ts';
import { attempt } from './replaying/attempt.ts';

let outcome = 0;
const failure = await attempt(async (signal) => {
  const options = readConfigOptions(process.argv.slice(2), process.env);
  if (options === null) {
    console.log(CONFIG_HELP);
    return;
  }
  const { target } = options;
  const paused = (reason: string, milliseconds: number) =>
    console.error(`Waiting ${(milliseconds / 1000).toFixed(1)} s: ${reason}`);
  const api = target === null ? null : connect({ ...target, paused, signal });
  const connected = target === null || api === null ? null : { api, target };
  outcome = await configure(options, connected, { say: console.log, now: Date.now() });
});
// 1 is an answer (there are differences, something is wrong), so what went wrong on the way is 2, as with `diff`.
process.exitCode = failure === 1 ? 2 : failure || outcome;
