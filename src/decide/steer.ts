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

/** Card keys as a set; to make one takes time, and most would have nothing in them. */
export const setOf = (keys: readonly number[]): ReadonlySet<number> => (keys.length === 0 ? NOBODY : new Set(keys));

/** What of a placement a request may want otherwise, and what says how. */
type Wanted = Omit<Placement, 'title' | 'whenSoldOut'>;

/** The placement as this request wants it: what the request says counts before the config; filters and rules of both hold. */
function overridden(placement: Placement, asked: PlacementRequest, timeZone: string): Wanted {
  const { strategies, caps, rules } = asked;
  // Field by field: what is spread out of a placement takes longer to make, and to read, than most of what follows.
  return {
    key: placement.key,
    filter: placement.filter,
    alternatives: placement.alternatives,
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
    caps: caps === undefined ? placement.caps : resolveCaps(caps),
    strategies: strategies === undefined ? placement.strategies : resolveStrategies(strategies),
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
function rulesInForce(stage: Stage, placement: Wanted): CompiledRule[] {
  const { scene } = stage;
  const { now } = scene;
  const configured = steeringOf(scene.config, placement.key).rules;
  const all = placement.rules.length === 0 ? configured : [...configured, ...placement.rules.map(compileRule)];
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
function besideTests(stage: Stage, { sameAs, differentFrom }: Wanted): SlotTest[] {
  const { catalogue, page } = stage.scene;
  const asksNothing = sameAs.length + differentFrom.length === 0;
  const beside = asksNothing || page.itemId === undefined ? -1 : catalogue.indexOf(page.itemId);
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
  const tests: SlotTest[] = [];
  const addFilter = (filter: SlotCondition, condition: Condition): void => {
    tests.push({
      reason: 'filter',
      why: (slot) => unmetBy(condition, factsOf(stage.scene.catalogue, slot, stage.situation.market)),
      passes: asSlotTests(stage, filter).holds,
    });
  };
  const { filter } = steeringOf(stage.scene.config, placement.key);
  if (filter !== null) addFilter(filter, placement.filter ?? {});
  if (asked.filter !== undefined) addFilter(slotCondition(asked.filter), asked.filter);
  for (const { key, items, do: does } of rules) {
    if (does !== 'hide') continue;
    const { holds } = asSlotTests(stage, items);
    tests.push({ reason: `rule:${key}`, why: () => [], passes: (slot) => !holds(slot) });
  }
  tests.push(...besideTests(stage, placement));
  return tests;
}

/** What a placement is to be filled by: its config as the request wants it, the request, and the rules in force. */
interface Steered {
  placement: Wanted;
  asked: PlacementRequest;
  rules: readonly CompiledRule[];
}

function barsOf(stage: Stage, steered: Steered): Bars {
  const { scene, situation } = stage;
  const { seen, bought, outOfStock } = steered.placement;
  return {
    catalogue: scene.catalogue,
    market: situation.market,
    excluded: setOf((steered.asked.exclude ?? []).map((itemId) => keyOfItem(scene.catalogue, itemId))),
    cart: stage.inCart,
    current: seen === 'allow' ? null : situation.page.key,
    seen: seen === 'hide' ? situation.seen : NOBODY,
    bought: bought === 'hide' ? stage.bought : NOBODY,
    hidden: stage.hidden,
    onlyAvailable: outOfStock === 'hide',
    tests: testsOf(stage, steered),
  };
}

/** What rules multiply, and what they pin. */
function saidBy(stage: Stage, rules: readonly CompiledRule[]): { boosts: Boost[]; pins: Pin[] } {
  const boosts: Boost[] = [];
  const pins: Pin[] = [];
  for (const { key, do: does, by, at, items } of rules) {
    const tests = asSlotTests(stage, items);
    if (does === 'boost') boosts.push({ key, factor: by, holds: tests.holds });
    if (does === 'bury') boosts.push({ key, factor: 1 / by, holds: tests.holds });
    if (does === 'pin') pins.push({ key, at, ...tests });
  }
  return { boosts, pins };
}

function promotedOf(stage: Stage, { promoted, key }: Wanted, asked: PlacementRequest): Promoted | null {
  if (promoted === null) return null;
  const condition = asked.promoted ? slotCondition(promoted.items) : steeringOf(stage.scene.config, key).promoted;
  if (condition === null) return null;
  return { share: promoted.share, ...asSlotTests(stage, condition) };
}

function rotating(stage: Stage, { rotation }: Wanted): Rotation | null {
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
  const { boosts, pins } = saidBy(stage, rules);
  const earlier = before(stage, asked);
  const lead = soldOutLead(configured, asked, stage.situation);
  const row = stage.rows.get(configured.key);
  const inRow = (uses: Placement['strategies']) =>
    row === undefined ? uses : uses.map((use) => ({ ...use, row: use.row ?? row }));
  return {
    count: placement.count,
    strategies: inRow(lead === null ? placement.strategies : lead.strategies),
    usual: lead === null ? [] : inRow(placement.strategies),
    fallback: placement.fallback,
    seen: placement.seen,
    alternatives: placement.alternatives,
    bars: barsOf(stage, { placement, asked, rules }),
    boosts,
    pins,
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
