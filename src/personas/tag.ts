import { fnv1a32 } from '../shared/hash.ts';

/** What the cards know a persona by: 32 bits of its key, never 0. */
export const personaTag = (key: string): number => fnv1a32(`persona ${key}`) || 1;
