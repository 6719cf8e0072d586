import type { Unmet } from '../admit.ts';
import { isShared, isStated, itemField } from '../item-field.ts';
import type { Reason } from '../schema.ts';
import { type Entry, NOTHING_SCORED, type Scored, scoredEntries } from '../scored.ts';
import { isPageSoldOut, priceIn, type Situation } from '../situation.ts';

/** What an alternative must be like, whatever else it is; see {@link isKept}. */
export interface HardConstraint {
  field: string;
  as: 'same' | 'within' | 'covers';
}

/** What counts when one item stands in for another. */
export interface AlternativeTerms {
  hard: readonly HardConstraint[];
  /** What is traded, in order of importance. */
  soft: readonly string[];
}

/** What a strategy needs to know of the placement to answer with the right variant. */
export interface AlternativeSearch {
  alternatives: AlternativeTerms;
  /** Whether this very item may be shown and can be had. */
  isOpen(slot: number): boolean;
}

/** Items of the same category that are looked at beside the most alike. */
const OF_CATEGORY = 200;

/** How much being alike counts beside what is traded. */
const CONTENT_SAY = 0.5;

/** Prices closer than this are the same to a shopper. */
const SAME_PRICE = 0.005;

type Prices = Pick<Situation, 'catalogue' | 'market' | 'currency'>;

/** What an item states in each field that counts. */
type Terms = { field: string; read: (slot: number) => unknown; there: unknown };

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/**
 * Whether a hard constraint is kept: `same` needs a value in common, `within` nothing that the original has not (allergens), `covers` everything that it has
 * (fits). Who does not say is not trusted, except that an original which says nothing asks for nothing.
 */
export function isKept(as: HardConstraint['as'], original: unknown, other: unknown): boolean {
  if (as === 'within' && Array.isArray(original) && Array.isArray(other))
    return other.every((value) => original.includes(value));
  if (!isStated(original)) return true;
  if (!isStated(other)) return false;
  if (as === 'same') return isShared(other, original);
  const [all, of] = as === 'within' ? [list(other), list(original)] : [list(original), list(other)];
  return all.every((value) => of.includes(value));
}

/** The first hard constraint that an item breaks; null where it keeps all. */
export function brokenBy(
  { catalogue, market }: Situation,
  { hard }: AlternativeTerms,
  of: { original: number; slot: number },
): Unmet | null {
  for (const { field, as } of hard) {
    const read = itemField(field, catalogue, market);
    const [asked, found] = [read(of.original), read(of.slot)];
    if (!isKept(as, asked, found)) return { field, asked, found: found ?? null };
  }
  return null;
}

/**
 * What can stand in for the page's item: alike by content, within the hard constraints, as the very variant that keeps them, and available. What is traded
 * lowers the score, and is said.
 */
export function alternatives(
  situation: Pick<Situation, 'catalogue' | 'content' | 'page' | 'market' | 'popularity' | 'currency'>,
  search: AlternativeSearch,
): Scored {
  const { catalogue, content, page, market } = situation;
  const original = page.itemId === null ? -1 : catalogue.indexOf(page.itemId);
  if (original < 0 || page.itemId === null) return NOTHING_SCORED;
  const reading = (field: string): Terms => {
    const read = itemField(field, catalogue, market);
    return { field, read, there: read(original) };
  };
  const hard = search.alternatives.hard.map(({ field, as }) => ({ ...reading(field), as }));
  const keeps = (slot: number) =>
    search.isOpen(slot) &&
    catalogue.isAvailable(slot, market) &&
    hard.every(({ read, there, as }) => isKept(as, there, read(slot)));
  const soft = search.alternatives.soft.map(reading);
  const lead = isPageSoldOut(situation) ? 'alternative' : 'similar';
  const entries: Entry[] = [];
  for (const key of candidates(situation, original)) {
    const slot = catalogue.membersOf(key).find(keeps);
    if (slot === undefined) continue;
    const likeness = content.similarity(original, slot);
    if (likeness === 0) continue;
    const kept = hard
      .filter(({ there }) => isStated(there))
      .map(({ field }): Reason => ({ code: 'same', detail: nameOf(field), weight: 0 }));
    const traded = trade(situation, { original, slot, soft });
    const own = soft.length === 0 ? 1 : CONTENT_SAY;
    const score = traded.reduce((sum, reason) => sum + reason.weight, own * likeness);
    entries.push({
      key,
      slot,
      score,
      reasons: () => [
        { code: lead, detail: page.itemId ?? '', weight: own * likeness },
        ...traded,
        ...kept,
        { code: 'in_stock', weight: 0 },
      ],
    });
  }
  return scoredEntries(entries);
}

/** The card keys that are looked at: the most alike, and what sells best in the innermost category. */
function candidates(
  { catalogue, content, popularity }: Pick<Situation, 'catalogue' | 'content' | 'popularity'>,
  original: number,
): Set<number> {
  const keys = new Set<number>();
  for (const slot of content.neighbours(original, OF_CATEGORY).slots) keys.add(catalogue.keyOf(slot));
  const leaf = catalogue.categories(original).at(-1);
  if (leaf !== undefined) for (const key of popularity.bestsellers(leaf).keys.subarray(0, OF_CATEGORY)) keys.add(key);
  keys.delete(catalogue.keyOf(original));
  return keys;
}

/** The last step of a path: what the field is called in a sentence. */
const nameOf = (field: string): string => field.slice(field.lastIndexOf('.') + 1);

/** What is kept and what is given up of the soft terms, the first of them counting most; weights add up to what all of them count at most. */
function trade(situation: Prices, of: { original: number; slot: number; soft: readonly Terms[] }): Reason[] {
  const whole = of.soft.reduce((sum, _, i) => sum + 1 / (i + 1), 0);
  return of.soft.flatMap(({ field, read, there }, i): Reason[] => {
    const most = (1 - CONTENT_SAY) / (i + 1) / whole;
    if (field === 'price') return priceDifference(situation, { ...of, most });
    const here = read(of.slot);
    if (!isStated(there) || !isStated(here)) return [];
    const isSame = isShared(here, there);
    return [{ code: isSame ? 'same' : 'differs', detail: nameOf(field), weight: isSame ? most : 0 }];
  });
}

/** A price half or twice as high is worth half. The difference is said as an amount, `4.00 EUR`; prices in different currencies are not compared. */
function priceDifference(situation: Prices, of: { original: number; slot: number; most: number }): Reason[] {
  const before = priceIn(situation, of.original);
  const after = priceIn(situation, of.slot);
  if (!(before > 0) || !(after > 0)) return [];
  const weight = (of.most * Math.min(before, after)) / Math.max(before, after);
  if (Math.abs(after - before) < SAME_PRICE * before) return [{ code: 'same', detail: 'price', weight }];
  const detail = `${Math.abs(after - before).toFixed(2)} ${situation.currency}`;
  return [{ code: after > before ? 'costs_more' : 'costs_less', detail, weight }];
}
