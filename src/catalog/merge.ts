import type { Availability } from './catalogue.ts';
import { ITEM_KEYS, type Item, type ItemInput, type ItemPatch, QUICK_FIELDS } from './schema.ts';

type Plain = Record<string, unknown>;

function isRecord(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 7396, section 2. The records come from checked patches, so that no key is `__proto__`. */
function mergePlain(target: unknown, patch: Plain): Plain {
  const merged: Plain = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (value !== undefined) merged[key] = isRecord(value) ? mergePlain(merged[key], value) : value;
  }
  return merged;
}

/** What an availability becomes when only the stock was said. Preorder and backorder are the shop's decision and stay. */
function followStock(current: Availability | undefined, stock: number | undefined): Availability | undefined {
  if (stock === undefined) return current;
  if (stock === 0 && (current === undefined || current === 'in_stock')) return 'out_of_stock';
  if (stock > 0 && current === 'out_of_stock') return 'in_stock';
  return current;
}

function followOffers(merged: Plain, patch: ItemPatch): void {
  const offers = merged.offers;
  if (!isRecord(offers)) return;
  for (const [market, change] of Object.entries(patch.offers ?? {})) {
    const offer = offers[market];
    if (!isRecord(offer) || typeof change?.stock !== 'number' || change.availability !== undefined) continue;
    const availability = followStock(offer.availability as Availability | undefined, change.stock);
    if (availability !== undefined) offer.availability = availability;
  }
}

/**
 * An item with a patch merged into it (JSON Merge Patch, RFC 7396). A patch that says the stock but not the availability lets the availability follow:
 * at 0 an item in stock goes out of stock, above 0 one that was out of stock comes back; the same for each market's offer.
 * @returns plain data that is still to be checked as a whole ({@link checkWhole}): a patch may take away what another field needs
 */
export function mergePatch(item: Item, patch: ItemPatch): Record<string, unknown> {
  const merged = mergePlain(item, patch as Plain);
  if (patch.stock !== undefined && patch.availability === undefined) {
    merged.availability = followStock(item.availability, patch.stock ?? undefined);
  }
  followOffers(merged, patch);
  return merged;
}

function sorted(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/**
 * An item as it is kept: with its availability, fields in a fixed order and records by key, so that the same item is always the same JSON.
 */
export function settle(input: ItemInput): Item {
  const plain: Plain = {};
  for (const field of ITEM_KEYS) {
    const stated = field === 'availability' ? availabilityOf(input) : input[field];
    if (stated !== undefined) plain[field] = sorted(stated);
  }
  return plain as Item;
}

function availabilityOf(input: ItemInput): Availability {
  return input.availability ?? (input.stock === 0 ? 'out_of_stock' : 'in_stock');
}

/** Whether two settled items differ in more than {@link QUICK_FIELDS}, so that their published details are to be written anew. */
export function detailsDiffer(before: Item, after: Item): boolean {
  const details = (item: Item) => {
    const kept: Partial<Item> = { ...item };
    for (const field of QUICK_FIELDS) delete kept[field];
    return JSON.stringify(kept);
  };
  return details(before) !== details(after);
}
