import { DAY_MS } from '../shared/decay.ts';
import type { Profile } from '../visitors/schema.ts';

/** What was stated of the visitor's place in the shop's programme of loyalty; null where it was not, or was taken back. */
export interface LoyaltyFacts {
  tier: string | null;
  points: number | null;
  status: string | null;
  /** Below 0: they have expired. */
  daysToExpiry: number | null;
}

/** @param now epoch milliseconds */
export function loyaltyFacts(traits: Profile['traits'], now: number): LoyaltyFacts {
  const textOf = (name: string): string | null => {
    const value = traits[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const points = traits.loyaltyPoints;
  const expiresAt = Date.parse(textOf('loyaltyExpiresAt') ?? '');
  return {
    tier: textOf('loyaltyTier'),
    points: typeof points === 'number' ? points : null,
    status: textOf('loyaltyStatus'),
    daysToExpiry: Number.isNaN(expiresAt) ? null : (expiresAt - now) / DAY_MS,
  };
}
