import { generations } from '../shared/generations.ts';
import { bandOf, bandsOf, inBands, type Priced } from './bands.ts';
import {
  availabilityAt,
  brandAt,
  categoriesAt,
  currencyAt,
  idAt,
  restAt,
  rowAt,
  slotIn,
  slotsOfGroupKey,
  slotsOfItemKey,
  titleAt,
} from './base.ts';
import type { Availability, Catalogue, Content } from './catalogue.ts';
import { type Columns, encodeColumns, HAS_OFFERS, HAS_TITLES, viewColumns } from './columns.ts';
import { type ContentSource, contentOf } from './content.ts';
import { factsOf, offerOf, paidPrice, type Rest, type Row, restOf, rowOf, titleFor, type Variants } from './facts.ts';
import type { CatalogChange, Item, Offer } from './schema.ts';

export interface MemoryOptions {
  /** Whether an item's card is its group's or its own. */
  variants: Variants;
}

/** A catalogue that takes changes in place: packed columns, and over them what has changed since they were published. */
export interface LiveCatalogue extends Catalogue {
  /** Of the columns beneath, 0 without any. */
  readonly baseVersion: number;
  /** Item details are spread over 2^chunkBits chunks, as the columns beneath say. */
  readonly chunkBits: number;
  /** Bytes of the columns beneath. */
  readonly bytes: number;
  /** Slots that lie over the columns: when these become many, reading the columns again saves memory. */
  readonly overlaid: number;
  /** The item as it is since the columns beneath were made; null when it was removed since, undefined when nothing happened to it. */
  changed(itemId: string): Item | null | undefined;
  /**
   * Takes changes in. Slots keep their number; new items are appended; an item that comes back has its old slot.
   * @param version of the change log up to which the changes reach
   */
  apply(changes: readonly CatalogChange[], version: number): void;
}

/** An item over the columns. A removed one keeps its last row, so that its slot still has a name. */
interface Overlay {
  row: Row;
  rest: Rest | null;
  item: Item | null;
  /** Number of the call that brought it. */
  touched: number;
}

/** What was decoded of an item of the columns; absent what nobody has asked for. */
interface Decoded {
  itemId?: string;
  title?: string;
  rest?: Rest | null;
  facts?: Readonly<Record<string, unknown>>;
}

/** Items whose decoded parts are kept, and as many again of those that were used before them. */
const DECODED_KEPT = 4_000;

class MemoryCatalogue implements LiveCatalogue, ContentSource {
  version: number;
  size: number;
  /** Calls of {@link apply}. */
  touched = 0;
  readonly content: Content;
  private readonly columns: Columns;
  private readonly variants: Variants;
  private readonly over = new Map<number, Overlay>();
  private readonly appended = new Map<string, number>();
  /** Slots that came to a card key after the columns were made; entries that have left it again are passed over. */
  private readonly joined = new Map<number, number[]>();
  /** Whoever needs more of them decodes again, which costs time and no memory. */
  private readonly decoded = generations<number, Decoded>(DECODED_KEPT, () => ({}));
  /** Where ids that were asked for lie in the columns, -1 for those that do not. */
  private readonly places = generations<string, number>(DECODED_KEPT, (itemId) => slotIn(this.columns, itemId));
  private bands: { currency: string; bounds: readonly number[] } | null;

  constructor(columns: Columns, options: MemoryOptions) {
    this.columns = columns;
    this.variants = options.variants;
    this.version = columns.header.version;
    this.size = columns.header.count;
    this.bands = { currency: columns.header.bandCurrency, bounds: columns.header.bandBounds };
    this.content = contentOf(this, columns);
  }

  get baseVersion(): number {
    return this.columns.header.version;
  }

  get chunkBits(): number {
    return this.columns.header.chunkBits;
  }

  get bytes(): number {
    return this.columns.bytes;
  }

  get overlaid(): number {
    return this.over.size;
  }

