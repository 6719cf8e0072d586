import * as z from 'zod';
import { ItemId } from '../events/schema.ts';
import { UNKNOWN_PERSONA } from '../personas/schema.ts';
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
export const MOST_DAYS: Readonly<Partial<Record<StrategyName, number>>> = { new_arrivals: 3650 };

export const StrategyUse = strict({
  strategy: StrategyName,
  /** Its share in the blend, relative to the others. 1 when absent. */
  weight: z.number().min(0).max(1000).optional(),
  /** Of `handpicked`: which. */
  items: z.array(ItemId).max(100).optional(),
  /** The period, of the strategies in {@link MOST_DAYS}. */
  days: z.number().int('whole days').min(1).max(3650).optional(),
})
  .refine((use) => use.strategy !== 'handpicked' || (use.items ?? []).length > 0, {
    path: ['items'],
    message: 'handpicked needs the itemIds that were picked',
  })
  .refine((use) => use.days === undefined || use.days <= (MOST_DAYS[use.strategy] ?? 0), {
    path: ['days'],
    error: ({ input }) => daysRefused((input as { strategy: StrategyName }).strategy),
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

function areDistinct(rules: readonly { key: string }[]): boolean {
  return new Set(rules.map((rule) => rule.key)).size === rules.length;
}

export const PlacementInput = strict({
  title: Text.optional(),
  count: z.number().int().min(1, 'count is from 1 to 100').max(100, 'count is from 1 to 100').optional(),
  strategies: z.array(StrategyUse).max(15).optional(),
  fallback: z.array(StrategyName).max(15).optional(),
  seen: z.enum(['hide', 'allow', 'hideCurrent']).optional(),
  bought: z.enum(['hide', 'allow']).optional(),
  outOfStock: z.enum(['hide', 'allow']).optional(),
  filter: Condition.nullable().optional(),
  differentFrom: z.array(ItemField).max(10).optional(),
  sameAs: z.array(ItemField).max(10).optional(),
  rules: z.array(Rule).max(200).refine(areDistinct, 'two rules have the same key').optional(),
  caps: strict({
    brand: z.number().int().min(1).max(100).nullable().optional(),
    category: z.number().int().min(1).max(100).nullable().optional(),
  }).optional(),
  diversity: Share.optional(),
  rotation: strict({ rate: Share, hours: z.number().gt(0).max(8760) })
    .nullable()
    .optional(),
  minimumRelevance: z.enum(['low', 'medium', 'high']).nullable().optional(),
  explore: Share.optional(),
});
export type PlacementInput = z.infer<typeof PlacementInput>;

export const Placements = named(PlacementInput);

const Signal = strict({
  condition: Condition,
  /** Log-odds that the condition adds when it holds; negative speaks against the persona. */
  weight: z.number().min(-20).max(20),
});

export const PersonaInput = strict({
  name: Text.optional(),
  minimumConfidence: Share.optional(),
  hysteresis: Share.optional(),
  signals: z.array(Signal).max(100).optional(),
  prior: z.array(Signal).max(100).optional(),
});
export type PersonaInput = z.infer<typeof PersonaInput>;

export const Personas = named(PersonaInput).refine((all) => !Object.hasOwn(all, UNKNOWN_PERSONA), {
  path: [UNKNOWN_PERSONA],
  message: `"${UNKNOWN_PERSONA}" is what visitors are called who are none of these`,
});
