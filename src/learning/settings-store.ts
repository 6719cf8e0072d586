import { resolveConfig } from '../config/defaults.ts';
import type { SiteConfig } from '../config/schema.ts';
import { configStore } from '../config/store.ts';
import { DAY_MS } from '../shared/decay.ts';
import { type Freshness, kvShares } from './publication.ts';
import type { BlendSettings } from './session-learner.ts';

/** What the learner takes from the shop's config. */
export interface Settings extends Freshness, BlendSettings {
  halfLifeMs: number;
  recentlyBought: SiteConfig['recentlyBought'];
  personas: SiteConfig['learning']['personas'];
  variants: 'group' | 'separate';
  readAt: number;
}

const SETTINGS_MS = 30_000;

/** KV `CONFIG`, read again every half minute. */
export function settingsStore(kv: KVNamespace) {
  let held: Settings | null = null;
  return {
    /** Those that were read last, null before. */
    held: () => held,
    /** @param now epoch milliseconds */
    async at(shop: string, now: number): Promise<Settings> {
      if (held !== null && Math.abs(now - held.readAt) < SETTINGS_MS) return held;
      const stored = await configStore(kv).read(shop);
      const { freshness, learning, recentlyBought } = resolveConfig(stored?.config ?? {});
      held = {
        cardsSeconds: freshness.cardsSeconds,
        kvWritesPerDay: kvShares(freshness.kvWritesPerDay).cards,
        halfLifeMs: learning.halfLifeDays * DAY_MS,
        ownClicks: learning.ownClicks,
        recentlyBought,
        personas: learning.personas,
        blend: learning.blend,
        bigBaskets: learning.bigBaskets,
        variants: learning.variants,
        readAt: now,
      };
      return held;
    },
  };
}
