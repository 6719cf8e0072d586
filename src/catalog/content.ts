import { placeIn } from '../shared/sorted.ts';
import type { Alike, Catalogue, Content, SharedFeature } from './catalogue.ts';
import { commonFrom, contentCollector, type PackedContent, squareAlone, vectorOf } from './content-pack.ts';
import {
  describedAt,
  eachFeature,
  type FeatureKind,
  featureOf,
  featuresAt,
  featuresOfText,
  NOTHING_DESCRIBED,
  weightOf,
} from './features.ts';
import { accumulate, begin, gathered, inCommon, largest, mark, marked, READ, unmark } from './near.ts';

/** What content is worked out from. `touched` counts what has been applied; `touchedSince` names the slots. */
export interface ContentSource extends Catalogue {
  readonly touched: number;
  touchedSince(count: number): Iterable<number>;
}

/** Neighbours that are found and kept of an item. */
export const NEIGHBOURS = 48;
/** Items whose neighbours are kept. */
const KEPT = 6_000;
/** Candidates that are compared in full. */
const COMPARED = 72;
const compared = new Float64Array(COMPARED);
/** When so many are found, features that make up only a little of the item are not read for more: who shares nothing else is hardly like it. */
const ENOUGH = 2 * COMPARED;
const LITTLE = 0.25;
/** 2^24 shades of likeness and 2^29 slots fit into a number. */
const SHADES = 16_777_216;
const MOST_SLOTS = 536_870_912;
/** What catalogues say of items since the index was made, at most: features that nobody had before. */
const EXTRA = 4_096;
/** Over so large a part of the index it is made anew, where that is done in an instant. */
const WORN_SHARE = 4;
const REMADE_UP_TO = 8_000;
/** Changed items that are taken in before one answer: a few milliseconds. */
const TAKEN_AT_ONCE = 500;

interface Vector {
  numbers: Uint16Array;
  from: number;
  to: number;
  scale: number;
}

const NOBODY: readonly number[] = [];
const NO_VECTOR: Vector = { numbers: new Uint16Array(0), from: 0, to: 0, scale: 0 };

class ContentIndex implements Content {
  private readonly catalogue: ContentSource;
  private base: PackedContent;
  private weights = new Float32Array(0);
  /** Slots whose features are others than packed. */
  private readonly over = new Map<number, Vector>();
  /** Features that came later, by number from the end of the vocabulary; and those that only one item has so far. */
  private readonly extra = new Map<number, number>();
  private readonly single = new Map<number, number>();
  private readonly joined = new Map<number, number[]>();
  private readonly kept = new Map<number, Alike>();
  /** Slots that have changed and were not taken in yet. */
  private readonly pending = new Set<number>();
  private items = 0;
  private touched = 0;

  constructor(catalogue: ContentSource, base: PackedContent) {
    this.catalogue = catalogue;
    this.base = base;
    this.start(base);
  }

  private start(base: PackedContent): void {
    this.base = base;
    this.weights = new Float32Array(Math.min(65_536, base.vocabulary.length + EXTRA));
    this.weights.set(base.weights);
    this.items = base.scales.reduce((sum, scale) => sum + (scale > 0 ? 1 : 0), 0);
    for (const held of [this.over, this.extra, this.single, this.joined, this.kept, this.pending]) held.clear();
  }

  get bytes(): number {
    const { vocabulary, weights, features, featureEnds, scales, holders, holderEnds } = this.base;
    const lists = [vocabulary, weights, features, featureEnds, scales, holders, holderEnds];
    return lists.reduce((sum, list) => sum + list.byteLength, 0);
  }

  /** Takes in what the catalogue has applied since it was last asked: of very much a part at a time, so that no answer waits for all of it. */
  private follow(): void {
    const { catalogue, pending } = this;
    if (this.touched !== catalogue.touched) {
      for (const slot of catalogue.touchedSince(this.touched)) pending.add(slot);
      this.touched = catalogue.touched;
    }
    if (pending.size === 0) return;
    const made = this.base.scales.length;
    const newer = Math.max(this.over.size + pending.size, catalogue.size - made);
    if (newer * WORN_SHARE > made && catalogue.size <= REMADE_UP_TO) this.remake();
    else for (const slot of [...pending].slice(0, TAKEN_AT_ONCE)) if (pending.delete(slot)) this.take(slot);
  }

