/**
 * What programmes of loyalty say of a customer, under the names that they give it in traits: Smile ("Smile VIP Tier Name", "Smile Points Balance", "Smile State"),
 * Okendo ("Okendo Loyalty VIP Tier", …), Rivo (`vip_tier: { name }`, `points_tally`, `loyalty_status`, `points_expire_at`), easyPoints, OMNI (`wv_…`), Voucherify
 * and Google (`loyalty_tier`, `point_balance`), Adobe's `loyalty: { tier, points, status }`. Pure.
 */

/** Under what it is kept as a trait, whatever it was called. */
export const LOYALTY = ['loyaltyTier', 'loyaltyPoints', 'loyaltyStatus', 'loyaltyExpiresAt'] as const;
type LoyaltyTrait = (typeof LOYALTY)[number];

/** The name in `identity.traits` that lets all of it be kept. */
export const LOYALTY_TRAIT = 'loyalty';

type Stated = string | number | boolean;

const BRAND = /^(?:smile|okendo|loyaltylion|yotpo|swell|rivo|easypoints|wv)/;
const OWN: readonly (readonly [LoyaltyTrait, RegExp])[] = [
  ['loyaltyTier', /^(?:vip|member|membership)(?:tier|level)(?:name)?$|^tiercurrenttiername$/],
  ['loyaltyPoints', /^(?:points?(?:balance|tally)|rewardpoints)$/],
  ['loyaltyStatus', /^member(?:ship)?status$/],
  ['loyaltyExpiresAt', /^points?expir(?:esat|eat|y|ydate|ation)$/],
];
/** What is said of loyalty by such short names only together with the word, or the name of a programme. */
const BESIDE: readonly (readonly [LoyaltyTrait, RegExp])[] = [
  ['loyaltyTier', /^(?:tier|level|rank)(?:name)?$/],
  ['loyaltyPoints', /^(?:points|balance)$/],
  ['loyaltyStatus', /^(?:program)?(?:status|state)$/],
  ['loyaltyExpiresAt', /^expir(?:esat|eat|y|ydate|ation)$/],
];

/** What a trait says of loyalty, by its name; null: nothing. @example loyaltyTraitOf('Smile VIP Tier Name') // 'loyaltyTier' */
export function loyaltyTraitOf(name: string): LoyaltyTrait | null {
  const letters = name.toLowerCase().replace(/[^a-z]/g, '');
  const bare = letters.replace(BRAND, '').replace(/^loyalty/, '');
  const isNamed = bare !== letters;
  return [...OWN, ...(isNamed ? BESIDE : [])].find(([, pattern]) => pattern.test(bare))?.[0] ?? null;
}

/** A value as it is kept; undefined where it is none of its kind. An empty text takes back what was stated before. */
function keptAs(trait: LoyaltyTrait, value: unknown): Stated | undefined {
  if (value === null || value === '') return '';
  if (trait === 'loyaltyPoints') {
    const points = typeof value === 'string' ? Number(value) : value;
    return typeof points === 'number' && Number.isFinite(points) ? points : undefined;
  }
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.slice(0, 200) : undefined;
}

function* leavesOf(stated: Readonly<Record<string, unknown>>, path = '', depth = 0): Generator<[string, unknown]> {
  for (const [name, value] of Object.entries(stated)) {
    const whole = path === '' ? name : `${path}.${name}`;
    if (typeof value !== 'object' || value === null) yield [whole, value];
    else if (depth < 2 && !Array.isArray(value)) yield* leavesOf(value as Record<string, unknown>, whole, depth + 1);
  }
}

/** What traits say of loyalty, also in an object such as `loyalty: { tier, points }`. Of several that say the same, one that ends in "name" counts before an id. */
export function loyaltyIn(stated: Readonly<Record<string, unknown>>): Partial<Record<LoyaltyTrait, Stated>> {
  const found: Partial<Record<LoyaltyTrait, Stated>> = {};
  const named = new Set<LoyaltyTrait>();
  for (const [name, value] of leavesOf(stated)) {
    const trait = loyaltyTraitOf(name);
    const kept = trait === null ? undefined : keptAs(trait, value);
    if (trait === null || kept === undefined || named.has(trait)) continue;
    found[trait] = kept;
    if (/name$/i.test(name)) named.add(trait);
  }
  return found;
}

/** The traits that a shop keeps (`identity.traits`), of what was stated. One that says something of loyalty is kept under that name as well. */
export function keptTraits(
  stated: Readonly<Record<string, unknown>>,
  allowed: readonly string[],
): Record<string, Stated> {
  const loyalty = loyaltyIn(stated);
  const named = Object.entries({ ...stated, ...loyalty }).filter(
    (one): one is [string, Stated] => allowed.includes(one[0]) && typeof one[1] !== 'object' && one[1] !== undefined,
  );
  const kept = Object.fromEntries(named);
  return { ...kept, ...(allowed.includes(LOYALTY_TRAIT) ? loyalty : loyaltyIn(kept)) };
}

/** Whether a trait that is held is one of those that the shop keeps. */
export const isKeptTrait = (name: string, allowed: readonly string[]): boolean =>
  allowed.includes(name) || (allowed.includes(LOYALTY_TRAIT) && LOYALTY.some((one) => one === name));

const FEEDS: readonly (readonly [fact: string, LoyaltyTrait])[] = [
  ['loyalty.tier', 'loyaltyTier'],
  ['loyalty.points', 'loyaltyPoints'],
  ['loyalty.status', 'loyaltyStatus'],
  ['loyalty.daysToExpiry', 'loyaltyExpiresAt'],
];

/** Whether anything that the shop keeps feeds a fact `loyalty.*`. */
export function isLoyaltyKept(fact: string, allowed: readonly string[]): boolean {
  const traits = new Map(FEEDS);
  return allowed.some((name) => name === LOYALTY_TRAIT || loyaltyTraitOf(name) === traits.get(fact));
}
