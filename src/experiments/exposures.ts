/** What a unit remembers of experiments, and what two units that turn out to be one have met together. Pure; nothing given is changed unless it says so. */
import type { KeptEvent } from '../events/schema.ts';
import type { ExperimentPhase } from './schema-counts.ts';
import type { Buckets, Experienced, Exposure, Met, MetricSource, Occurrence, Tracked } from './schema-exposures.ts';

/** Exposures that are remembered; the oldest go first. */
const MOST_EXPOSURES = 300;
/** Occurrences that are remembered one by one; what is older is taken together. */
const MOST_OCCURRENCES = 300;

const isSame = (one: ExperimentPhase, other: ExperimentPhase): boolean =>
  one.experiment === other.experiment && one.phase === other.phase;

/** The one that was met first; at the same moment what is said decides, so that the order in which they are heard of does not matter. */
function isFirst(one: Exposure, other: Exposure): boolean {
  if (one.at !== other.at) return one.at < other.at;
  return one.arm === other.arm ? JSON.stringify(one) < JSON.stringify(other) : one.arm < other.arm;
}

/** Two exposures to the same experiment: the first stands, and other variations are noted. */
function united(one: Exposure, other: Exposure): Exposure {
  const [first, second] = isFirst(other, one) ? [other, one] : [one, other];
  const met = new Set([...(one.also ?? []), ...(other.also ?? []), second.arm]);
  met.delete(first.arm);
  const { also: _also, ...kept } = first;
  return met.size === 0 ? kept : { ...kept, also: [...met].sort() };
}

/** What was met of an experiment, if anything. */
export const exposureOf = (exposures: readonly Exposure[] | undefined, of: ExperimentPhase): Exposure | undefined =>
  exposures?.find((one) => isSame(one, of));

/** Whether it is known that this variation was met: then nothing need be written. */
export function isKnownExposure(exposures: readonly Exposure[] | undefined, met: Met): boolean {
  const known = exposureOf(exposures, met);
  return known !== undefined && (known.arm === met.arm || known.also?.includes(met.arm) === true);
}

/** The exposures of several units that are one. */
export function uniteExposures(lists: readonly (readonly Exposure[] | undefined)[]): Exposure[] {
  const all = new Map<string, Exposure>();
  for (const exposure of lists.flatMap((list) => list ?? [])) {
    const name = `${exposure.experiment}@${exposure.phase}`;
    const known = all.get(name);
    all.set(name, known === undefined ? exposure : united(known, exposure));
  }
  return [...all.values()]
    .sort((a, b) => a.at - b.at || (a.experiment < b.experiment ? -1 : 1) || a.phase - b.phase)
    .slice(-MOST_EXPOSURES);
}

/** Notes what was met, in place. @param isKnown the unit had been there before this visit */
export function noteExposures(
  profile: Experienced,
  met: readonly Met[],
  { at, isKnown }: { at: number; isKnown: boolean },
): void {
  const noted = met.map((one): Exposure => ({ ...one, at, ...(isKnown ? { isKnown: true as const } : {}) }));
  profile.exposures = uniteExposures([profile.exposures, noted]);
}

function trimmed(occurrences: readonly Occurrence[]): Occurrence[] {
  const sorted = occurrences.toSorted((a, b) => a.at - b.at || a.value - b.value);
  while (sorted.length > MOST_OCCURRENCES) {
    const [oldest, next] = sorted.splice(0, 2);
    if (oldest !== undefined && next !== undefined) sorted.unshift({ at: next.at, value: oldest.value + next.value });
  }
  return sorted;
}

/** What an event is to a source; null where it is not one of its. */
function occurrenceOf(event: KeptEvent, source: MetricSource): Occurrence | null {
  const value = worthTo(event, source);
  if (value === null) return null;
  const { at, name, orderId } = event;
  return name === 'purchase' && orderId !== undefined ? { at, value, order: orderId } : { at, value };
}

