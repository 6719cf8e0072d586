/** Personas of the config made of clusters: each named by what sets it apart, with signals whose weights are log-odds. */
import { assignPersona, compilePersonas, type PersonaDefinition, type Signal } from './assign.ts';
import { type Discovery, type Feature, type Observed, transformed } from './discover.ts';
import type { Sample } from './schema-sample.ts';

/** What sets a cluster apart: by a habit, how many standard deviations of all visitors its mean lies from the others'. */
interface Contrast {
  feature: Feature;
  difference: number;
  signal: Signal;
}

interface Proposal {
  key: string;
  name: string;
  /** Visitors of the sample. */
  size: number;
  share: number;
  /** The habits that set it apart the most, with in how many standard deviations. */
  apart: { path: string; difference: number }[];
  signals: Signal[];
}

interface Proposals {
  personas: Proposal[];
  /** Share of the sample that the proposed personas assign to the cluster that they are made of. */
  recovered: number;
}

const MOST_SIGNALS = 8;
/** Cohen's "medium": less is no signal. */
const LEAST_DIFFERENCE = 0.5;
const MOST_WEIGHT = 4;
/** Habits depend on each other, and their log-odds then say the same twice: all of them are scaled by what predicts the sample best. */
const SCALES = [1, 0.75, 0.5, 0.35, 0.25];

/** What a habit is called when there is much of it, and little. */
const WORDS: Readonly<Record<string, readonly [much: string, little: string]>> = {
  'visitor.visits': ['frequent', 'first visits'],
  'visitor.pagesPerVisit': ['many pages', 'few pages'],
  'visitor.viewsPerVisit': ['browsing', 'purposeful'],
  'visitor.searchesPerVisit': ['searching', 'not searching'],
  'visitor.minutesPerVisit': ['unhurried', 'quick'],
  'affinity.priceLevel': ['high prices', 'low prices'],
  'affinity.discount.viewed': ['bargains', 'full price'],
  'affinity.discount.bought': ['buys reduced', 'pays full price'],
  'rfm.frequency': ['frequent buyers', 'no orders'],
  'rfm.monetary': ['big spenders', 'small spenders'],
};
const CATEGORY = 'affinity.category.';

function wordOf(path: string, difference: number): string {
  if (path.startsWith(CATEGORY)) return path.slice(CATEGORY.length).replaceAll('-', ' ');
  return WORDS[path]?.[difference > 0 ? 0 : 1] ?? path;
}

const keyOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const raw = ({ isSkewed }: Feature, value: number): number =>
  Number((isSkewed ? Math.expm1(value) : value).toPrecision(2));

/** Shares with half a visitor added to either side, so that nothing is certain. */
const oddsOf = (holds: number, n: number): number => Math.log((holds + 0.5) / (n + 1));

function contrastOf(feature: Feature, inside: readonly Observed[], outside: readonly Observed[]): Contrast[] {
  const valuesOf = (all: readonly Observed[]) => all.flatMap((one) => transformed(one, feature) ?? []);
  const [ins, outs] = [valuesOf(inside), valuesOf(outside)];
  if (ins.length === 0 || outs.length === 0) return [];
  const difference = (meanOf(ins) - meanOf(outs)) / feature.spread;
  const least = raw(feature, (meanOf(ins) + meanOf(outs)) / 2);
  if (Math.abs(difference) < LEAST_DIFFERENCE || !(least > 0)) return [];
  const holds = (all: readonly Observed[]) => all.filter(({ facts }) => (facts[feature.path] ?? 0) >= least).length;
  const odds = oddsOf(holds(inside), inside.length) - oddsOf(holds(outside), outside.length);
  const range = feature.path.startsWith(CATEGORY) ? { $gte: least } : { $gte: least, $exists: true };
  return [{ feature, difference, signal: { condition: { [feature.path]: range }, weight: odds } }];
}

