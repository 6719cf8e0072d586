/** Which column of a file is which field: said by `--map`, otherwise guessed from the header. */
import { ImportError } from './read.ts';

export type Kind = 'catalog' | 'orders' | 'sessions' | 'events';

/** Names that columns go by, most telling first; compared without case, blanks and punctuation. */
const ITEM_ID = [
  ...['itemid', 'sku', 'productid', 'stockcode', 'itemcode', 'productcode', 'variantsku', 'variantid', 'articleid'],
  ...['articlenumber', 'productsku', 'itemsku', 'lineitemsku', 'asin', 'item', 'product', 'article'],
];
const AT = [
  ...['at', 'time', 'timestamp', 'datetime', 'orderedat', 'purchasedat', 'orderdate', 'invoicedate', 'purchasedate'],
  ...['transactiontimestamp', 'transactiondate', 'eventtime', 'occurredat', 'createdat', 'created', 'date', 'paidat'],
];

const GUESSES: Record<Exclude<Kind, 'events'>, Record<string, readonly string[]>> = {
  catalog: {
    itemId: [...ITEM_ID, 'id'],
    title: ['title', 'name', 'productname', 'producttitle', 'itemname', 'itemtitle', 'description'],
    url: ['url', 'link', 'producturl', 'productlink'],
    imageUrl: ['imageurl', 'imagelink', 'image', 'featuredimageurl', 'imagesrc', 'picture', 'thumbnail'],
    price: [
      'price',
      'unitprice',
      'regularprice',
      'listprice',
      'medianprice',
      'variantprice',
      'pricemin',
      'priceminusd',
    ],
    salePrice: ['saleprice', 'specialprice', 'discountprice', 'offerprice'],
    currency: ['currency', 'currencycode'],
    availability: ['availability', 'stockstatus', 'instock', 'instockany', 'available'],
    availableAt: ['availableat', 'availabilitydate'],
    stock: ['stock', 'stockquantity', 'stocklevel', 'inventory', 'inventoryquantity', 'quantity', 'qty'],
    brand: ['brand', 'vendor', 'manufacturer'],
    categories: [
      'categories',
      'categorypath',
      'categoryfullpath',
      'category',
      'producttype',
      'department',
      'productcategory',
    ],
    tags: ['tags', 'labels'],
    groupId: ['groupid', 'itemgroupid', 'parentid', 'parentsku', 'modelid'],
    margin: ['margin'],
    rating: ['rating', 'reviewrating', 'averagerating'],
    createdAt: ['createdat', 'created', 'firstseen', 'publishedat', 'dateadded'],
    attributes: ['attributes'],
    offers: ['offers'],
    locales: ['locales'],
  },
  orders: {
    orderId: [
      ...['orderid', 'ordernumber', 'orderno', 'order', 'invoice', 'invoiceno', 'invoiceid', 'invoicenumber'],
      ...['transactionid', 'transaction', 'basketid', 'basket', 'receiptid', 'receipt', 'id'],
    ],
    itemId: ITEM_ID,
    customerId: [
      ...['customerid', 'customer', 'userid', 'user', 'clientid', 'client', 'accountid', 'memberid', 'personid'],
      ...['householdid', 'shopperid', 'buyerid'],
    ],
    at: AT,
    quantity: ['quantity', 'qty', 'units', 'lineitemquantity', 'count'],
    price: ['unitprice', 'price', 'itemprice', 'lineitemprice', 'productprice'],
    total: ['linetotal', 'linevalue', 'salesvalue', 'rowtotal', 'totalprice'],
    currency: ['currency', 'currencycode'],
    cancelled: ['cancelled', 'canceled', 'iscancelled', 'iscanceled', 'refunded', 'isrefund', 'returned', 'isreturn'],
    gift: ['gift', 'isgift'],
    country: ['country', 'countrycode', 'shippingcountry', 'shipcountry', 'deliverycountry', 'billingcountry'],
    items: ['items', 'lines', 'lineitems', 'products'],
  },
  sessions: {
    sessionId: ['sessionid', 'session', 'visitid', 'visit'],
    itemId: ITEM_ID,
    at: AT,
  },
};

const NEEDED: Record<Exclude<Kind, 'events'>, readonly string[]> = {
  catalog: ['itemId', 'title'],
  orders: ['orderId', 'itemId', 'at'],
  sessions: ['sessionId', 'itemId', 'at'],
};

