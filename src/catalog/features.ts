/** What an item is like, as features that items can share. Content similarity is the cosine of these, see `content.ts`. */
import { fnv1a32 } from '../shared/hash.ts';
import type { Catalogue } from './catalogue.ts';
import { slugOf } from './slug.ts';

/** Kinds of features, in the order of the numbers that stand for them. `leaf` is the innermost category once more. */
const FEATURE_KINDS = ['category', 'leaf', 'brand', 'attribute', 'tag', 'price', 'word'] as const;
export type FeatureKind = (typeof FEATURE_KINDS)[number];

/** What a kind counts beside the rarity of the feature: what a thing is before who made it, and both before what it costs. */
const BOOSTS: Readonly<Record<FeatureKind, number>> = {
  category: 0.8,
  leaf: 0.9,
  brand: 0.7,
  attribute: 0.7,
  tag: 0.8,
  price: 0.3,
  word: 1,
};

const KIND_MASK = 7;
/** Longer values are texts, not properties. */
const VALUE_LENGTH = 60;
/** Scripts that are written without spaces: a word of them is read in pairs of characters. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{3,}$/u;

/** What features are made of. */
export interface Described {
  title: string;
  /** Slugs of every level, the innermost last. */
  categories: readonly string[];
  /** '' for none. */
  brand: string;
  attributes?: Readonly<Record<string, unknown>> | undefined;
  tags?: readonly string[] | undefined;
}

/** The kind of a feature by its hash. */
const kindOf = (feature: number): FeatureKind => FEATURE_KINDS[feature & KIND_MASK] ?? 'word';

/** A feature as a 32-bit number: a hash of its text, and in the lowest three bits its kind. */
export function featureOf(kind: FeatureKind, text: string): number {
  return ((fnv1a32(text) & ~KIND_MASK) | FEATURE_KINDS.indexOf(kind)) >>> 0;
}

/**
 * The weight of a feature: inverse document frequency, `ln((N + 1)/df)`, times what its kind counts.
 * @param holders how many items have it, at least 1
 * @param items how many items there are
 */
export function weightOf(feature: number, holders: number, items: number): number {
  return BOOSTS[kindOf(feature)] * Math.log((items + 1) / holders);
}

/**
 * The words of a text: lower case, accents stripped, a plural's `s` too; pairs of characters where words are not spaced.
 * @example wordsOf('Blue Mugs') // ['blue', 'mug']
 */
export function wordsOf(text: string): string[] {
  const slug = slugOf(text);
  return slug === '' ? [] : slug.split('-').flatMap(wordForms);
}

function wordForms(word: string): string[] {
  if (UNSPACED.test(word)) {
    const characters = [...word];
    return characters.slice(1).map((second, i) => `${characters[i]}${second}`);
  }
  return [word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word];
}

/** Tells each feature of an item, some more than once. */
export function eachFeature(of: Described, tell: (kind: FeatureKind, text: string) => void): void {
  for (const slug of of.categories) tell('category', slug);
  const leaf = of.categories.at(-1);
  if (leaf !== undefined) tell('leaf', leaf);
  if (of.brand !== '') tell('brand', of.brand.toLowerCase());
  for (const word of wordsOf(of.title)) tell('word', word);
  for (const tag of of.tags ?? []) tell('tag', tag.toLowerCase());
  const attributes = of.attributes ?? {};
  for (const name of Object.keys(attributes)) {
    const stated = attributes[name];
    for (const value of Array.isArray(stated) ? stated : [stated]) {
      const text = String(value);
      if (text !== '' && text.length <= VALUE_LENGTH) tell('attribute', `${name}=${text.toLowerCase()}`);
    }
  }
}

/** Of an item that was removed. */
export const NOTHING_DESCRIBED: Described = { title: '', categories: [], brand: '' };

export function describedAt(catalogue: Catalogue, slot: number): Described {
  const { attributes, tags } = catalogue.facts(slot);
  return {
    title: catalogue.title(slot),
    categories: catalogue.categories(slot),
    brand: catalogue.brand(slot),
    attributes: attributes as Described['attributes'],
    tags: tags as Described['tags'],
  };
}

/** An item's features, its price band among them. */
export function featuresAt(catalogue: Catalogue, slot: number): Set<number> {
  const features = new Set<number>();
  eachFeature(describedAt(catalogue, slot), (kind, text) => features.add(featureOf(kind, text)));
  const band = catalogue.priceBand(slot);
  if (band > 0) features.add(featureOf('price', String(band)));
  return features;
}

/** The features that a text may name: words of titles, and alone or in pairs categories, brands and tags. */
export function featuresOfText(text: string): number[] {
  const words = slugOf(text).split('-');
  const phrases = [...words, ...words.slice(1).map((word, i) => `${words[i]}-${word}`)];
  const named = phrases.flatMap((phrase) => {
    const spaced = phrase.replace('-', ' ');
    return [
      featureOf('category', phrase),
      featureOf('leaf', phrase),
      featureOf('brand', spaced),
      featureOf('tag', spaced),
    ];
  });
  return [...wordsOf(text).map((word) => featureOf('word', word)), ...named];
}
