/** `npm run dead-letters`: shows flushes that could not be delivered, and sends them again. See LETTERS_HELP, or run it with --help. */
import { connect } from './importing/api.ts';
import { attempt } from './replaying/attempt.ts';
import { describeLetters, lettersOf, redrive } from './replaying/letters.ts';
import { LETTERS_HELP, readLettersOptions } from './replaying/options.ts';

process.exitCode = await attempt(async (signal) => {
  const options = readLettersOptions(process.argv.slice(2), process.env);
  if (options === null) {
    console.log(LETTERS_HELP);
    return;
  }
  const paused = (reason: string, milliseconds: number) =>
    console.error(`Waiting ${(milliseconds / 1000).toFixed(1)} s: ${reason}`);
  const api = connect({ url: options.url, key: options.key, paused, signal });
  console.log(options.redrive ? await redrive(api, options.ids) : describeLetters(await lettersOf(api)));
});
