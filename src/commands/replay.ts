/** `npm run replay`: rebuilds cards and counters from the archive. See REPLAY_HELP in replaying/options.ts, or run it with --help. */
import { connect } from './importing/api.ts';
import { createProgress } from './importing/progress.ts';
import { numeral } from './importing/report.ts';
import { attempt } from './replaying/attempt.ts';
import { REPLAY_HELP, type ReplayOptions, readReplayOptions } from './replaying/options.ts';
import { type ReplayReport, rebuild } from './replaying/run.ts';

function describe(report: ReplayReport, { dryRun }: ReplayOptions): string {
  const { events, visitors, values, views, baskets, items, raised } = report;
  const done = dryRun
    ? 'Nothing was changed: this was a dry run.'
    : `The cards of ${numeral(items)} items took the place of what was learnt before; what was learnt meanwhile was added to them.
Counters were raised by ${numeral(raised ?? 0)} events${raised === 0 ? ': they knew all that the archive knows.' : '.'}`;
  return `Read ${numeral(events)} events of ${numeral(visitors)} visitors in ${numeral(values)} values of the archive.
They teach ${numeral(views)} views and ${numeral(baskets)} orders: cards of ${numeral(items)} items.
${done}
Not in the archive, and therefore not in rebuilt cards: events of visitors who did not consent to being remembered; what is older than
retention.archiveDays; imported cards (npm run import -- --restart brings them back); how much one network had taught in an hour.
Kept as they are: counters of what is not archived, and orders and revenue, whose ids the archive knows only under each visitor's salt.`;
}

process.exitCode = await attempt(async (signal) => {
  const options = readReplayOptions(process.argv.slice(2), process.env);
  if (options === null) {
    console.log(REPLAY_HELP);
    return;
  }
  const progress = createProgress(process.stderr, Date.now);
  const paused = (reason: string, milliseconds: number) =>
    progress.say(`Waiting ${(milliseconds / 1000).toFixed(1)} s: ${reason}`);
  const api = connect({ url: options.url, key: options.key, paused, signal });
  console.log(describe(await rebuild(api, options, progress), options));
});
