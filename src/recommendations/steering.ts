import type { Content } from '../catalog/catalogue.ts';
import type { Random } from '../shared/random.ts';
import type { Bars } from './admit.ts';
import type { Caps } from './caps.ts';
import type { StrategyUse } from './find.ts';
import type { Shown } from './page-token.ts';
import type { Rotation } from './rotation.ts';
import type { AlternativeTerms } from './strategies/alternatives.ts';

/** A rule that multiplies scores, as far as it holds for this visitor at this moment. */
export interface Boost {
  key: string;
  /** Above 0; below 1 it buries. */
  factor: number;
  holds(slot: number): boolean;
}

/** A rule that gives an item a place. */
export interface Pin {
  key: string;
  /** From 1, counted from the first page on. */
  at: number;
  holds(slot: number): boolean;
  /** The slots that it holds for, in the catalogue's order. */
  slots(): readonly number[];
}

/** Items that are paid for: they take a share of the places, spread evenly, and no more. */
export interface Promoted {
  /** Of the places, 0 to 1. */
  share: number;
  holds(slot: number): boolean;
  slots(): readonly number[];
}

export type Relevance = 'low' | 'medium' | 'high';

/** What one placement is asked for, config and request taken together. */
export interface Ask {
  count: number;
  strategies: readonly StrategyUse[];
  /** Where others lead: the placement's own strategies, which, mixed, fill what is missing before the fallbacks. */
  usual: readonly StrategyUse[];
  /** Strategies that fill what is missing, in this order. */
  fallback: readonly string[];
  seen: 'hide' | 'allow' | 'hideCurrent';
  alternatives: AlternativeTerms;
  bars: Bars;
  boosts: readonly Boost[];
  pins: readonly Pin[];
  promoted: Promoted | null;
  caps: Caps;
  /** 0 to 1. */
  diversity: number;
  alike: Pick<Content, 'similarity'>;
  rotation: Rotation | null;
  minimumRelevance: Relevance | null;
  /** Share of the places shown that go to little-known items by chance, 0 to 1: at most one in an answer. */
  explore: number;
  /** What earlier pages of the same list have shown. */
  before: Shown;
  random: Random;
}