  /** Of removed items too. */
  private slotOf(itemId: string): number {
    const place = this.places.of(itemId);
    return place >= 0 ? place : (this.appended.get(itemId) ?? -1);
  }

  private keyOfRow(row: Row): number {
    return this.variants === 'group' ? row.groupKey : row.itemKey;
  }

  indexOf(itemId: string): number {
    const slot = this.slotOf(itemId);
    return slot < 0 || this.isRemoved(slot) ? -1 : slot;
  }

  membersOf(key: number): readonly number[] {
    const base = this.variants === 'group' ? slotsOfGroupKey(this.columns, key) : slotsOfItemKey(this.columns, key);
    if (this.over.size === 0) return base;
    const joined = this.joined.get(key) ?? [];
    const all = joined.length === 0 ? base : [...new Set([...base, ...joined])].sort((a, b) => a - b);
    return all.filter((slot) => !this.isRemoved(slot) && this.keyOf(slot) === key);
  }

  keyOf(slot: number): number {
    const over = this.over.get(slot);
    if (over) return this.keyOfRow(over.row);
    return (this.variants === 'group' ? this.columns.groupKeys : this.columns.itemKeys)[slot] ?? 0;
  }

  itemId(slot: number): string {
    const over = this.over.get(slot);
    if (over) return over.row.itemId;
    const decoded = this.decoded.of(slot);
    decoded.itemId ??= idAt(this.columns, slot);
    return decoded.itemId;
  }

  title(slot: number, locale?: string): string {
    const over = this.over.get(slot);
    if (locale !== undefined && (over?.rest?.titles || (!over && (this.columns.flags[slot] ?? 0) & HAS_TITLES))) {
      const own = titleFor(this.restOf(slot), locale);
      if (own !== undefined) return own;
    }
    if (over) return over.row.title;
    const decoded = this.decoded.of(slot);
    decoded.title ??= titleAt(this.columns, slot);
    return decoded.title;
  }

  private offer(slot: number, market: string | undefined): Offer | undefined {
    if (market === undefined) return undefined;
    if (!this.over.has(slot) && !((this.columns.flags[slot] ?? 0) & HAS_OFFERS)) return undefined;
    return offerOf(this.restOf(slot), market);
  }

  price(slot: number, market?: string): number {
    const offer = this.offer(slot, market);
    const offered = offer?.salePrice ?? offer?.price;
    if (offered !== undefined) return offered;
    const over = this.over.get(slot);
    if (over) return paidPrice(over.row);
    const sale = this.columns.salePrices[slot] ?? Number.NaN;
    return Number.isNaN(sale) ? (this.columns.prices[slot] ?? Number.NaN) : sale;
  }

  isReduced(slot: number): boolean {
    const { row } = this.over.get(slot) ?? {};
    const sale = row?.salePrice ?? this.columns.salePrices[slot] ?? Number.NaN;
    return sale < (row?.price ?? this.columns.prices[slot] ?? Number.NaN);
  }

  currency(slot: number, market?: string): string {
    const offer = this.offer(slot, market);
    if (offer?.currency !== undefined && (offer.salePrice ?? offer.price) !== undefined) return offer.currency;
    return this.over.get(slot)?.row.currency ?? currencyAt(this.columns, slot);
  }

  availability(slot: number, market?: string): Availability {
    const over = this.over.get(slot);
    if (over?.item === null) return 'out_of_stock';
    const offer = this.offer(slot, market);
    if (offer?.availability !== undefined) return offer.availability;
    if (offer?.stock === 0) return 'out_of_stock';
    return over ? over.row.availability : availabilityAt(this.columns, slot);
  }

  isAvailable(slot: number, market?: string): boolean {
    return this.availability(slot, market) !== 'out_of_stock';
  }

  isRemoved(slot: number): boolean {
    return this.over.get(slot)?.item === null;
  }

