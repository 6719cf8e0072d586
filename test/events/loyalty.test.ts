import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../src/config/check.ts';
import { loyaltyFacts } from '../../src/decide/loyalty-facts.ts';
import { keptTraits, loyaltyTraitOf } from '../../src/events/loyalty.ts';

describe('what traits say of loyalty', () => {
  test.each([
    ['Smile VIP Tier Name', 'loyaltyTier'],
    ['Smile VIP Tier ID', null],
    ['Smile Points Balance', 'loyaltyPoints'],
    ['Smile State', 'loyaltyStatus'],
    ['Okendo Loyalty VIP Tier', 'loyaltyTier'],
    ['Okendo Loyalty Points Balance', 'loyaltyPoints'],
    ['Okendo Loyalty Program Status', 'loyaltyStatus'],
    ['Okendo Loyalty Points Expiry Date', 'loyaltyExpiresAt'],
    ['$easypoints_tier_current_tier_name', 'loyaltyTier'],
    ['$easypoints_point_balance', 'loyaltyPoints'],
    ['$easypoints_points_expiration', 'loyaltyExpiresAt'],
    ['wv_member_tier_name', 'loyaltyTier'],
    ['wv_member_status', 'loyaltyStatus'],
    ['points_tally', 'loyaltyPoints'],
    ['loyalty_status', 'loyaltyStatus'],
    ['vip_tier.name', 'loyaltyTier'],
    ['points_expire_at', 'loyaltyExpiresAt'],
    ['loyalty_points_balance', 'loyaltyPoints'],
    ['loyalty_rank_name', 'loyaltyTier'],
    ['loyaltyTier', 'loyaltyTier'],
    ['loyaltyPoints', 'loyaltyPoints'],
    ['membershipLevel', 'loyaltyTier'],
    ['tier', null],
    ['points', null],
    ['status', null],
    ['loyalty_referral_code', null],
    ['loyalty', null],
    ['frontier', null],
  ])('%s: %s', (name, trait) => {
    expect(loyaltyTraitOf(name)).toBe(trait);
  });

  test.each<[what: string, stated: Record<string, unknown>, allowed: string[], kept: Record<string, unknown>]>([
    [
      'an object',
      { loyalty: { tier: 'gold', points: 1200, coins: 3 } },
      ['loyalty'],
      { loyaltyTier: 'gold', loyaltyPoints: 1200 },
    ],
    ['an object in it', { loyalty: { tier: { id: 7, name: 'Gold' } } }, ['loyalty'], { loyaltyTier: 'Gold' }],
    [
      'flat names, of which the shop keeps whatever says it',
      { vip_tier: 'gold', age: 3 },
      ['loyalty'],
      { loyaltyTier: 'gold' },
    ],
    [
      'a flat name that the shop names itself',
      { vip_tier: 'gold', points_tally: 9 },
      ['vip_tier'],
      { vip_tier: 'gold', loyaltyTier: 'gold' },
    ],
    [
      'a part of it that the shop names',
      { loyalty: { tier: 'gold', points: 4 } },
      ['loyaltyPoints'],
      { loyaltyPoints: 4 },
    ],
    ['nothing that the shop does not keep', { loyalty: { tier: 'gold' }, vip_tier: 'gold' }, ['age'], {}],
    [
      'a name rather than an id',
      { wv_member_tier_name: 'Gold', wv_member_tier: '7' },
      ['loyalty'],
      { loyaltyTier: 'Gold' },
    ],
    ['points that are written as text', { loyalty: { points: '1200' } }, ['loyalty'], { loyaltyPoints: 1200 }],
    ['no points that are no number', { loyalty: { points: 'many', tier: true } }, ['loyalty'], {}],
    ['what is taken back', { loyalty: { tier: null } }, ['loyalty'], { loyaltyTier: '' }],
  ])('%s', (_what, stated, allowed, kept) => {
    expect(keptTraits(stated, allowed)).toEqual(kept);
  });

  test('is a fact as far as it was stated', () => {
    const now = Date.UTC(2026, 10, 22);
    const nothing = { tier: null, points: null, status: null, daysToExpiry: null };
    expect(loyaltyFacts({}, now)).toEqual(nothing);
    expect(loyaltyFacts({ loyaltyTier: '', loyaltyPoints: '', loyaltyExpiresAt: 'soon' }, now)).toEqual(nothing);
    expect(loyaltyFacts({ loyaltyPoints: 0, loyaltyExpiresAt: '2026-11-29' }, now)).toEqual({
      ...nothing,
      points: 0,
      daysToExpiry: 7,
    });
  });

  const config = (condition: object, traits: string[]) => ({
    identity: { traits },
    messages: { gold: { placement: 'home', audience: condition, content: { en: { text: 'Hello' } } } },
  });

  test.each([
    [
      'loyalty.tier',
      [],
      'no trait is kept that says loyalty.tier, so it is always unknown; name "loyalty" in identity.traits',
    ],
    ['loyalty.daysToExpiry', ['vip_tier'], 'no trait is kept that says loyalty.daysToExpiry'],
  ])('a condition on %s is warned of where %j is all that is kept', (fact, traits, says) => {
    const { warnings } = checkConfig(config({ [fact]: { $exists: true } }, traits));
    expect(warnings).toContainEqual({
      path: `messages.gold.audience.${fact}`,
      message: expect.stringContaining(says),
    });
  });

  test.each([
    ['loyalty.tier', ['Smile VIP Tier Name']],
    ['loyalty.points', ['loyalty']],
    ['loyalty.daysToExpiry', ['points_expire_at']],
  ])('a condition on %s is not where %j is kept', (fact, traits) => {
    expect(checkConfig(config({ [fact]: { $exists: true } }, traits)).warnings).toEqual([]);
  });

  test('a range without $exists is warned of, and an unknown fact refused with the one that was meant', () => {
    const { warnings } = checkConfig(config({ 'loyalty.points': { $lt: 100 } }, ['loyalty']));
    expect(warnings).toMatchObject([{ message: expect.stringContaining('$exists') }]);
    const { issues } = checkConfig(config({ 'loyalty.level': 'gold' }, ['loyalty']));
    expect(issues).toMatchObject([{ message: expect.stringContaining('loyalty.') }]);
  });
});
