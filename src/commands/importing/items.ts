/** Rows of a catalogue file as items. What an item may be is the server's to judge; here is only read what the columns say. */
import type { Columns } from './columns.ts';
import type { Row } from './read.ts';
import { flagOf, listOf, momentOf, numberOf, textOf } from './values.ts';

export interface ImportedItem {
  item: Record<string, unknown>;
  line: number;
}

const NUMBERS = ['stock', 'margin', 'rating'] as const;
const TEXTS = ['url', 'imageUrl', 'brand', 'groupId'] as const;
const WHOLE = ['offers', 'locales'] as const;

function availabilityOf(cell: unknown): string | undefined {
  const text = textOf(cell)
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  if (text === '') return undefined;
  if (['in_stock', 'out_of_stock', 'preorder', 'backorder'].includes(text)) return text;
  if (text === 'pre_order') return 'preorder';
  if (text === 'back_order') return 'backorder';
  if (['outofstock', 'sold_out', 'soldout', 'unavailable', 'discontinued'].includes(text)) return 'out_of_stock';
  if (['instock', 'available'].includes(text) || flagOf(text)) return 'in_stock';
  const number = numberOf(text);
  if (number !== null && !Number.isNaN(number)) return number > 0 ? 'in_stock' : 'out_of_stock';
  return /^(false|no|n|f)$/.test(text) ? 'out_of_stock' : undefined;
}

function timeText(cell: unknown): string | undefined {
  const at = momentOf(cell);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** `Home > Kitchen|Gifts` is two paths; several columns joined by `>` make one. */
function categoriesOf(row: Row, column: string): string[] {
  const parts = column.split('>').map((each) => row.fields[each.trim()]);
  if (parts.length === 1) return listOf(parts[0]);
  const path = parts.map(textOf).filter((part) => part !== '');
  return path.length > 0 ? [path.join(' > ')] : [];
}

function attributesOf(row: Row, columns: Columns): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  const whole = columns.attributes === undefined ? undefined : row.fields[columns.attributes];
  if (typeof whole === 'object' && whole !== null && !Array.isArray(whole)) Object.assign(attributes, whole);
  for (const [field, column] of Object.entries(columns)) {
    if (!field.startsWith('attributes.')) continue;
    const cell = row.fields[column];
    const value = Array.isArray(cell) || typeof cell === 'number' || typeof cell === 'boolean' ? cell : textOf(cell);
    if (value !== '') attributes[field.slice('attributes.'.length)] = value;
  }
  return attributes;
}

function priceOf(item: Record<string, unknown>, field: string, cell: unknown): string | null {
  const number = numberOf(cell);
  if (number === null) return null;
  if (Number.isNaN(number)) return `${field} is not a number`;
  if (number < 0) return `${field} is negative`;
  if (number > 0) item[field] = number;
  return null;
}

/**
 * @param isSkipped whether an item id is to be left out
 * @returns the item, or why the row is refused
 */
export function itemOf(
  row: Row,
  columns: Columns,
  options: { currency: string | null; isSkipped: (itemId: string) => boolean },
): ImportedItem | string {
  const cell = (field: string): unknown => (columns[field] === undefined ? undefined : row.fields[columns[field]]);
  const itemId = textOf(cell('itemId'));
  const title = textOf(cell('title'));
  if (row.broken !== null) return row.broken;
  if (itemId === '') return 'no item id';
  if (options.isSkipped(itemId)) return 'not merchandise (--skip-items)';
  if (title === '') return 'no title';
  const item: Record<string, unknown> = { itemId, title };
  const complaint = priceOf(item, 'price', cell('price')) ?? priceOf(item, 'salePrice', cell('salePrice'));
  if (complaint !== null) return complaint;
  for (const field of NUMBERS) {
    const number = numberOf(cell(field));
    if (Number.isNaN(number)) return `${field} is not a number`;
    if (number !== null) item[field] = number;
  }
  for (const field of TEXTS) if (textOf(cell(field)) !== '') item[field] = textOf(cell(field));
  for (const field of WHOLE) if (typeof cell(field) === 'object' && cell(field) !== null) item[field] = cell(field);
  const currency = textOf(cell('currency')).toUpperCase() || options.currency;
  if (currency) item.currency = currency;
  const categories = columns.categories === undefined ? [] : categoriesOf(row, columns.categories);
  const lists = { categories, tags: listOf(cell('tags'), true) };
  for (const [field, list] of Object.entries(lists)) if (list.length > 0) item[field] = list;
  const attributes = attributesOf(row, columns);
  if (Object.keys(attributes).length > 0) item.attributes = attributes;
  const known = {
    availability: availabilityOf(cell('availability')),
    availableAt: timeText(cell('availableAt')),
    createdAt: timeText(cell('createdAt')),
  };
  for (const [field, value] of Object.entries(known)) if (value !== undefined) item[field] = value;
  return { item, line: row.line };
}
