import { describe, expect, test } from 'vitest';
import { checkMappings, checkUsed, columnsOf, readMapping } from '../../../src/commands/importing/columns.ts';

const none = { path: 'file', mappings: [] };

describe('columns are recognised by their names', () => {
  test.each([
    [
      'the invoices of a wholesaler',
      'orders',
      'invoice sku quantity time unit_price customer country cancelled',
      {
        orderId: 'invoice',
        itemId: 'sku',
        customerId: 'customer',
        at: 'time',
        quantity: 'quantity',
        price: 'unit_price',
        country: 'country',
        cancelled: 'cancelled',
      },
    ],
    [
      'the same as a spreadsheet names it',
      'orders',
      'InvoiceNo StockCode Description Quantity InvoiceDate UnitPrice CustomerID Country',
      {
        orderId: 'InvoiceNo',
        itemId: 'StockCode',
        customerId: 'CustomerID',
        at: 'InvoiceDate',
        quantity: 'Quantity',
        price: 'UnitPrice',
        country: 'Country',
      },
    ],
    [
      'the till of a grocer',
      'orders',
      'household_id store_id basket_id product_id quantity sales_value retail_disc transaction_timestamp',
      {
        orderId: 'basket_id',
        itemId: 'product_id',
        customerId: 'household_id',
        at: 'transaction_timestamp',
        quantity: 'quantity',
        total: 'sales_value',
      },
    ],
    [
      'an export of a fashion shop',
      'catalog',
      'id handle title url product_type category_full_path tags description price_min_usd in_stock_any featured_image_url review_rating created_at',
      {
        itemId: 'id',
        title: 'title',
        url: 'url',
        imageUrl: 'featured_image_url',
        price: 'price_min_usd',
        availability: 'in_stock_any',
        categories: 'category_full_path',
        tags: 'tags',
        rating: 'review_rating',
        createdAt: 'created_at',
      },
    ],
    [
      'a list of names and prices',
      'catalog',
      'sku name median_price first_seen last_seen',
      { itemId: 'sku', title: 'name', price: 'median_price', createdAt: 'first_seen' },
    ],
    ['clicks', 'sessions', 'SessionId ItemId Time', { sessionId: 'SessionId', itemId: 'ItemId', at: 'Time' }],
  ] as const)('%s', (_, kind, header, expected) => {
    expect(columnsOf(kind, header.split(' '), none)).toEqual(expected);
  });
});

test('what is said counts before what is guessed, for all files or for one kind', () => {
  const mappings = readMapping('itemId=code,catalog.price=rrp,orders.price=paid,attributes.colour=color');
  const options = { path: 'file', mappings };
  expect(columnsOf('catalog', ['code', 'sku', 'title', 'price', 'rrp', 'color'], options)).toEqual({
    itemId: 'code',
    title: 'title',
    price: 'rrp',
    'attributes.colour': 'color',
  });
  expect(columnsOf('orders', ['order', 'code', 'paid', 'price', 'date'], options)).toMatchObject({
    itemId: 'code',
    price: 'paid',
  });
});

describe('what does not fit is named', () => {
  test.each([
    ['a column that is needed', () => columnsOf('orders', ['order', 'sku'], none), 'recognised as at'],
    [
      'a column that is not there',
      () => columnsOf('orders', ['a'], { path: 'f', mappings: readMapping('orders.at=b') }),
      'no column "b"',
    ],
    [
      'a column that no file has',
      () => checkUsed(readMapping('at=when'), [['order'], ['sku']]),
      'no file has a column "when"',
    ],
    ['a field that does not exist', () => checkMappings(readMapping('colour=c')), 'no field "colour"'],
    ['a kind that does not exist', () => readMapping('carts.at=b'), 'no files of the kind "carts"'],
    ['half a mapping', () => readMapping('itemId'), '"itemId" is not understood'],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