  private remake(): void {
    const { catalogue } = this;
    const collector = contentCollector();
    for (let slot = 0; slot < catalogue.size; slot++)
      collector.add(catalogue.isRemoved(slot) ? NOTHING_DESCRIBED : describedAt(catalogue, slot));
    this.start(collector.pack((slot) => (catalogue.isRemoved(slot) ? 0 : catalogue.priceBand(slot))));
  }

  private take(slot: number): void {
    const { numbers, alone } = this.catalogue.isRemoved(slot) ? { numbers: [], alone: 0 } : this.numbersOf(slot);
    const vector = vectorOf(numbers, this.weights, alone);
    const before = this.vector(slot);
    if (isSame(before, vector.numbers) && Math.abs(before.scale - vector.scale) < 1e-4 * vector.scale) return;
    this.kept.clear();
    if (this.over.has(slot))
      for (let i = before.from; i < before.to; i++) {
        const list = this.joined.get(before.numbers[i] ?? 0) ?? [];
        list.splice(list.indexOf(slot), 1);
      }
    this.over.set(slot, {
      numbers: Uint16Array.from(vector.numbers),
      from: 0,
      to: vector.numbers.length,
      scale: vector.scale,
    });
    for (const number of vector.numbers) {
      const list = this.joined.get(number);
      if (list === undefined) this.joined.set(number, [slot]);
      else list.push(slot);
    }
  }

  /** The numbers of a slot's features. What nobody else has is only counted until a second item has it. */
  private numbersOf(slot: number): { numbers: number[]; alone: number } {
    let alone = 0;
    const numbers: number[] = [];
    const joining: number[] = [];
    for (const feature of featuresAt(this.catalogue, slot)) {
      let number = this.numberFor(feature);
      if (number === undefined || this.weights[number] === 0) {
        const first = number === undefined ? this.single.get(feature) : this.base.holders[this.firstHolder(number)];
        if (first === undefined) this.single.set(feature, slot);
        if (first === undefined || first === slot) {
          alone += squareAlone(feature, this.catalogue.size);
          continue;
        }
        number = this.admit(feature, number);
        joining.push(first);
      }
      if (number !== undefined) numbers.push(number);
    }
    for (const first of joining) this.take(first);
    return { numbers, alone };
  }

  private firstHolder(number: number): number {
    return number === 0 ? 0 : (this.base.holderEnds[number - 1] as number);
  }

  private numberFor(feature: number): number | undefined {
    const number = placeIn(this.base.vocabulary, feature);
    return number >= 0 ? number : this.extra.get(feature);
  }

  /** Gives a feature the weight of one that two items have. */
  private admit(feature: number, known: number | undefined): number | undefined {
    const number = known ?? this.base.vocabulary.length + this.extra.size;
    if (number >= this.weights.length) return undefined;
    this.weights[number] = weightOf(feature, 2, this.catalogue.size);
    if (known === undefined) this.extra.set(feature, number);
    return number;
  }

  private vector(slot: number): Vector {
    const over = this.over.get(slot);
    if (over !== undefined) return over;
    const { features, featureEnds, scales } = this.base;
    if (slot >= featureEnds.length) return NO_VECTOR;
    const from = slot === 0 ? 0 : (featureEnds[slot - 1] as number);
    return { numbers: features, from, to: featureEnds[slot] as number, scale: scales[slot] as number };
  }

  similarity(slot: number, other: number): number {
    this.follow();
    const one = this.vector(slot);
    if (slot === other) return one.scale > 0 ? 1 : 0;
    const two = this.vector(other);
    return Math.min(1, inCommon(one, two, this.weights) * (one.scale * two.scale));
  }

  neighbours(slot: number, count: number): Alike {
    this.follow();
    let known = this.kept.get(slot);
    if (known === undefined) {
      known = this.alike(this.vector(slot), this.catalogue.keyOf(slot), slot);
      if (this.kept.size >= KEPT) for (const oldest of this.kept.keys()) if (this.kept.delete(oldest)) break;
    } else this.kept.delete(slot);
    this.kept.set(slot, known);
    return first(known, count);
  }

  about(text: string, count: number): Alike {
    this.follow();
    const numbers = featuresOfText(text).flatMap((feature) => this.numberFor(feature) ?? []);
    const { numbers: kept, scale } = vectorOf(numbers, this.weights, 0);
    const vector = { numbers: Uint16Array.from(kept), from: 0, to: kept.length, scale };
    return first(this.alike(vector, Number.NaN, 0), count);
  }

