/**
 * What a unit comes to in the experiments that it has met, and the increments that bring the tally from what was counted to that. Every cell is a function of
 * what is remembered, and an increment the difference of two states of it: so the order in which events, refunds, exposures and mergers are heard of makes no
 * difference to the sums. Pure.
 */
import { DAY_MS, isoDay } from '../shared/decay.ts';
import { type CompiledMetric, type Counting, isOfOrders, nameOf, type Plan } from './metrics.ts';
import { type CellKey, type Increment, MOST_DAYS_SINCE, SUMS, type Sums } from './schema-counts.ts';
import type {
  Counted,
  CountedMetric,
  CountedUnits,
  Exposure,
  MetricSource,
  Occurrence,
  Tracked,
} from './schema-exposures.ts';

/** Of covariates: what a unit did in this time before its exposure. */
const BEFORE_MS = 28 * DAY_MS;

/** What a metric reads of a past order. */
interface CountedOrder {
  orderId: string;
  at: number;
  currency: string;
  /** Less what was given back. */
  value: number;
  lines: readonly { quantity: number }[];
}

/** What a unit has done, as far as metrics are about it. */
export interface UnitPast {
  exposures: readonly Exposure[];
  orders: readonly CountedOrder[];
  tracked: Tracked;
}

type Occurrences = readonly Occurrence[];

function ofOrders({ field }: MetricSource, orders: readonly CountedOrder[], currency: string): Occurrences {
  return orders.map(({ at, ...order }) => {
    if (field === '') return { at, value: 1 };
    if (field === 'quantity') return { at, value: order.lines.reduce((sum, line) => sum + line.quantity, 0) };
    // Money of different currencies is never added up.
    return { at, value: order.currency === currency ? order.value : 0 };
  });
}

function occurrencesOf(source: MetricSource | null, past: UnitPast, currency: string): Occurrences {
  if (source === null) return [];
  return isOfOrders(source)
    ? ofOrders(source, past.orders, currency)
    : (past.tracked[nameOf(source)]?.occurrences ?? []);
}

const totalled = ({ type, cap }: CompiledMetric, sum: { value: number; times: number }): number =>
  type === 'proportion' ? Math.min(1, sum.times) : Math.min(cap, sum.value);

function sumBetween(occurrences: Occurrences, from: number, until: number): { value: number; times: number } {
  const sum = { value: 0, times: 0 };
  for (const { at, value } of occurrences) {
    if (at < from || at >= until) continue;
    sum.value += value;
    sum.times += 1;
  }
  return sum;
}

/** What a unit has come to by each whole day since its exposure on which something happened. */
function stepsOf(
  metric: CompiledMetric,
  at: number,
  of: { numerator: Occurrences; denominator: Occurrences },
): CountedMetric['steps'] {
  const until = at + metric.windowMs;
  const since = new Set<number>();
  for (const { at: happened } of [...of.numerator, ...of.denominator])
    if (happened >= at && happened < until) since.add(Math.min(Math.floor((happened - at) / DAY_MS), MOST_DAYS_SINCE));
  const steps: CountedMetric['steps'] = [];
  let [y, d] = [0, 0];
  for (const day of [...since].sort((a, b) => a - b)) {
    const end = day === MOST_DAYS_SINCE ? until : Math.min(until, at + (day + 1) * DAY_MS);
    const value = totalled(metric, sumBetween(of.numerator, at, end));
    const times = sumBetween(of.denominator, at, end).times;
    if (value !== y || times !== d) steps.push(times === 0 ? [day, value] : [day, value, times]);
    [y, d] = [value, times];
  }
  return steps;
}

/** Works out the covariates that an exposure has not got yet, in place: from then on they are frozen. */
function freeze(exposure: Exposure, { metrics }: Plan, past: { of: UnitPast; currency: string }): void {
  for (const metric of metrics) {
    if (!metric.isCuped || exposure.x?.[metric.key] !== undefined) continue;
    const occurrences = occurrencesOf(metric.source, past.of, past.currency);
    const before = sumBetween(occurrences, exposure.at - BEFORE_MS, exposure.at);
    exposure.x = { ...exposure.x, [metric.key]: totalled(metric, before) };
  }
}

