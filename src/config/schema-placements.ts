import * as z from 'zod';
import { ItemId } from '../events/schema.ts';
import { BUYERS_HOURS } from '../learning/buyers.ts';
import { PERIOD_DAYS } from '../learning/tagged.ts';
import { UNKNOWN_PERSONA } from '../personas/schema.ts';
import { REASON_CODES, type ReasonCode } from '../recommendations/schema.ts';
import { Condition } from '../targeting/schema.ts';
import { ItemField, isInOrder, Key, named, Share, strict, Text, When } from './schema-common.ts';

/** The ways in which candidates are found. */
export const STRATEGIES = [
  'for_you',
  'also_viewed',
  'bought_together',
  'complete_the_basket',
  'similar',
  'alternatives',
  'trending',
  'bestsellers',
  'new_arrivals',
  'recently_viewed',
  'buy_again',
  'because_you_viewed',
  'recently_bought_by_others',
  'basket_filler',
  'handpicked',
] as const;

export const StrategyName = z.enum(STRATEGIES, {
  error: (issue) =>
    typeof issue.input === 'string'
      ? `there is no strategy "${issue.input.slice(0, 60)}"; there are ${STRATEGIES.join(', ')}`
      : `the name of a strategy is expected; there are ${STRATEGIES.join(', ')}`,
});
export type StrategyName = z.infer<typeof StrategyName>;

/** The strategies that may be asked for a period, and how many days it may have: further back, orders are not kept by the day. */
export const MOST_DAYS: Readonly<Partial<Record<StrategyName, number>>> = {
  bestsellers: PERIOD_DAYS,
  new_arrivals: 3650,
};

const BY_OTHERS = 'recently_bought_by_others';

export const StrategyUse = strict({
  strategy: StrategyName,
  /** Its share in the blend, relative to the others. 1 when absent. */
  weight: z.number().min(0).max(1000).optional(),
  /** Of `handpicked`: which. */
  items: z.array(ItemId).max(100).optional(),
  /** The period, of the strategies in {@link MOST_DAYS}. */
  days: z.number().int('whole days').min(1).max(3650).optional(),
  /** Of `because_you_viewed`: which of several rows. When absent, the n-th placement of a request that uses it is the n-th row. */
  row: z.number().int().min(1).max(10).optional(),
  /** Of `recently_bought_by_others`: the window, at most the shop's own (`recentlyBought.hours`). */
  hours: z.number().int('whole hours').min(1).max(BUYERS_HOURS).optional(),
})
  .refine((use) => use.strategy !== 'handpicked' || (use.items ?? []).length > 0, {
    path: ['items'],
    message: 'handpicked needs the itemIds that were picked',
  })
  .refine((use) => use.days === undefined || use.days <= (MOST_DAYS[use.strategy] ?? 0), {
    path: ['days'],
    error: ({ input }) => daysRefused((input as { strategy: StrategyName }).strategy),
  })
  .refine((use) => use.hours === undefined || use.strategy === BY_OTHERS, {
    path: ['hours'],
    message: `only ${BY_OTHERS} has a window of hours`,
  });

function daysRefused(strategy: StrategyName): string {
  const most = MOST_DAYS[strategy];
  return most === undefined
    ? `${strategy} has no period; these have: ${Object.keys(MOST_DAYS).join(', ')}`
    : `the period of ${strategy} is at most ${most} days`;
}

export const Rule = strict({
  key: Key,
  when: Condition.optional(),
  /** A condition on the item's own fields. */
  items: Condition,
  do: z.enum(['boost', 'bury', 'pin', 'hide']),
  by: z.number().gt(0).max(1000).optional(),
  at: z.number().int().min(1).max(100).optional(),
  from: When.nullable().optional(),
  until: When.nullable().optional(),
})
  .refine((rule) => rule.by === undefined || rule.do === 'boost' || rule.do === 'bury', {
    path: ['by'],
    message: 'only boost and bury have a factor',
  })
  .refine((rule) => rule.at === undefined || rule.do === 'pin', { path: ['at'], message: 'only pin has a position' })
  .refine((rule) => isInOrder(rule.from, rule.until), { path: ['until'], message: 'ends before it begins' });

export function areDistinctRules(rules: readonly { key: string }[]): boolean {
  return new Set(rules.map((rule) => rule.key)).size === rules.length;
}

const cap = z.number().int().min(1).max(100).nullable().optional();

