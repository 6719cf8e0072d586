import type { Catalogue } from '../catalog/catalogue.ts';
import { compileCondition } from '../targeting/compile.ts';
import type { Condition, Facts } from '../targeting/schema.ts';

/** A condition on an item's own fields, asked of its slot. */
export interface SlotCondition {
  holds(catalogue: Catalogue, slot: number, market: string | undefined): boolean;
  /** The slots for which it holds, in the catalogue's order, at most {@link MOST_MATCHES}. Walks the catalogue once per version of it. */
  matches(catalogue: Catalogue, market: string | undefined): readonly number[];
}

/** What a pin or a share of promoted items can choose from. */
const MOST_MATCHES = 500;

/** Markets whose answers are kept; a shop has a few, a request may name any. */
const MOST_MARKETS = 16;

/** Two bits a slot: not asked yet, no, yes. */
const NO = 1;
const YES = 2;

interface Marks {
  bits: Uint8Array;
  matches: readonly number[] | null;
}

/** The item's fields as conditions see them, with the market's price where there is a market. */
export function factsOf(catalogue: Catalogue, slot: number, market: string | undefined): Facts {
  const facts = catalogue.facts(slot);
  if (market === undefined) return facts;
  const price = catalogue.price(slot, market);
  return {
    ...facts,
    ...(Number.isNaN(price) ? {} : { price }),
    currency: catalogue.currency(slot, market),
    availability: catalogue.availability(slot, market),
  };
}

/** ItemIds to which a condition as a whole is limited: then nothing needs to be walked. Null where it may hold for any item. */
function namedItems(condition: Condition): readonly string[] | null {
  const { itemId } = condition;
  if (typeof itemId === 'string') return [itemId];
  if (typeof itemId !== 'object' || itemId === null) return null;
  const { $in: several, $eq: one } = itemId as { $in?: unknown; $eq?: unknown };
  if (typeof one === 'string') return [one];
  return Array.isArray(several) ? several.filter((id): id is string => typeof id === 'string') : null;
}

/**
 * Compiles a condition and remembers its answer for each item for as long as the catalogue is the same version: filters and rules are asked of the same items
 * by every request. A quarter of a byte per item and market.
 */
export function slotCondition(condition: Condition): SlotCondition {
  const asked = compileCondition(condition);
  const named = namedItems(condition);
  let of: Catalogue | null = null;
  let version = -1;
  const byMarket = new Map<string | undefined, Marks>();
  let last: { market: string | undefined; marks: Marks } | null = null;
  const marksOf = (catalogue: Catalogue, market: string | undefined): Marks => {
    if (of !== catalogue || version !== catalogue.version || byMarket.size > MOST_MARKETS) {
      byMarket.clear();
      last = null;
      of = catalogue;
      version = catalogue.version;
    }
    if (last?.market === market && last !== null) return last.marks;
    let marks = byMarket.get(market);
    if (marks === undefined) {
      marks = { bits: new Uint8Array((catalogue.size >> 2) + 1), matches: null };
      byMarket.set(market, marks);
    }
    last = { market, marks };
    return marks;
  };
  const ask = (
    { bits }: Marks,
    catalogue: Catalogue,
    { slot, market }: { slot: number; market: string | undefined },
  ) => {
    const shift = (slot & 3) << 1;
    const known = ((bits[slot >> 2] as number) >> shift) & 3;
    if (known !== 0) return known === YES;
    const answer = asked(factsOf(catalogue, slot, market));
    bits[slot >> 2] = (bits[slot >> 2] as number) | ((answer ? YES : NO) << shift);
    return answer;
  };
  return {
    holds: (catalogue, slot, market) => ask(marksOf(catalogue, market), catalogue, { slot, market }),
    matches(catalogue, market) {
      const marks = marksOf(catalogue, market);
      if (marks.matches !== null) return marks.matches;
      const found: number[] = [];
      const take = (slot: number) => {
        if (slot >= 0 && !catalogue.isRemoved(slot) && ask(marks, catalogue, { slot, market })) found.push(slot);
      };
      if (named !== null) for (const itemId of named) take(catalogue.indexOf(itemId));
      else for (let slot = 0; slot < catalogue.size && found.length < MOST_MATCHES; slot++) take(slot);
      marks.matches = found;
      return found;
    },
  };
}