/** Works out the covariates of all exposures that are counted for the first time, in place. */
export function freezeCovariates(past: UnitPast, counting: Counting): void {
  for (const exposure of past.exposures) {
    const plan = counting.plan(exposure.experiment, exposure.phase);
    if (plan !== null) freeze(exposure, plan, { of: past, currency: counting.currency });
  }
}

/** The orders that count for something: in the window of a metric about purchases, of an experiment that the unit met in one variation. */
export function countedOrders({ exposures, orders }: UnitPast, counting: Counting): string[] {
  const windows = exposures.flatMap(({ experiment, phase, at, also }) => {
    const metrics = also === undefined ? (counting.plan(experiment, phase)?.metrics ?? []) : [];
    const ofOrders = metrics.filter(({ source, denominator }) => isPurchase(source) || isPurchase(denominator));
    return ofOrders.map(({ windowMs }) => ({ from: at, until: at + windowMs }));
  });
  const isCounted = ({ at }: CountedOrder): boolean => windows.some(({ from, until }) => at >= from && at < until);
  return orders.filter(isCounted).map((order) => order.orderId);
}

const isPurchase = (source: MetricSource | null): boolean => source?.event === 'purchase';

/** The same past without orders that count elsewhere. */
export function withoutOrders(past: UnitPast, isElsewhere: (orderId: string) => boolean): UnitPast {
  const orders = past.orders.filter(({ orderId }) => !isElsewhere(orderId));
  if (orders.length === past.orders.length) return past;
  const tracked = Object.entries(past.tracked).map(([name, one]): [string, Tracked[string]] => [
    name,
    { ...one, occurrences: one.occurrences.filter(({ order }) => order === undefined || !isElsewhere(order)) },
  ]);
  return { ...past, orders, tracked: Object.fromEntries(tracked) };
}

function countedOf(exposure: Exposure, plan: Plan, past: { of: UnitPast; currency: string }): Counted {
  const { arm, at, persona, weights, isKnown, also, x } = exposure;
  const counted: Counted = { arm, day: isoDay(at), metrics: {} };
  if (persona !== undefined) counted.persona = persona;
  if (weights !== undefined) counted.weights = weights;
  if (also !== undefined) return { ...counted, isExcluded: true };
  if (isKnown) counted.isKnown = true;
  if (plan.joint !== null) counted.joint = [...plan.joint];
  for (const metric of plan.metrics) {
    const numerator = occurrencesOf(metric.source, past.of, past.currency);
    const denominator = occurrencesOf(metric.denominator, past.of, past.currency);
    const steps = stepsOf(metric, at, { numerator, denominator });
    const before = metric.isCuped ? (x?.[metric.key] ?? 0) : 0;
    if (steps.length > 0 || before !== 0) counted.metrics[metric.key] = before === 0 ? { steps } : { x: before, steps };
  }
  return counted;
}

/** What was counted of an experiment that is not counted at present, or of a metric that is not its any more, stays as it was: it may come back. */
function withBefore(counted: Counted | undefined, before: Counted | undefined, plan: Plan | null): Counted | undefined {
  if (counted === undefined || before === undefined || plan === null || counted.isExcluded) return counted ?? before;
  const gone = Object.entries(before.metrics).filter(([key]) => !plan.metrics.some((metric) => metric.key === key));
  return gone.length === 0 ? counted : { ...counted, metrics: { ...Object.fromEntries(gone), ...counted.metrics } };
}

/** What a unit comes to in everything that it has met. @param before what was counted of it */
export function countUnit(past: UnitPast, counting: Counting, before: CountedUnits): CountedUnits {
  const units: CountedUnits = {};
  for (const exposure of past.exposures) {
    const name = `${exposure.experiment}@${exposure.phase}`;
    const plan = counting.plan(exposure.experiment, exposure.phase);
    const counted = plan === null ? undefined : countedOf(exposure, plan, { of: past, currency: counting.currency });
    const unit = withBefore(counted, before[name], plan);
    if (unit !== undefined) units[name] = unit;
  }
  return units;
}

