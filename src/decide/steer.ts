import { resolveCaps, resolveRule, resolveStrategies } from '../config/defaults.ts';
import type { Placement } from '../config/schema.ts';
import type { Bars, SlotTest, Unmet } from '../recommendations/admit.ts';
import { isShared, isStated, itemField, pathReader } from '../recommendations/item-field.ts';
import { readToken, type Shown, shownBefore } from '../recommendations/page-token.ts';
import { type Rotation, rotationOf } from '../recommendations/rotation.ts';
import { isPageSoldOut, keyOfItem } from '../recommendations/situation.ts';
import { factsOf, type SlotCondition, slotCondition } from '../recommendations/slot-condition.ts';
import type { Ask, Boost, Pin, Promoted } from '../recommendations/steering.ts';
import { seededRandom } from '../shared/random.ts';
import { compileCondition } from '../targeting/compile.ts';
import type { Condition, Facts } from '../targeting/schema.ts';
import { type CompiledRule, compileRule, steeringOf } from './compiled.ts';
import type { Stage } from './place.ts';
import type { PlacementRequest } from './schema.ts';

const NOBODY: ReadonlySet<number> = new Set();

/** The placement as this request wants it: what the request says counts before the config; filters and rules of both hold. */
function overridden(placement: Placement, asked: PlacementRequest, timeZone: string): Placement {
  const { strategies, caps, rules } = asked;
  const said = {
    count: asked.count ?? placement.count,
    fallback: asked.fallback ?? placement.fallback,
    seen: asked.seen ?? placement.seen,
    bought: asked.bought ?? placement.bought,
    outOfStock: asked.outOfStock ?? placement.outOfStock,
    sameAs: asked.sameAs ?? placement.sameAs,
    differentFrom: asked.differentFrom ?? placement.differentFrom,
    diversity: asked.diversity ?? placement.diversity,
    rotation: asked.rotation === undefined ? placement.rotation : asked.rotation,
    minimumRelevance: asked.minimumRelevance === undefined ? placement.minimumRelevance : asked.minimumRelevance,
    explore: asked.explore ?? placement.explore,
    promoted: asked.promoted === undefined ? placement.promoted : asked.promoted,
  };
  return {
    ...placement,
    ...said,
    ...(caps === undefined ? {} : { caps: resolveCaps(caps) }),
    ...(strategies === undefined ? {} : { strategies: resolveStrategies(strategies) }),
    rules: (rules ?? []).map((rule) => resolveRule(rule, timeZone)),
  };
}

/** What leads in a placement instead of its own strategies, since the page's item is sold out; null: nothing does. What a request itself asks for stands. */
export function soldOutLead(
  { whenSoldOut }: Pick<Placement, 'whenSoldOut'>,
  { strategies }: Pick<PlacementRequest, 'strategies'>,
  situation: Parameters<typeof isPageSoldOut>[0],
): Placement['whenSoldOut'] {
  return strategies === undefined && whenSoldOut !== null && isPageSoldOut(situation) ? whenSoldOut : null;
}

/** The rules of config and request that hold for this visitor at this moment. */
function rulesInForce(stage: Stage, placement: Placement): CompiledRule[] {
  const { scene } = stage;
  const { now } = scene;
  const all = [...steeringOf(scene.config, placement.key).rules, ...placement.rules.map(compileRule)];
  return all.filter(
    ({ when, from, until }) =>
      (from === null || from <= now) && (until === null || now < until) && (when === null || when(stage.facts)),
  );
}

function asSlotTests(stage: Stage, condition: SlotCondition) {
  const { catalogue } = stage.scene;
  const { market } = stage.situation;
  return {
    holds: (slot: number) => condition.holds(catalogue, slot, market),
    slots: () => condition.matches(catalogue, market),
  };
}

/** What must be as with the page's item, or different. A field that the page's item does not state asks for nothing. */
function besideTests(stage: Stage, { sameAs, differentFrom }: Placement): SlotTest[] {
  const { catalogue, page } = stage.scene;
  const beside = page.itemId === undefined ? -1 : catalogue.indexOf(page.itemId);
  if (beside < 0) return [];
  const testOf = (path: string, isSame: boolean): SlotTest[] => {
    const read = itemField(path, catalogue, stage.situation.market);
    const there = read(beside);
    if (!isStated(there)) return [];
    return [
      {
        reason: isSame ? 'same_as' : 'different_from',
        why: (slot) => [{ field: path, asked: there, found: read(slot) ?? null }],
        passes: (slot) => isShared(read(slot), there) === isSame,
      },
    ];
  };
  return [...sameAs.flatMap((path) => testOf(path, true)), ...differentFrom.flatMap((path) => testOf(path, false))];
}

/** Those parts of a condition that do not hold. */
function unmetBy(condition: Condition, facts: Facts): Unmet[] {
  return Object.entries(condition)
    .filter(([field, asked]) => !compileCondition({ [field]: asked })(facts))
    .map(([field, asked]) => ({ field, asked, found: pathReader(field)(facts) ?? null }));
}