/** How a placement, or a request for one, steers what is shown: the same names in both. */
export const STEERING = {
  seen: z.enum(['hide', 'allow', 'hideCurrent']).optional(),
  bought: z.enum(['hide', 'allow']).optional(),
  outOfStock: z.enum(['hide', 'allow']).optional(),
  /** Must have another value than the page's item, or the same, in each of these fields; of fields with several values, none or one in common. */
  differentFrom: z.array(ItemField).max(10).optional(),
  sameAs: z.array(ItemField).max(10).optional(),
  /** Most items of one brand, one category (the innermost level of an item's last one) or one `groupId`. */
  caps: strict({ brand: cap, category: cap, group: cap }).optional(),
  /** 0 (by score alone) to 1 (nothing like what is shown): a score is multiplied by `1 − diversity · likeness` to the most alike item before it. */
  diversity: Share.optional(),
  /** Recently shown items yield; see `rotationOf`. */
  rotation: strict({ rate: Share, hours: z.number().gt(0).max(8760) })
    .nullable()
    .optional(),
  /** The least relevance (0.05, 0.2, 0.5; see `LEAST_RELEVANCE`): an item below it is not shown, even if places stay empty. */
  minimumRelevance: z.enum(['low', 'medium', 'high']).nullable().optional(),
  /** Share of all places that go to little-known items by chance, at most one in an answer. */
  explore: Share.optional(),
};

/**
 * When an item stands in for the page's (strategy `alternatives`): `hard` never differs, `soft` is traded, the first counting most. A hard field is `same` (a
 * value in common), `within` (nothing that the original has not: allergens) or `covers` (everything that it has: what it fits).
 */
export const Alternatives = strict({
  hard: z
    .array(z.union([ItemField, strict({ field: ItemField, as: z.enum(['same', 'within', 'covers']) })]))
    .max(20)
    .optional(),
  soft: z.array(ItemField).max(20).optional(),
});
export type Alternatives = z.infer<typeof Alternatives>;

/**
 * What leads where the page's item cannot be had where the visitor is; what the placement shows otherwise fills the rest. Without strategies
 * `alternatives`, without a title a sentence of ours.
 */
const WhenSoldOut = strict({
  title: Text.optional(),
  strategies: z
    .array(StrategyUse)
    .min(1, 'name a strategy, or leave it out: then it is alternatives')
    .max(15)
    .optional(),
});

/** Items that are paid for take this share of the places (rounded down), spread evenly, and no more. */
export const Promoted = strict({ items: Condition, share: Share });

export const PlacementInput = strict({
  title: Text.optional(),
  count: z.number().int().min(1, 'count is from 1 to 100').max(100, 'count is from 1 to 100').optional(),
  strategies: z.array(StrategyUse).max(15).optional(),
  fallback: z.array(StrategyName).max(15).optional(),
  whenSoldOut: WhenSoldOut.nullable().optional(),
  ...STEERING,
  filter: Condition.nullable().optional(),
  alternatives: Alternatives.optional(),
  rules: z.array(Rule).max(200).refine(areDistinctRules, 'two rules have the same key').optional(),
  promoted: Promoted.nullable().optional(),
});
export type PlacementInput = z.infer<typeof PlacementInput>;

export const Placements = named(PlacementInput);

/** The shop's own words, by locale. A reason that is not named keeps its own sentence; one that is empty is not said. */
export const Texts = strict({
  reasons: strict(
    Object.fromEntries(REASON_CODES.map((code) => [code, Text.optional()])) as Record<
      ReasonCode,
      z.ZodOptional<typeof Text>
    >,
  ).optional(),
});

const Signal = strict({
  condition: Condition,
  /** Log-odds that the condition adds when it holds; negative speaks against the persona. */
  weight: z.number().min(-20).max(20),
});

export const PersonaInput = strict({
  name: Text.optional(),
  minimumConfidence: Share.optional().describe('Below it the persona is not assigned; 0.4 unless it says otherwise'),
  hysteresis: Share.optional().describe(
    'By how much another persona must be surer, in two consecutive updates, before it takes the place of this one; 0.1',
  ),
  signals: z.array(Signal).max(100).optional(),
  prior: z.array(Signal).max(100).optional().describe('What speaks for it of somebody new; it fades as more is known'),
});
export type PersonaInput = z.infer<typeof PersonaInput>;

export const Personas = named(PersonaInput).refine((all) => !Object.hasOwn(all, UNKNOWN_PERSONA), {
  path: [UNKNOWN_PERSONA],
  message: `"${UNKNOWN_PERSONA}" is what visitors are called who are none of these`,
});