function phaseOf(name: string): { experiment: string; phase: number } {
  const at = name.lastIndexOf('@');
  return { experiment: name.slice(0, at), phase: Number(name.slice(at + 1)) };
}

type Add = (key: Omit<CellKey, 'experiment' | 'phase'>, sums: Partial<Sums>) => void;

function addMetric(of: Omit<CellKey, 'experiment' | 'phase' | 'since'>, counted: Counted, add: Add): void {
  const { x = 0, steps } = counted.metrics[of.metric] ?? { steps: [] };
  if (x !== 0) add({ ...of, since: 0 }, { x, xx: x * x });
  let [y, d] = [0, 0];
  for (const [since, yNow, dNow = 0] of steps) {
    const sums: Partial<Sums> = { y: yNow - y, yy: yNow * yNow - y * y, xy: x * (yNow - y) };
    if (counted.isKnown) sums.ky = yNow - y;
    if (dNow !== 0 || d !== 0) Object.assign(sums, { d: dNow - d, dd: dNow * dNow - d * d, yd: yNow * dNow - y * d });
    add({ ...of, since }, sums);
    [y, d] = [yNow, dNow];
  }
}

function addOwn({ arm, day, persona, weights, isKnown, isExcluded, ...counted }: Counted, add: Add): void {
  const of = {
    arm,
    day,
    metric: '',
    ...(persona === undefined ? {} : { persona }),
    ...(weights === undefined ? {} : { weights }),
  };
  const units = isKnown ? { n: 1, known: 1 } : { n: 1 };
  add({ ...of, since: 0 }, isExcluded ? { excluded: 1 } : units);
  for (const metric of Object.keys(counted.metrics))
    addMetric({ ...of, metric }, { ...counted, arm, day, ...(isKnown ? { isKnown } : {}) }, add);
}

/** A pair of experiments that a unit has met: the outcome is that of the first of them, whole. */
function addPair(counted: Counted, other: { name: string; arm: string }, add: Add): void {
  const of = { arm: counted.arm, day: '', since: 0, with: { ...phaseOf(other.name), arm: other.arm } };
  add({ ...of, metric: '' }, { n: 1 });
  for (const metric of counted.joint ?? []) {
    const y = counted.metrics[metric]?.steps.at(-1)?.[1] ?? 0;
    if (y !== 0) add({ ...of, metric }, { y, yy: y * y });
  }
}

/** All that a unit adds to cells. */
function cellsOf(units: CountedUnits): Increment[] {
  const cells: Increment[] = [];
  const paired = Object.entries(units).filter(([, one]) => one.joint !== undefined && one.isExcluded !== true);
  for (const [name, counted] of Object.entries(units)) {
    const add: Add = (key, sums) => cells.push({ ...phaseOf(name), ...key, sums });
    addOwn(counted, add);
    if (!paired.some(([one]) => one === name)) continue;
    for (const [other, { arm }] of paired) if (other !== name) addPair(counted, { name: other, arm }, add);
  }
  return cells;
}

/** What must be added to the tally so that, of a unit of which it has counted `before`, it has counted `after`. */
export function difference(before: CountedUnits, after: CountedUnits): Increment[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const changes = new Map<string, Increment>();
  for (const [cells, sign] of [
    [cellsOf(before), -1],
    [cellsOf(after), 1],
  ] as const) {
    for (const { sums, ...key } of cells) {
      const name = JSON.stringify(Object.entries(key).sort());
      const change = changes.get(name) ?? { ...key, sums: {} };
      for (const sum of SUMS) if (sums[sum]) change.sums[sum] = (change.sums[sum] ?? 0) + sign * (sums[sum] ?? 0);
      changes.set(name, change);
    }
  }
  return [...changes.values()].flatMap((change) => {
    const sums = Object.fromEntries(Object.entries(change.sums).filter(([, sum]) => sum !== 0));
    return Object.keys(sums).length === 0 ? [] : [{ ...change, sums }];
  });
}
