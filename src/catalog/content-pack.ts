/**
 * Content as it is packed beside the columns: of each item the features that others have too, and of each feature the items that have it. A feature weighs
 * the same wherever it is, so that lists of numbers and one length per item are all there is.
 */
import { Numbers } from './blocks.ts';
import { type Described, eachFeature, featureOf, weightOf } from './features.ts';

/** Features are numbered in 16 bits; what comes later needs room too. */
const VOCABULARY = 60_000;
/** Features of one item: the heaviest. */
const FEATURES_PER_ITEM = 24;
/** Who shares a feature with more items than this, and with more than an eighth of the shop, learns nothing about neighbours from it. */
const COMMON = 4_000;
const COMMON_SHARE = 8;
/** What a feature counts that no other item has. */
const ALONE_SAY = 0.5;

/** Views on what was packed, or built in memory; aligned with the catalogue's slots. */
export interface PackedContent {
  /** Features, ascending: a feature's number is its place here. */
  vocabulary: Uint32Array;
  /** By number; 0 for what only one item has, which likens nobody to anybody. */
  weights: Float32Array;
  /** Numbers of each slot's features, ascending, slot after slot. */
  features: Uint16Array;
  featureEnds: Uint32Array;
  /** By slot: 1 over the length of the vector, 0 without features. */
  scales: Float32Array;
  /** Slots of each number's items, ascending; none of those that are too common. */
  holders: Uint32Array;
  holderEnds: Uint32Array;
}

/** From how many holders on a feature finds no neighbours. */
export const commonFrom = (items: number): number => Math.max(COMMON, items / COMMON_SHARE);

/**
 * The heaviest of a slot's features, ascending, and 1 over their length.
 * @param alone what of its features no other item has adds to the square of the length, see {@link squareAlone}
 */
export function vectorOf(
  numbers: readonly number[],
  weights: ArrayLike<number>,
  alone: number,
): { numbers: number[]; scale: number } {
  let kept = [...new Set(numbers)].filter((number) => (weights[number] as number) > 0);
  if (kept.length > FEATURES_PER_ITEM) {
    kept.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
    kept = kept.slice(0, FEATURES_PER_ITEM);
  }
  kept.sort((a, b) => a - b);
  const square = kept.reduce((sum, number) => sum + (weights[number] as number) ** 2, alone);
  return { numbers: kept, scale: square > 0 ? 1 / Math.sqrt(square) : 0 };
}

/**
 * What a feature that no other item has takes from the likeness to all others. Without it, items that share only what everything shares would be the same;
 * at its full weight, a model number would set twins apart.
 */
export function squareAlone(feature: number, items: number): number {
  return (ALONE_SAY * weightOf(feature, 1, items)) ** 2;
}

/** Takes items in, slot after slot, and packs what they share. */
export function contentCollector() {
  const said = new Numbers((length) => new Uint32Array(length));
  const ends = new Numbers((length) => new Uint32Array(length));
  let length = 0;
  return {
    add(item: Described): void {
      eachFeature(item, (kind, text) => {
        said.add(featureOf(kind, text));
        length++;
      });
      ends.add(length);
    },
    /** @param bandOf a slot's price band, 0 for none */
    pack: (bandOf: (slot: number) => number): PackedContent => packed(said.taken(), ends.taken(), bandOf),
  };
}

const price = (band: number): number => featureOf('price', String(band));

function packed(said: Uint32Array, ends: Uint32Array, bandOf: (slot: number) => number): PackedContent {
  const size = ends.length;
  const featuresAt = (slot: number): Set<number> => {
    const distinct = new Set(said.subarray(slot === 0 ? 0 : ends[slot - 1], ends[slot]));
    const band = bandOf(slot);
    if (band > 0) distinct.add(price(band));
    return distinct;
  };
  /** How many items have a feature; of the only one that has it −1 − its slot. */
  const counts = new Map<number, number>();
  let items = 0;
  for (let slot = 0; slot < size; slot++) {
    const distinct = featuresAt(slot);
    if (distinct.size > 0) items++;
    for (const feature of distinct) {
      const count = counts.get(feature);
      counts.set(feature, count === undefined ? -1 - slot : count < 0 ? 2 : count + 1);
    }
  }
  const vocabulary = chosen(counts);
  const weights = Float32Array.from(vocabulary, (feature) => {
    const count = counts.get(feature) ?? -1;
    return count < 0 ? 0 : weightOf(feature, count, items);
  });
  const numbers = new Map<number, number>();
  for (let number = 0; number < vocabulary.length; number++) numbers.set(vocabulary[number] as number, number);
  const features = new Numbers((room) => new Uint16Array(room));
  const featureEnds = new Uint32Array(size);
  const scales = new Float32Array(size);
  let end = 0;
  for (let slot = 0; slot < size; slot++) {
    const known: number[] = [];
    let alone = 0;
    for (const feature of featuresAt(slot)) {
      const number = numbers.get(feature);
      if ((counts.get(feature) ?? 0) < 0) alone += squareAlone(feature, items);
      else if (number !== undefined) known.push(number);
    }
    const vector = vectorOf(known, weights, alone);
    for (const number of vector.numbers) features.add(number);
    end += vector.numbers.length;
    featureEnds[slot] = end;
    scales[slot] = vector.scale;
  }
  const lists = { vocabulary, weights, features: features.taken(), featureEnds, scales };
  const only = Int32Array.from(vocabulary, (feature) => -1 - Math.min(0, counts.get(feature) ?? 0));
  return { ...lists, ...inverted(lists, only, items) };
}

/** Of too many features the most common, since a rare word helps few; what only one item has is there for others that may follow. */
function chosen(counts: ReadonlyMap<number, number>): Uint32Array {
  const all = [...counts.keys()];
  if (all.length > VOCABULARY) {
    all.sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a - b);
    all.length = VOCABULARY;
  }
  return Uint32Array.from(all).sort();
}

/** @param only by number: the slot of the only item that has it, −1 where there are others */
function inverted(
  { vocabulary, features, featureEnds }: Pick<PackedContent, 'vocabulary' | 'features' | 'featureEnds'>,
  only: Int32Array,
  items: number,
): Pick<PackedContent, 'holders' | 'holderEnds'> {
  const sizes = new Uint32Array(vocabulary.length);
  for (const number of features) sizes[number] = (sizes[number] as number) + 1;
  const limit = commonFrom(items);
  const holderEnds = new Uint32Array(vocabulary.length);
  const next = new Uint32Array(vocabulary.length);
  let end = 0;
  for (let number = 0; number < sizes.length; number++) {
    next[number] = end;
    const held = (only[number] as number) < 0 ? (sizes[number] as number) : 1;
    if (held <= limit) end += held;
    holderEnds[number] = end;
  }
  const holders = new Uint32Array(end);
  for (let number = 0; number < only.length; number++)
    if ((only[number] as number) >= 0) holders[next[number] as number] = only[number] as number;
  let at = 0;
  for (let slot = 0; slot < featureEnds.length; slot++) {
    for (; at < (featureEnds[slot] as number); at++) {
      const number = features[at] as number;
      const to = next[number] as number;
      if (to < (holderEnds[number] as number)) {
        holders[to] = slot;
        next[number] = to + 1;
      }
    }
  }
  return { holders, holderEnds };
}
