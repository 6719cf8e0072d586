/**
 * The catalogue as one packed value: typed arrays and UTF-8 texts behind a JSON header, read by views without being parsed. It starts with the four bytes
 * `FWC1` and the header's length (uint32, little-endian, as everything here); the header lists the sections, each aligned to eight bytes.
 *
 * Two hash tables (open addressing, slot + 1, 0 for empty) find a slot by the hash of its itemId and the first of a group; `nextMember` chains the rest.
 * What items have in common lies beside them, see `content-pack.ts`.
 */
import { bandOf, bandsOf, inBands } from './bands.ts';
import { Numbers, TextBlocks } from './blocks.ts';
import type { Availability } from './catalogue.ts';
import { contentCollector, type PackedContent } from './content-pack.ts';
import { paidPrice, restOf, rowOf } from './facts.ts';
import type { Item } from './schema.ts';

export const COLUMNS_FORMAT = 2;
const MAGIC = 0x31435746;
const PREAMBLE_BYTES = 8;
export const AVAILABILITIES: readonly Availability[] = ['in_stock', 'out_of_stock', 'preorder', 'backorder'];
/** Bits of the flags column. */
export const HAS_OFFERS = 1;
export const HAS_TITLES = 2;

const KINDS = { f64: Float64Array, f32: Float32Array, u32: Uint32Array, u16: Uint16Array, u8: Uint8Array } as const;
const SECTIONS = {
  itemKeys: 'f64',
  groupKeys: 'f64',
  prices: 'f64',
  salePrices: 'f64',
  createdAt: 'f64',
  idEnds: 'u32',
  titleEnds: 'u32',
  restEnds: 'u32',
  brands: 'u32',
  categories: 'u32',
  idTable: 'u32',
  groupTable: 'u32',
  nextMember: 'u32',
  vocabulary: 'u32',
  weights: 'f32',
  features: 'u16',
  featureEnds: 'u32',
  scales: 'f32',
  holders: 'u32',
  holderEnds: 'u32',
  currencies: 'u16',
  availabilities: 'u8',
  bands: 'u8',
  flags: 'u8',
  ids: 'u8',
  titles: 'u8',
  rests: 'u8',
} as const;
type SectionName = keyof typeof SECTIONS;
const NAMES = Object.keys(SECTIONS) as SectionName[];

export interface ColumnsHeader {
  format: number;
  version: number;
  count: number;
  /** Item details are spread over 2^chunkBits chunks by the hash of the itemId. */
  chunkBits: number;
  bandCurrency: string;
  bandBounds: number[];
  brands: string[];
  categories: string[][];
  currencies: string[];
  /** Byte offset (after the header) and element count of each section. */
  sections: Record<SectionName, [number, number]>;
}

export type Columns = { header: ColumnsHeader; bytes: number } & {
  [Name in SectionName]: InstanceType<(typeof KINDS)[(typeof SECTIONS)[Name]]>;
};

/** Where a 53-bit key starts to be looked for in a table of a power of two. */
export function placeOf(key: number, tableSize: number): number {
  return (key / 2_097_152) & (tableSize - 1);
}

class Dictionary {
  readonly texts: string[];
  private readonly numbers = new Map<string, number>();

  constructor(first: string) {
    this.texts = [];
    this.numberOf(first);
  }

