import { env } from 'cloudflare:workers';
import { signedIds } from '../../src/http/recommendation-ids.ts';
import { type Issued, itemHash } from '../../src/recommendations/recommendation-id.ts';

/** What a recommendation of some items says, issued now. */
export function issuedFor(itemIds: readonly string[], more: Partial<Issued> = {}): Issued {
  return {
    placement: 'home',
    strategy: 'for_you',
    fallback: false,
    at: Date.now(),
    isSeeded: false,
    isDryRun: false,
    seed: Math.floor(Math.random() * 2 ** 32),
    versions: { config: 1, catalog: 'c1', cards: 'k1' },
    explored: null,
    stamp: null,
    country: null,
    device: null,
    arms: [],
    items: itemIds.map(itemHash),
    ...more,
  };
}

/** An id as the deployment of the tests signs it. */
export async function signed(issued: Issued, shop = 'demo'): Promise<string> {
  return (await signedIds(env, shop, [issued]))?.[0] ?? '';
}