/** `--map`: field to column, for all files or for one kind. */
export interface Mapping {
  kind: Kind | null;
  field: string;
  column: string;
}

/** Field to column; a category path may be made of several (`department>aisle`). */
export type Columns = Readonly<Record<string, string>>;

const KINDS: readonly string[] = ['catalog', 'orders', 'sessions', 'events'];

/** Reads `itemId=sku,catalog.price=median_price`. @throws ImportError naming the part that is not understood */
export function readMapping(text: string): Mapping[] {
  return text.split(',').map((part) => {
    const [, scope, field, column] = /^\s*(?:([a-z]+)\.)?([A-Za-z]+(?:\.[^=]+)?)\s*=\s*(.+?)\s*$/.exec(part) ?? [];
    if (field === undefined || column === undefined)
      throw new ImportError(`--map "${part}" is not understood: FIELD=COLUMN is expected, for example itemId=sku.`);
    if (scope === 'attributes') return { kind: 'catalog', field: `attributes.${field}`, column };
    if (scope !== undefined && !KINDS.includes(scope))
      throw new ImportError(
        `--map "${part}": there are no files of the kind "${scope}"; there are ${KINDS.join(', ')}.`,
      );
    return { kind: (scope as Kind | undefined) ?? null, field, column };
  });
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function isField(kind: Exclude<Kind, 'events'>, field: string): boolean {
  return Object.hasOwn(GUESSES[kind], field) || (kind === 'catalog' && field.startsWith('attributes.'));
}

/** @throws ImportError for a field that no kind of file has */
export function checkMappings(mappings: readonly Mapping[]): void {
  for (const { kind, field } of mappings) {
    const kinds = (['catalog', 'orders', 'sessions'] as const).filter((each) => kind === null || kind === each);
    if (kinds.some((each) => isField(each, field))) continue;
    const known = [...new Set(kinds.flatMap((each) => Object.keys(GUESSES[each])))];
    throw new ImportError(`--map: there is no field "${field}"; there are ${known.join(', ')}.`);
  }
}

/**
 * Which column is which field.
 * @param path of the file, for messages
 * @throws ImportError when a field that is needed has no column, or a column named by `--map` for this kind is not there
 */
export function columnsOf(
  kind: Exclude<Kind, 'events'>,
  header: readonly string[],
  options: { path: string; mappings: readonly Mapping[] },
): Columns {
  const columns: Record<string, string> = {};
  for (const mapping of options.mappings) {
    if ((mapping.kind !== null && mapping.kind !== kind) || !isField(kind, mapping.field)) continue;
    const absent = mapping.column.split('>').find((column) => !header.includes(column.trim()));
    if (absent === undefined) columns[mapping.field] = mapping.column;
    else if (mapping.kind !== null)
      throw new ImportError(`${options.path} has no column "${absent}". Its columns: ${header.join(', ')}.`);
  }
  const taken = new Set(Object.values(columns));
  const byName = new Map(header.map((name) => [plain(name), name]));
  for (const [field, names] of Object.entries(GUESSES[kind])) {
    if (columns[field] !== undefined) continue;
    const name = names.map((each) => byName.get(each)).find((found) => found !== undefined && !taken.has(found));
    if (name === undefined) continue;
    columns[field] = name;
    taken.add(name);
  }
  const lacks = NEEDED[kind].filter((field) => columns[field] === undefined && !(field === 'itemId' && columns.items));
  if (lacks.length > 0)
    throw new ImportError(
      `${options.path}: no column is recognised as ${lacks.join(', ')}. Say which it is: --map ${lacks[0]}=COLUMN. Its columns: ${header.join(', ')}.`,
    );
  return columns;
}

/** @throws ImportError when a column that `--map` names for all files is in none of them */
export function checkUsed(mappings: readonly Mapping[], headers: readonly (readonly string[])[]): void {
  for (const { kind, column } of mappings) {
    if (kind !== null || headers.length === 0) continue;
    if (!headers.some((header) => column.split('>').every((part) => header.includes(part.trim()))))
      throw new ImportError(`--map: no file has a column "${column}". Columns: ${headers.flat().join(', ')}.`);
  }
}

/** The guess as it is shown: `itemId ← sku, price ← unit_price`. */
export function describeColumns(columns: Columns): string {
  return Object.entries(columns)
    .map(([field, column]) => (field === column ? field : `${field} ← ${column}`))
    .join(', ');
}