/** What an event is worth to a source; null where it is not one of its. */
function worthTo(event: KeptEvent, source: MetricSource): number | null {
  if (event.name !== source.event && (event.name !== 'custom' || event.key !== source.event)) return null;
  if (source.field === '') return 1;
  if (source.field === 'value') return event.value ?? 0;
  if (source.field === 'quantity') return (event.items ?? []).reduce((sum, item) => sum + (item.quantity ?? 1), 0);
  const said = event.properties?.[source.field];
  return typeof said === 'number' && Number.isFinite(said) ? said : 0;
}

/** Remembers of an event what tracked sources are about, in place. */
export function trackEvent({ tracked = {} }: Experienced, event: KeptEvent): void {
  for (const one of Object.values(tracked)) {
    const occurrence = occurrenceOf(event, one);
    if (occurrence !== null) one.occurrences = trimmed([...one.occurrences, occurrence]);
  }
}

/** Begins to track sources that are not tracked yet, with what is known of the past, in place. @returns whether there were any */
export function beginTracking(
  profile: Experienced,
  sources: ReadonlyMap<string, MetricSource>,
  past: () => readonly KeptEvent[],
): boolean {
  const missing = [...sources].filter(([name]) => profile.tracked?.[name] === undefined);
  if (missing.length === 0) return false;
  const events = past();
  const orders = new Set<string>();
  const distinct = events.filter(({ name, orderId = '' }) => {
    const isRepeat = name === 'purchase' && orders.has(orderId);
    if (name === 'purchase') orders.add(orderId);
    return !isRepeat;
  });
  for (const [name, source] of missing) {
    const occurrences = distinct.flatMap((event) => occurrenceOf(event, source) ?? []);
    profile.tracked = { ...profile.tracked, [name]: { ...source, occurrences: trimmed(occurrences) } };
  }
  return true;
}

/** The same, each order once: its earliest report stays. */
function eachOrderOnce(occurrences: readonly Occurrence[]): Occurrence[] {
  const seen = new Set<string>();
  return occurrences
    .toSorted((a, b) => a.at - b.at || a.value - b.value)
    .filter(({ order }) => {
      const isRepeat = order !== undefined && seen.has(order);
      if (order !== undefined) seen.add(order);
      return !isRepeat;
    });
}

/** What several units that are one have done together. */
export function uniteTracked(all: readonly (Tracked | undefined)[]): Tracked {
  const together: Tracked = {};
  for (const tracked of all)
    for (const [name, one] of Object.entries(tracked ?? {})) {
      const occurrences = [...(together[name]?.occurrences ?? []), ...one.occurrences];
      together[name] = { ...one, occurrences };
    }
  for (const one of Object.values(together)) one.occurrences = trimmed(eachOrderOnce(one.occurrences));
  return together;
}

/** The variations of several units that are one: what was given first stays. */
export function uniteBuckets(all: readonly (Buckets | undefined)[]): Buckets {
  const together: Buckets = {};
  for (const buckets of all)
    for (const [key, one] of Object.entries(buckets ?? {})) {
      const known = together[key];
      const isEarlier = known === undefined || one.at < known.at;
      if (isEarlier || (one.at === known.at && one.variation < known.variation)) together[key] = one;
    }
  return together;
}

/** What is remembered since a time, and nothing from before it. */
export function experiencedSince({ exposures, tracked, buckets }: Experienced, since: number): Experienced {
  const kept: Experienced = {};
  if (exposures !== undefined) kept.exposures = exposures.filter((one) => one.at >= since);
  if (tracked !== undefined)
    kept.tracked = Object.fromEntries(
      Object.entries(tracked).map(([name, one]) => [
        name,
        { ...one, occurrences: one.occurrences.filter(({ at }) => at >= since) },
      ]),
    );
  if (buckets !== undefined)
    kept.buckets = Object.fromEntries(Object.entries(buckets).filter(([, { at }]) => at >= since));
  return kept;
}
