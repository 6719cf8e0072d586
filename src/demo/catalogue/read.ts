import type { Product, Variant } from './product.ts';

const SEPARATOR = ' | ';
const LIST_FACTS = new Set(['tags', 'colours', 'sizes']);
const NUMBER_FACTS = new Set(['sale', 'stock', 'again']);

function factsOf(text: string): Map<string, string> {
  const facts = new Map<string, string>();
  for (const fact of text.split(';')) {
    const [name, value] = fact.split('=');
    if (name?.trim() && value !== undefined) facts.set(name.trim(), value.trim());
  }
  return facts;
}

function listOf(facts: Map<string, string>, name: string): string[] {
  return (
    facts
      .get(name)
      ?.split(',')
      .map((one) => one.trim()) ?? []
  );
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function variantsOf(facts: Map<string, string>): Variant[] {
  const colours = listOf(facts, 'colours').map((colour) => ({ name: 'colour' as const, value: colour, extra: 0 }));
  const sizes = listOf(facts, 'sizes').map((size) => {
    const [value = '', extra = '0'] = size.split(':');
    return { name: 'size' as const, value, extra: Number(extra) };
  });
  return [...colours, ...sizes].map((variant) => ({ ...variant, suffix: slug(variant.value) }));
}

/** One line of a table as a product. The line is our own, so a broken one is broken code: it throws. */
function readProduct(line: string, category: string): Product {
  const [id, title, price, brand, shape, look, facts, text] = line.split(SEPARATOR).map((part) => part.trim());
  if (!id || !title || !brand || !shape || !look || facts === undefined || !text) throw new Error(`Not a row: ${line}`);
  const [color = '', pattern = ''] = look.split(' ');
  const known = factsOf(facts);
  const numberOf = (name: string): number | null => (known.has(name) ? Number(known.get(name)) : null);
  const attributes = Object.fromEntries(
    [...known].filter(([name]) => !LIST_FACTS.has(name) && !NUMBER_FACTS.has(name)),
  );
  return {
    ...{ id, title, brand, shape, color, pattern, text, category, attributes },
    price: Number(price),
    salePrice: numberOf('sale'),
    stock: numberOf('stock'),
    againWeeks: numberOf('again'),
    tags: listOf(known, 'tags'),
    variants: variantsOf(known),
  };
}

/**
 * Reads a table of products: one a line, columns parted by ` | `: id, title, price, brand, shape, colour and pattern, facts, text.
 * Facts are `name=value; …`: `sale`, `stock`, `again` (weeks after which it is bought again), `tags`, `colours` and `sizes` (variants, `SIZE:EXTRA`), and attributes.
 */
export function readProducts(table: string, category: string): Product[] {
  return table
    .trim()
    .split('\n')
    .map((line) => readProduct(line, category));
}
