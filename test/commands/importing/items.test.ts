import { expect, test } from 'vitest';
import { columnsOf } from '../../../src/commands/importing/columns.ts';
import { itemOf } from '../../../src/commands/importing/items.ts';
import { fileOf, rowsIn } from './files.ts';

const options = { currency: 'GBP', isSkipped: (itemId: string) => itemId === 'POST' };

async function items(text: string, mappings: Parameters<typeof columnsOf>[2]['mappings'] = []) {
  const rows = await rowsIn(fileOf(text));
  const columns = columnsOf('catalog', Object.keys(rows[0]?.fields ?? {}), { path: 'file', mappings });
  return rows.map((row) => itemOf(row, columns, options));
}

test('a row becomes an item with everything that the columns say', async () => {
  const [made] = await items(
    [
      'sku,name,price,sale price,category_path,tags,in_stock,vendor,colour,first_seen,rating',
      'a,Mug,"1,234.50",9.99,Home > Kitchen|Gifts,"new, blue",true,Acme,red,1291193100,4.5',
    ].join('\n'),
    [{ kind: null, field: 'attributes.color', column: 'colour' }],
  );
  expect(made).toEqual({
    line: 2,
    item: {
      itemId: 'a',
      title: 'Mug',
      price: 1234.5,
      salePrice: 9.99,
      currency: 'GBP',
      categories: ['Home > Kitchen', 'Gifts'],
      tags: ['new', 'blue'],
      availability: 'in_stock',
      brand: 'Acme',
      attributes: { color: 'red' },
      createdAt: '2010-12-01T08:45:00.000Z',
      rating: 4.5,
    },
  });
});

test('a category path may be made of several columns', async () => {
  const [made] = await items('id,title,department,aisle\n1,Bread,Bakery,Loaves', [
    { kind: null, field: 'categories', column: 'department>aisle' },
  ]);
  expect(made).toMatchObject({ item: { categories: ['Bakery > Loaves'] } });
});

test('an item in NDJSON keeps its lists and records', async () => {
  const item = {
    itemId: 'a',
    title: 'A',
    categories: ['X > Y'],
    attributes: { size: ['S'] },
    locales: { de: { title: 'Ä' } },
  };
  const [made] = await items(JSON.stringify(item));
  expect(made).toMatchObject({ item });
});

test.each([
  ['a,,1,', 'no title'],
  [',A,1,', 'no item id'],
  ['POST,Postage,1,', 'not merchandise (--skip-items)'],
  ['a,A,cheap,', 'price is not a number'],
  ['a,A,-1,', 'price is negative'],
  ['a,A,1,many', 'stock is not a number'],
])('%j is refused: %s', async (line, reason) => {
  expect(await items(`sku,title,price,stock\n${line}`)).toEqual([reason]);
});

test.each([
  ['in stock', 'in_stock'],
  ['Out Of Stock', 'out_of_stock'],
  ['pre-order', 'preorder'],
  ['0', 'out_of_stock'],
  ['12', 'in_stock'],
  ['no', 'out_of_stock'],
])('availability %j is %s', async (cell, availability) => {
  expect(await items(`sku,title,availability\na,A,${cell}`)).toMatchObject([{ item: { availability } }]);
});