  brand(slot: number): string {
    return this.over.get(slot)?.row.brand ?? brandAt(this.columns, slot);
  }

  categories(slot: number): readonly string[] {
    return this.over.get(slot)?.row.categories ?? categoriesAt(this.columns, slot);
  }

  priceBand(slot: number): number {
    const over = this.over.get(slot);
    if (!over) return this.columns.bands[slot] ?? 0;
    // Without columns beneath there are no bounds to measure a new price by: they are made from what is there.
    if (this.bands === null) this.bands = bandsOf(() => this.livePrices());
    return inBands(over.row.currency, this.bands.currency) ? bandOf(paidPrice(over.row), this.bands.bounds) : 0;
  }

  private *livePrices(): Iterable<Priced> {
    for (const { row, item } of this.over.values()) {
      if (item !== null) yield { price: paidPrice(row), currency: row.currency };
    }
  }

  createdAt(slot: number): number {
    return this.over.get(slot)?.row.createdAt ?? this.columns.createdAt[slot] ?? 0;
  }

  private restOf(slot: number): Rest | null {
    const over = this.over.get(slot);
    if (over) return over.rest;
    const decoded = this.decoded.of(slot);
    if (decoded.rest === undefined) decoded.rest = restAt(this.columns, slot);
    return decoded.rest;
  }

  facts(slot: number): Readonly<Record<string, unknown>> {
    const decoded = this.decoded.of(slot);
    decoded.facts ??= factsOf(this.over.get(slot)?.row ?? rowAt(this.columns, slot), this.restOf(slot));
    return decoded.facts;
  }

  changed(itemId: string): Item | null | undefined {
    const slot = this.over.size === 0 ? -1 : this.slotOf(itemId);
    return slot < 0 ? undefined : this.over.get(slot)?.item;
  }

  *touchedSince(count: number): Iterable<number> {
    for (const [slot, over] of this.over) if (over.touched > count) yield slot;
  }

  apply(changes: readonly CatalogChange[], version: number): void {
    this.touched++;
    for (const { itemId, item } of changes) {
      if (item === null) this.remove(this.slotOf(itemId));
      else this.put(item);
    }
    // With columns beneath, their bounds hold until the next columns; without, they follow what is there.
    if (changes.length > 0 && this.columns.header.count === 0) this.bands = null;
    this.version = version;
  }

  private remove(slot: number): void {
    if (slot < 0) return;
    const over = this.over.get(slot);
    const row = over?.row ?? rowAt(this.columns, slot);
    const rest = over ? over.rest : restAt(this.columns, slot);
    this.over.set(slot, { row, rest, item: null, touched: this.touched });
    this.decoded.drop(slot);
  }

  private put(item: Item): void {
    let slot = this.slotOf(item.itemId);
    if (slot < 0) {
      slot = this.size++;
      this.appended.set(item.itemId, slot);
    }
    const row = rowOf(item);
    this.over.set(slot, { row, rest: restOf(item), item, touched: this.touched });
    this.decoded.drop(slot);
    const key = this.keyOfRow(row);
    const joined = this.joined.get(key);
    if (!joined) this.joined.set(key, [slot]);
    else if (!joined.includes(slot)) joined.push(slot);
  }
}

/** A catalogue without items, to be filled by {@link LiveCatalogue.apply}. */
export function emptyCatalogue(options: MemoryOptions): LiveCatalogue {
  return openColumns(encodeColumns([], 0).buffer as ArrayBuffer, options);
}

/**
 * A catalogue over packed columns. Nothing is parsed but the header: the value is read where it lies, and must not be changed afterwards.
 * @param buffer what `encodeColumns` made
 * @throws RangeError when the bytes are no columns of a known format (`readHeader` of columns.ts tells without throwing)
 */
export function openColumns(buffer: ArrayBuffer, options: MemoryOptions): LiveCatalogue {
  return new MemoryCatalogue(viewColumns(buffer), options);
}