  numberOf(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}

function tableFor(count: number): Uint32Array {
  let size = 8;
  while (size < count * 2) size *= 2;
  return new Uint32Array(size);
}

function idTable(keys: Float64Array): Uint32Array {
  const table = tableFor(keys.length);
  for (let slot = 0; slot < keys.length; slot++) {
    let place = placeOf(keys[slot] ?? 0, table.length);
    while (table[place] !== 0) place = (place + 1) & (table.length - 1);
    table[place] = slot + 1;
  }
  return table;
}

/** Slots are taken last first, so that each chain ascends. */
function groupTable(keys: Float64Array): { table: Uint32Array; next: Uint32Array } {
  const table = tableFor(keys.length);
  const next = new Uint32Array(keys.length);
  for (let slot = keys.length - 1; slot >= 0; slot--) {
    let place = placeOf(keys[slot] ?? 0, table.length);
    for (let held = table[place]; held !== 0 && held !== undefined; held = table[place]) {
      if (keys[held - 1] === keys[slot]) break;
      place = (place + 1) & (table.length - 1);
    }
    next[slot] = table[place] ?? 0;
    table[place] = slot + 1;
  }
  return { table, next };
}

const f64 = () => new Numbers((length) => new Float64Array(length));
const u32 = () => new Numbers((length) => new Uint32Array(length));
const u16 = () => new Numbers((length) => new Uint16Array(length));
const u8 = () => new Numbers((length) => new Uint8Array(length));

function collect(items: Iterable<Item>) {
  const lists = new Map<string, number>([['', 0]]);
  const categories: string[][] = [[]];
  const brands = new Dictionary('');
  const currencies = new Dictionary('');
  const ids = new TextBlocks();
  const titles = new TextBlocks();
  const rests = new TextBlocks();
  const content = contentCollector();
  const columns = {
    itemKeys: f64(),
    groupKeys: f64(),
    prices: f64(),
    salePrices: f64(),
    createdAt: f64(),
    idEnds: u32(),
    titleEnds: u32(),
    restEnds: u32(),
    brands: u32(),
    categories: u32(),
    currencies: u16(),
    availabilities: u8(),
    flags: u8(),
  };
  const listNumber = (slugs: readonly string[]): number => {
    const name = slugs.join('>');
    const known = lists.get(name);
    if (known !== undefined) return known;
    lists.set(name, categories.length);
    return categories.push([...slugs]) - 1;
  };
  for (const item of items) {
    const row = rowOf(item);
    const rest = restOf(item);
    ids.add(row.itemId);
    titles.add(row.title);
    if (rest) rests.add(JSON.stringify(rest));
    content.add({ ...row, attributes: rest?.attributes, tags: rest?.tags });
    columns.itemKeys.add(row.itemKey);
    columns.groupKeys.add(row.groupKey);
    columns.prices.add(row.price);
    columns.salePrices.add(row.salePrice);
    columns.createdAt.add(row.createdAt);
    columns.idEnds.add(ids.length);
    columns.titleEnds.add(titles.length);
    columns.restEnds.add(rests.length);
    columns.brands.add(brands.numberOf(row.brand));
    columns.categories.add(listNumber(row.categories));
    columns.currencies.add(currencies.numberOf(row.currency));
    columns.availabilities.add(AVAILABILITIES.indexOf(row.availability));
    columns.flags.add((rest?.offers ? HAS_OFFERS : 0) | (rest?.titles ? HAS_TITLES : 0));
  }
  const dictionaries = { brands: brands.texts, currencies: currencies.texts, categories };
  return { columns, content, texts: { ids, titles, rests }, ...dictionaries };
}

type Sections = Record<
  SectionName,
  InstanceType<(typeof KINDS)[keyof typeof KINDS]> | PackedContent[keyof PackedContent] | TextBlocks
>;

function pack(header: Omit<ColumnsHeader, 'sections'>, contents: Sections): Uint8Array {
  const sections = {} as ColumnsHeader['sections'];
  let at = 0;
  for (const name of NAMES) {
    sections[name] = [at, contents[name].length];
    at += Math.ceil((contents[name].length * KINDS[SECTIONS[name]].BYTES_PER_ELEMENT) / 8) * 8;
  }
  const text = new TextEncoder().encode(JSON.stringify({ ...header, sections }));
  const start = Math.ceil((PREAMBLE_BYTES + text.byteLength) / 8) * 8;
  const packed = new Uint8Array(start + at);
  new Uint32Array(packed.buffer, 0, 2).set([MAGIC, text.byteLength]);
  packed.set(text, PREAMBLE_BYTES);
  for (const name of NAMES) {
    const content = contents[name];
    const offset = start + sections[name][0];
    if (content instanceof TextBlocks) content.copyTo(packed, offset);
    else packed.set(new Uint8Array(content.buffer, content.byteOffset, content.byteLength), offset);
  }
  return packed;
}

/**
 * Packs a catalogue. Items are read once, one after another, and not kept; slots are their order.
 * @param items settled items, each id once
 * @param version of the change log: what the items include
 * @param options.chunkBits how the item details are spread
 */
export function encodeColumns(
  items: Iterable<Item>,
  version: number,
  options: { chunkBits?: number } = {},
): Uint8Array {
  const { columns, content, texts, brands, currencies, categories } = collect(items);
  const prices = columns.prices.taken();
  const salePrices = columns.salePrices.taken();
  const inCurrency = columns.currencies.taken();
  const paid = Float64Array.from(prices, (price, slot) =>
    paidPrice({ price, salePrice: salePrices[slot] ?? Number.NaN }),
  );
  const currencyAt = (slot: number) => currencies[inCurrency[slot] ?? 0] ?? '';
  const { currency, bounds } = bandsOf(function* () {
    for (let slot = 0; slot < paid.length; slot++)
      yield { price: paid[slot] ?? Number.NaN, currency: currencyAt(slot) };
  });
  const bands = Uint8Array.from(paid, (price, slot) =>
    inBands(currencyAt(slot), currency) ? bandOf(price, bounds) : 0,
  );
  const groups = groupTable(columns.groupKeys.taken());
  const taken = Object.fromEntries(Object.entries(columns).map(([name, numbers]) => [name, numbers.taken()]));
  return pack(
    {
      format: COLUMNS_FORMAT,
      version,
      count: prices.length,
      chunkBits: options.chunkBits ?? 0,
      bandCurrency: currency,
      bandBounds: bounds,
      brands,
      categories,
      currencies,
    },
    {
      ...(taken as Omit<
        Sections,
        'idTable' | 'groupTable' | 'nextMember' | 'bands' | keyof PackedContent | keyof typeof texts
      >),
      ...texts,
      ...content.pack((slot) => bands[slot] ?? 0),
      bands,
      idTable: idTable(columns.itemKeys.taken()),
      groupTable: groups.table,
      nextMember: groups.next,
    },
  );
}

/**
 * Views on packed columns.
 * @returns null when the value is none, or of a format that this code does not know
 */
export function readHeader(buffer: ArrayBuffer): ColumnsHeader | null {
  if (buffer.byteLength < PREAMBLE_BYTES) return null;
  const [magic, length] = new Uint32Array(buffer, 0, 2);
  if (magic !== MAGIC || length === undefined || PREAMBLE_BYTES + length > buffer.byteLength) return null;
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, PREAMBLE_BYTES, length))) as ColumnsHeader;
  return header.format === COLUMNS_FORMAT ? header : null;
}

/** @throws RangeError when the value is no columns, see {@link readHeader} */
export function viewColumns(buffer: ArrayBuffer): Columns {
  const header = readHeader(buffer);
  if (header === null) throw new RangeError('These bytes are not catalogue columns of a known format.');
  const length = new Uint32Array(buffer, 4, 1)[0] ?? 0;
  const start = Math.ceil((PREAMBLE_BYTES + length) / 8) * 8;
  const views = NAMES.map((name) => {
    const [offset, count] = header.sections[name];
    return [name, new KINDS[SECTIONS[name]](buffer, start + offset, count)];
  });
  return { header, bytes: buffer.byteLength, ...Object.fromEntries(views) };
}
