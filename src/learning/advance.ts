/** The store's own time: the newest event that it knows, and the landmarks that all weights are relative to. */
import { LANDMARK_HALF_LIVES, landmarkFor } from '../shared/decay.ts';
import { type Cards, scale, scaleCounts, TRENDING_HALF_LIFE_MS } from './cards.ts';

/**
 * Makes the store ready for an event: remembers the newest one, and moves the landmarks on where the factor would get large. Landmarks lie 32 half-lives
 * apart, so that everything is multiplied by an exact power of two and the result does not depend on when that happened.
 * @param at epoch milliseconds
 */
export function advance(cards: Cards, at: number): void {
  const { counts, halfLifeMs } = cards;
  if (at > cards.newest) cards.newest = at;
  if (Number.isNaN(cards.landmark)) {
    cards.landmark = landmarkFor(at, halfLifeMs);
    cards.trendingLandmark = landmarkFor(at, TRENDING_HALF_LIFE_MS);
    return;
  }
  if (at - cards.landmark >= LANDMARK_HALF_LIVES * halfLifeMs) {
    const landmark = landmarkFor(at, halfLifeMs);
    const factor = 2 ** -Math.round((landmark - cards.landmark) / halfLifeMs);
    scaleCounts(counts, factor);
    cards.shelf.scale(factor);
    Object.assign(cards.contexts, { sums: null, personaSums: null });
    cards.landmark = landmark;
  }
  if (at - cards.trendingLandmark >= LANDMARK_HALF_LIVES * TRENDING_HALF_LIFE_MS) {
    const landmark = landmarkFor(at, TRENDING_HALF_LIFE_MS);
    const factor = 2 ** -Math.round((landmark - cards.trendingLandmark) / TRENDING_HALF_LIFE_MS);
    scale(counts.trending, counts.size, factor);
    scale(counts.personas.columns[2] ?? counts.trending, counts.personas.size, factor);
    cards.trendingLandmark = landmark;
  }
}
