import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { encodeColumns } from '../../src/catalog/columns.ts';
import { openColumns } from '../../src/catalog/memory.ts';
import { settle } from '../../src/catalog/merge.ts';
import { SHARED } from '../support/shared.ts';

const FILE = join(SHARED, 'data/fashion-catalogue/products.csv.gz');
type Product = Record<'id' | 'title' | 'product_type' | 'category_full_path' | 'tags' | 'price_min_usd', string>;

function products(): Product[] {
  const text = gunzipSync(readFileSync(FILE)).toString('utf8');
  return Papa.parse<Product>(text, { header: true, skipEmptyLines: true }).data;
}

test.skipIf(!existsSync(FILE))(
  'of a real catalogue of clothes, neighbours are of the same type far above chance',
  () => {
    const all = products();
    const items = all.map((one) =>
      settle({
        itemId: one.id,
        title: one.title,
        categories: one.category_full_path === '' ? [] : [one.category_full_path],
        tags: one.tags.split(' | ').filter((tag) => tag !== ''),
        ...(one.price_min_usd === '' ? {} : { price: Number(one.price_min_usd), currency: 'USD' }),
      }),
    );
    const catalogue = openColumns(encodeColumns(items, 1).buffer as ArrayBuffer, { variants: 'group' });
    const sizes = new Map<string, number>();
    for (const { product_type: type } of all) sizes.set(type, (sizes.get(type) ?? 0) + 1);
    let same = 0;
    let found = 0;
    for (const [slot, product] of all.entries()) {
      for (const other of catalogue.content.neighbours(slot, 10).slots) {
        found++;
        if (all[other]?.product_type === product.product_type) same++;
      }
    }
    const chance = [...sizes.values()].reduce((sum, size) => sum + (size / all.length) ** 2, 0);
    expect(all.length).toBe(2_766);
    expect(found).toBeGreaterThan(27_000);
    // The type is no feature: 330 of them, and two products of a hundred are of the same by chance.
    expect(chance).toBeLessThan(0.03);
    expect(same / found).toBeGreaterThan(0.5);
  },
);
