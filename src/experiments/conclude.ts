/** One sentence about what may be concluded, and nothing that may not. */
import type { Compared } from './compare.ts';
import type { Plan } from './plan.ts';
import type { MetricResult, Results } from './schema-results.ts';

interface Conclusion {
  verdict: Results['verdict'];
  conclusion: string;
}

const percent = (share: number): string =>
  `${share > 0 ? '+' : share < 0 ? '−' : ''}${Math.abs(100 * share).toFixed(Math.abs(share) < 0.01 ? 2 : 1)} %`;
const amount = (value: number): string => `${value < 0 ? '−' : ''}${Number(Math.abs(value).toPrecision(4))}`;
const chance = (p: number): string => (p < 0.0001 ? 'p < 0.0001' : `p = ${Number(p.toPrecision(2))}`);

/** The lift in words: relative where it can be had. */
export function liftText({ lift }: MetricResult): string {
  if (lift === null) return 'by nothing that could be told';
  const { absolute, relative } = lift;
  if (relative === null)
    return `by ${amount(absolute.estimate)} (${amount(absolute.interval[0])} to ${amount(absolute.interval[1])})`;
  return `by ${percent(relative.estimate)} (${percent(relative.interval[0])} to ${percent(relative.interval[1])})`;
}

const isUp = ({ planned, result }: Compared): boolean =>
  (result.lift?.absolute.estimate ?? 0) > 0 === (planned.metric.direction !== 'down');

const said = ({ arm, planned, result }: Compared): string => `"${arm}" changes ${planned.key} ${liftText(result)}`;

function refusal(
  plan: Plan,
  sampleRatio: Results['sampleRatio'],
  exposures: ReadonlyMap<string, number>,
): Conclusion | null {
  const day = sampleRatio.days.find((one) => !one.isSound);
  if (sampleRatio.isSound && day === undefined) return null;
  const counts = plan.arms.map(({ key }) => `${exposures.get(key) ?? 0} in "${key}"`).join(', ');
  const where = sampleRatio.isSound
    ? `on ${day?.day} the units were not split as meant (${chance(day?.pValue ?? 0)})`
    : `the units are not split as meant (${counts}; ${chance(sampleRatio.pValue ?? 0)})`;
  return {
    verdict: 'sample_ratio_mismatch',
    conclusion: `Nothing may be concluded: ${where}, so the arms do not hold the same kind of visitors and every figure may be wrong; find what loses or doubles units first.`,
  };
}

/** How the reading was meant, in a word or two. */
const reading = (plan: Plan): string =>
  plan.engine === 'bayesian'
    ? `credible at ${percent(1 - plan.alpha).slice(1)}, for one reading at the planned end`
    : plan.isSequential
      ? 'valid however often it is read'
      : 'for one reading at the planned end';

function told(plan: Plan, goals: readonly Compared[]): Conclusion | null {
  const sure = goals.filter(({ result }) => result.isSignificant);
  if (sure.length === 0) return null;
  const better = sure.filter(isUp);
  const [first] = better.length > 0 ? better : sure;
  const text = sure.map(said).join(', and ');
  if (better.length > 0 && better.length < sure.length)
    return { verdict: 'mixed', conclusion: `Not one thing only: ${text}; weigh one against the other.` };
  const verdict = better.length > 0 ? 'better' : 'worse';
  return {
    verdict,
    conclusion: `"${first?.arm}" is ${verdict} than "${plan.arms[0]?.key}": ${text}; ${reading(plan)}.`,
  };
}

function untold(goals: readonly Compared[]): Conclusion {
  const [first] = goals;
  if (first === undefined)
    return { verdict: 'undecided', conclusion: 'Without a goal nothing is decided: name a metric under `goals`.' };
  const { minimumDetectableLift: seen, lift } = first.result;
  if (lift === null)
    return { verdict: 'undecided', conclusion: `Nothing can be told yet: no arm has enough of ${first.planned.key}.` };
  const least = seen === null ? '' : `; a lift of ${percent(seen)} would most likely have been seen`;
  return { verdict: 'undecided', conclusion: `No difference can be told yet: ${said(first)}${least}.` };
}

/** @param exposures by arm, the excluded left out */
export function conclude(
  plan: Plan,
  all: readonly Compared[],
  { sampleRatio, exposures }: { sampleRatio: Results['sampleRatio']; exposures: ReadonlyMap<string, number> },
): Conclusion {
  if ([...exposures.values()].every((count) => count === 0))
    return { verdict: 'no_data', conclusion: 'Nobody has met it yet in this phase.' };
  const refused = refusal(plan, sampleRatio, exposures);
  if (refused !== null) return refused;
  const harmed = all.filter(({ result }) => result.harm?.isHarmed === true);
  if (harmed.length > 0) {
    const margin = percent(plan.harmMargin).slice(1);
    return {
      verdict: 'harmful',
      conclusion: `Stop it: ${harmed.map(said).join(', and ')}, which is more harm than the ${margin} allowed; valid however often it is read.`,
    };
  }
  const goals = all.filter(({ arm, result }) => result.role === 'goal' && arm !== plan.arms[0]?.key);
  if (plan.type === 'holdout') return incremental(goals);
  return told(plan, goals) ?? untold(goals);
}

/** What all of it brings, in money per visitor. */
function incremental(goals: readonly Compared[]): Conclusion {
  const [money] = goals;
  if (money === undefined)
    return {
      verdict: 'not_yet_measurable',
      conclusion: 'Not yet measurable: the config has no metric of revenue (type "mean", event "purchase").',
    };
  const { lift, isSignificant, minimumDetectableLift: seen } = money.result;
  if (lift === null || !isSignificant) {
    const least = seen === null ? '' : `: with so many visitors only ${percent(seen)} or more could be told`;
    const range = lift === null ? '' : `; so far ${liftText(money.result)}`;
    return {
      verdict: 'not_yet_measurable',
      conclusion: `Incremental ${money.planned.key} is not yet measurable${least}${range}.`,
    };
  }
  const { estimate, interval } = lift.absolute;
  return {
    verdict: isUp(money) ? 'better' : 'worse',
    conclusion: `Incremental ${money.planned.key} per visitor is ${amount(estimate)} (${amount(interval[0])} to ${amount(interval[1])}), ${liftText(money.result)}, over visitors who get nothing of it; valid however often it is read.`,
  };
}