/** The two habits of which there is most, or, where there are none, of which there is least. */
function nameOf(contrasts: readonly Contrast[], number: number): string {
  const named = contrasts.filter((one) => one.difference > 0);
  const words = (named.length > 0 ? named : contrasts.filter(({ feature }) => !feature.path.startsWith(CATEGORY)))
    .slice(0, 2)
    .map(({ feature, difference }) => wordOf(feature.path, difference));
  const name = words.length > 0 ? words.join(', ') : `group ${number}`;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Facts by dotted path, as conditions walk them. */
function nested(flat: Sample['facts']): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(flat)) {
    const steps = path.split('.');
    const last = steps.pop() ?? path;
    let at = made;
    for (const step of steps) {
      at[step] ??= {};
      at = at[step] as Record<string, unknown>;
    }
    at[last] = value;
  }
  return made;
}

/** How well personas assign the sample: the mean log-likelihood of the own cluster, and how many are assigned to it. */
function judgeScale(
  proposals: readonly Proposal[],
  { observed, labels, scale }: { observed: readonly Observed[]; labels: readonly number[]; scale: number },
): { likelihood: number; recovered: number } {
  const compiled = compilePersonas(Object.fromEntries(proposals.map((one) => [one.key, definitionOf(one, scale)])));
  let likelihood = 0;
  let recovered = 0;
  observed.forEach(({ facts }, i) => {
    const own = proposals[labels[i] ?? 0]?.key;
    const asked = assignPersona(compiled, nested(facts), { held: null, locales: [] });
    const sure = asked.alternatives.find((one) => one.key === own)?.confidence ?? 0;
    likelihood += Math.log(Math.max(sure, 1e-9)) / observed.length;
    if (asked.key === own) recovered += 1 / observed.length;
  });
  return { likelihood, recovered };
}

const scaled = (signals: readonly Signal[], scale: number): Signal[] =>
  signals.map(({ condition, weight }) => ({
    condition,
    weight: Number(Math.max(-MOST_WEIGHT, Math.min(MOST_WEIGHT, weight * scale)).toFixed(2)),
  }));

const definitionOf = ({ name, signals }: Proposal, scale: number): PersonaDefinition => ({
  name,
  minimumConfidence: 0.4,
  hysteresis: 0.1,
  signals: scaled(signals, scale),
  prior: [],
});

/** @param found of a discovery that has found something */
export function propose(
  features: readonly Feature[],
  { clustering, observed }: NonNullable<Discovery['found']>,
): Proposals {
  const taken = new Set<string>(['unknown', '']);
  const proposals = clustering.centres.map((_, label): Proposal => {
    const inside = observed.filter((_one, i) => clustering.labels[i] === label);
    const outside = observed.filter((_one, i) => clustering.labels[i] !== label);
    const contrasts = features
      .flatMap((feature) => contrastOf(feature, inside, outside))
      .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference))
      .slice(0, MOST_SIGNALS);
    const name = nameOf(contrasts, label + 1);
    let key = keyOf(name);
    for (let i = 2; taken.has(key); i++) key = `${keyOf(name)}-${i}`;
    taken.add(key);
    const apart = contrasts.map(({ feature, difference }) => ({ path: feature.path, difference }));
    const signals = contrasts.map((one) => one.signal);
    return { key, name, size: inside.length, share: inside.length / observed.length, apart, signals };
  });
  const { labels } = clustering;
  const judged = SCALES.map((scale) => ({ scale, ...judgeScale(proposals, { observed, labels, scale }) }));
  const best = judged.reduce((one, other) => (other.likelihood > one.likelihood ? other : one));
  return {
    personas: proposals
      .map((one) => ({ ...one, signals: scaled(one.signals, best.scale).filter(({ weight }) => weight !== 0) }))
      .sort((a, b) => b.size - a.size),
    recovered: best.recovered,
  };
}

/** What is pasted into the config. */
export function configOf({ personas }: Proposals): { personas: Record<string, { name: string; signals: Signal[] }> } {
  return { personas: Object.fromEntries(personas.map(({ key, name, signals }) => [key, { name, signals }])) };
}