  /** Reads who has the vector's features, rarest feature first, then compares the best of them in full. */
  private alike(vector: Vector, key: number, seed: number): Alike {
    const { holders, holderEnds } = this.base;
    const limit = commonFrom(this.items);
    const lists: { number: number; square: number; from: number; to: number; joined: readonly number[] }[] = [];
    for (let i = vector.from; i < vector.to; i++) {
      const number = vector.numbers[i] as number;
      const from = number < holderEnds.length ? this.firstHolder(number) : 0;
      const square = (this.weights[number] as number) ** 2;
      lists.push({ number, square, from, to: holderEnds[number] ?? from, joined: this.joined.get(number) ?? NOBODY });
    }
    lists.sort((a, b) => a.to - a.from + a.joined.length - (b.to - b.from + b.joined.length) || a.number - b.number);
    begin();
    let left = READ;
    let rest = lists.reduce((sum, { square }) => sum + square, 0);
    const little = rest * LITTLE;
    for (const { square, from, to, joined } of lists) {
      if (left <= 0 || (rest < little && gathered() >= ENOUGH)) break;
      rest -= square;
      if (joined.length <= limit) left -= accumulate(joined, { from: 0, to: joined.length, left, seed }, square);
      left -= accumulate(holders, { from, to, left, seed }, square, this.over);
    }
    return this.onePerKey(vector, largest(this.base.scales, this.over, COMPARED), key);
  }

  private onePerKey(vector: Vector, near: Uint32Array, own: number): Alike {
    const { catalogue } = this;
    // Likeness and slot in one number: typed arrays sort numbers many times faster than any comparison does.
    const order = compared.subarray(0, near.length);
    mark(vector, this.weights);
    for (let i = 0; i < near.length; i++) {
      const slot = near[i] as number;
      const other = this.vector(slot);
      const likeness = Math.min(1, marked(other) * (vector.scale * other.scale));
      order[i] = Math.round((1 - likeness) * SHADES) * MOST_SLOTS + slot;
    }
    unmark(vector);
    order.sort();
    const keys = new Set([own]);
    const slots: number[] = [];
    const similarities: number[] = [];
    for (const one of order) {
      const shade = Math.floor(one / MOST_SLOTS);
      const similarity = 1 - shade / SHADES;
      if (slots.length === NEIGHBOURS || !(similarity > 0)) break;
      const slot = one - shade * MOST_SLOTS;
      const key = catalogue.keyOf(slot);
      if (keys.has(key) || catalogue.isRemoved(slot)) continue;
      keys.add(key);
      slots.push(slot);
      similarities.push(similarity);
    }
    // Thousands of these are kept: without the room that an array has to grow.
    return { slots: slots.slice(), similarities: similarities.slice() };
  }

  shared(slot: number, other: number): SharedFeature[] {
    this.follow();
    const one = this.vector(slot);
    const two = this.vector(other);
    const theirs = new Set(two.numbers.subarray(two.from, two.to));
    const both = new Set(one.numbers.subarray(one.from, one.to).filter((number) => theirs.has(number)));
    const found: SharedFeature[] = [];
    const tell = (kind: FeatureKind, name: string): void => {
      const number = this.numberFor(featureOf(kind, name)) ?? -1;
      if (!both.delete(number)) return;
      found.push({ kind, name, weight: (this.weights[number] ?? 0) ** 2 * one.scale * two.scale });
    };
    eachFeature(describedAt(this.catalogue, slot), tell);
    tell('price', String(this.catalogue.priceBand(slot)));
    return found.sort((a, b) => b.weight - a.weight);
  }
}

function isSame({ numbers, from, to }: Vector, others: readonly number[]): boolean {
  return to - from === others.length && others.every((number, i) => numbers[from + i] === number);
}

function first(alike: Alike, count: number): Alike {
  const { slots, similarities } = alike;
  return slots.length <= count ? alike : { slots: slots.slice(0, count), similarities: similarities.slice(0, count) };
}

/** The content of a catalogue; it follows the catalogue's changes by itself. @param base what was packed with the catalogue's columns */
export function contentOf(catalogue: ContentSource, base: PackedContent): Content {
  return new ContentIndex(catalogue, base);
}
