/** What a kind of simulated shopper is drawn to. */
export interface Taste {
  key: string;
  /** Share of all shoppers; the shares need not add up to 1. */
  share: number;
  /** Pull of each category, by slug; those not named pull a little. */
  categories: Record<string, number>;
  /** How much more a reduced thing pulls. */
  likesSales: number;
  /** How much more a thing that makes a present pulls. */
  likesGifts: number;
  /** How readily something is put into the basket. */
  buys: number;
}

export const TASTES: readonly Taste[] = [
  {
    key: 'cook',
    share: 0.28,
    categories: { tableware: 2, cookware: 4, pantry: 4, 'tea-and-coffee': 1, linen: 0.5 },
    likesSales: 1,
    likesGifts: 0.8,
    buys: 1.1,
  },
  {
    key: 'gardener',
    share: 0.26,
    categories: { 'garden-tools': 4, seeds: 4, pots: 3, bath: 0.4 },
    likesSales: 1,
    likesGifts: 0.8,
    buys: 1.1,
  },
  {
    key: 'nester',
    share: 0.2,
    categories: { linen: 4, candles: 3.5, bath: 3, 'tea-and-coffee': 1.2, pots: 0.6 },
    likesSales: 1.1,
    likesGifts: 1,
    buys: 1,
  },
  {
    key: 'tea-drinker',
    share: 0.12,
    categories: { 'tea-and-coffee': 5, tableware: 1.5, pantry: 1.5, candles: 0.6 },
    likesSales: 1,
    likesGifts: 1,
    buys: 1.2,
  },
  {
    key: 'gift-hunter',
    share: 0.09,
    categories: { candles: 2, bath: 2, tableware: 1.5, 'garden-tools': 1.2, linen: 1, 'tea-and-coffee': 1.2 },
    likesSales: 0.8,
    likesGifts: 7,
    buys: 1.3,
  },
  {
    key: 'bargain-hunter',
    share: 0.05,
    categories: { tableware: 1, cookware: 1, linen: 1, candles: 1, bath: 1, 'garden-tools': 1, seeds: 1, pots: 1 },
    likesSales: 12,
    likesGifts: 1,
    buys: 0.9,
  },
];