function testsOf(stage: Stage, { placement, asked, rules }: Steered): SlotTest[] {
  const configured = steeringOf(stage.scene.config, placement.key).filter;
  const filters = [
    { filter: configured, condition: placement.filter },
    { filter: asked.filter === undefined ? null : slotCondition(asked.filter), condition: asked.filter ?? null },
  ];
  const hiding = rules.filter((rule) => rule.do === 'hide');
  return [
    ...filters.flatMap(({ filter, condition }): SlotTest[] =>
      filter === null
        ? []
        : [
            {
              reason: 'filter',
              why: (slot) => unmetBy(condition ?? {}, factsOf(stage.scene.catalogue, slot, stage.situation.market)),
              passes: asSlotTests(stage, filter).holds,
            },
          ],
    ),
    ...hiding.map(({ key, items }): SlotTest => {
      const { holds } = asSlotTests(stage, items);
      return { reason: `rule:${key}`, why: () => [], passes: (slot) => !holds(slot) };
    }),
    ...besideTests(stage, placement),
  ];
}

/** What a placement is to be filled by: its config as the request wants it, the request, and the rules in force. */
interface Steered {
  placement: Placement;
  asked: PlacementRequest;
  rules: readonly CompiledRule[];
}

function barsOf(stage: Stage, steered: Steered): Bars {
  const { scene, situation } = stage;
  const { seen, bought, outOfStock } = steered.placement;
  return {
    catalogue: scene.catalogue,
    market: situation.market,
    excluded: new Set((steered.asked.exclude ?? []).map((itemId) => keyOfItem(scene.catalogue, itemId))),
    cart: stage.inCart,
    current: seen === 'allow' ? null : situation.page.key,
    seen: seen === 'hide' ? situation.seen : NOBODY,
    bought: bought === 'hide' ? stage.bought : NOBODY,
    hidden: stage.hidden,
    onlyAvailable: outOfStock === 'hide',
    tests: testsOf(stage, steered),
  };
}

function boostsOf(stage: Stage, rules: readonly CompiledRule[]): Boost[] {
  return rules.flatMap((rule) =>
    rule.do === 'boost' || rule.do === 'bury'
      ? [
          {
            key: rule.key,
            factor: rule.do === 'boost' ? rule.by : 1 / rule.by,
            holds: asSlotTests(stage, rule.items).holds,
          },
        ]
      : [],
  );
}

function pinsOf(stage: Stage, rules: readonly CompiledRule[]): Pin[] {
  return rules.flatMap(({ key, at, items, do: does }) =>
    does === 'pin' ? [{ key, at, ...asSlotTests(stage, items) }] : [],
  );
}

function promotedOf(stage: Stage, { promoted, key }: Placement, asked: PlacementRequest): Promoted | null {
  if (promoted === null) return null;
  const condition = asked.promoted ? slotCondition(promoted.items) : steeringOf(stage.scene.config, key).promoted;
  if (condition === null) return null;
  return { share: promoted.share, ...asSlotTests(stage, condition) };
}

function rotating(stage: Stage, { rotation }: Placement): Rotation | null {
  const shown = stage.scene.asker.profile?.shown ?? [];
  if (rotation === null || rotation.rate === 0 || shown.length === 0) return null;
  const byKey = new Map(shown.map((one) => [keyOfItem(stage.scene.catalogue, one.itemId), one]));
  return rotationOf(byKey, { ...rotation, now: stage.scene.now });
}

/** What earlier pages have shown; on a first page nothing, and a new seed for what is left to chance. */
function before(stage: Stage, { next }: PlacementRequest): Shown {
  const earlier = next === undefined ? null : readToken(next);
  return earlier ?? shownBefore(Math.floor(stage.random() * 2 ** 32));
}

/** Everything that a placement is to be filled by, config and request taken together. */
export function askOf(stage: Stage, configured: Placement, asked: PlacementRequest): Ask {
  const placement = overridden(configured, asked, stage.scene.config.shop.timeZone);
  const rules = rulesInForce(stage, placement);
  const earlier = before(stage, asked);
  const lead = soldOutLead(configured, asked, stage.situation);
  const inRow = (uses: Placement['strategies']) =>
    uses.map((use) => ({ ...use, row: use.row ?? stage.rows.get(configured.key) ?? 1 }));
  return {
    count: placement.count,
    strategies: inRow(lead === null ? placement.strategies : lead.strategies),
    usual: lead === null ? [] : inRow(placement.strategies),
    fallback: placement.fallback,
    seen: placement.seen,
    alternatives: placement.alternatives,
    bars: barsOf(stage, { placement, asked, rules }),
    boosts: boostsOf(stage, rules),
    pins: pinsOf(stage, rules),
    promoted: promotedOf(stage, placement, asked),
    caps: placement.caps,
    diversity: placement.diversity,
    alike: stage.situation.content,
    rotation: rotating(stage, placement),
    minimumRelevance: placement.minimumRelevance,
    explore: placement.explore,
    before: earlier,
    random: seededRandom((earlier.seed + earlier.count) >>> 0),
  };
}
