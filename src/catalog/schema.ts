import * as z from 'zod';
import { ItemId } from '../events/schema.ts';

/** Items a call may carry. */
export const ITEMS_PER_CALL = 1_000;
/** Bytes a call may carry, inflated. */
export const BYTES_PER_CALL = 10_000_000;
/** UTF-16 code units an item may have as JSON: a thousand of them still fit into one answer of a Durable Object. */
export const ITEM_MAXIMUM_LENGTH = 32_000;

/** Text that survives UTF-8: a lone surrogate (`"\ud800"` in JSON) would come back as another text than was sent. */
const text = (maximum: number) =>
  z
    .string()
    .min(1)
    .max(maximum)
    .refine((value) => value.isWellFormed(), 'Half a surrogate pair is not a character');

const address = z.url({ protocol: /^https?$/, error: 'An absolute http or https URL is expected' }).max(2_000);
const money = z.number().min(0).max(1e12);
const amount = z.number().min(0).max(1e12);
const currency = z.string().regex(/^[A-Z]{3}$/, 'A currency is three capital letters (ISO 4217), for example EUR');
const time = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })], {
  error: 'An ISO 8601 date or time is expected, for example 2026-11-22 or 2026-11-22T10:00:00Z',
});
const availability = z.enum(['in_stock', 'out_of_stock', 'preorder', 'backorder']);
const market = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'A market is named by 1 to 40 of A-Z a-z 0-9 _ -');
const locale = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, 'A locale is a language tag, for example de or en-GB');
const attribute = z.union([z.string().max(1_000), z.number(), z.boolean(), z.array(text(200)).max(100)], {
  error: 'An attribute is a text of up to 1,000 characters, a number, true or false, or a list of up to 100 texts',
});

/** The id that an item is kept under: what events call it, less what no path can name and no UTF-8 can hold. */
export const CatalogItemId = ItemId.refine(
  (id) => id.isWellFormed(),
  'Half a surrogate pair is not a character',
).refine((id) => id !== '.' && id !== '..', 'An item named "." or ".." could not be addressed by a path');

const offerFields = {
  price: money.optional(),
  salePrice: money.optional(),
  currency: currency.optional(),
  availability: availability.optional(),
  stock: amount.optional(),
};

/** What differs in a market. What it does not state is the item's own; a price needs its currency, since markets rarely share one. */
export const Offer = z
  .strictObject(offerFields)
  .refine((offer) => (offer.price === undefined && offer.salePrice === undefined) || offer.currency !== undefined, {
    path: ['currency'],
    error: 'An offer with a price names its currency',
  });
export type Offer = z.infer<typeof Offer>;

const fields = {
  itemId: CatalogItemId,
  title: text(500),
  url: address.optional(),
  imageUrl: address.optional(),
  price: money.optional(),
  salePrice: money.optional(),
  /** The shop's when absent. */
  currency: currency.optional(),
  availableAt: time.optional(),
  stock: amount.optional(),
  brand: text(200).optional(),
  categories: z.array(text(500)).max(50).optional(),
  attributes: z.record(text(100), attribute).optional(),
  tags: z.array(text(100)).max(100).optional(),
  groupId: text(200).optional(),
  margin: z.number().min(-1e12).max(1e12).optional(),
  rating: z.number().min(0).max(100).optional(),
  createdAt: time.optional(),
  offers: z.record(market, Offer).optional(),
  locales: z.record(locale, z.strictObject({ title: text(500) })).optional(),
};

/**
 * An item as the catalogue keeps and answers it. Categories are paths, outermost level first: `"Home > Kitchen > Mugs"`.
 * Times without an offset are UTC.
 */
export const Item = z.strictObject({ ...fields, availability });
export type Item = z.infer<typeof Item>;

/** The fields of an item, in the order in which they are kept. */
export const ITEM_KEYS = [
  'itemId',
  'title',
  'url',
  'imageUrl',
  'price',
  'salePrice',
  'currency',
  'availability',
  'availableAt',
  'stock',
  'brand',
  'categories',
  'attributes',
  'tags',
  'groupId',
  'margin',
  'rating',
  'createdAt',
  'offers',
  'locales',
] as const satisfies readonly (keyof Item)[];

/** An item as it is sent: without `availability` it is in stock, or out of stock when `stock` is 0. */
export const ItemInput = z.strictObject({ ...fields, availability: availability.optional() });
export type ItemInput = z.infer<typeof ItemInput>;

const patchFields = {
  title: fields.title.optional(),
  url: address.nullable().optional(),
  imageUrl: address.nullable().optional(),
  price: money.nullable().optional(),
  salePrice: money.nullable().optional(),
  currency: currency.nullable().optional(),
  availability: availability.optional(),
  availableAt: time.nullable().optional(),
  stock: amount.nullable().optional(),
  brand: text(200).nullable().optional(),
  categories: z.array(text(500)).max(50).nullable().optional(),
  attributes: z.record(text(100), attribute.nullable()).nullable().optional(),
  tags: z.array(text(100)).max(100).nullable().optional(),
  groupId: text(200).nullable().optional(),
  margin: z.number().min(-1e12).max(1e12).nullable().optional(),
  rating: z.number().min(0).max(100).nullable().optional(),
  createdAt: time.nullable().optional(),
  offers: z
    .record(
      market,
      z
        .strictObject({
          price: money.nullable().optional(),
          salePrice: money.nullable().optional(),
          currency: currency.nullable().optional(),
          availability: availability.nullable().optional(),
          stock: amount.nullable().optional(),
        })
        .nullable(),
    )
    .nullable()
    .optional(),
  locales: z
    .record(locale, z.strictObject({ title: text(500) }).nullable())
    .nullable()
    .optional(),
};

/**
 * What may be changed about an item without sending it whole, as a JSON Merge Patch (RFC 7396): a field replaces the item's, null removes it, records
 * (`attributes`, `offers`, `locales`) are merged by key, lists are replaced. See `merge.ts` for how availability follows stock.
 */
export const ItemPatch = z.strictObject({ itemId: CatalogItemId, ...patchFields });
export type ItemPatch = z.infer<typeof ItemPatch>;

/** A patch where the path says which item is meant. */
export const ItemPatchBody = z.strictObject({ itemId: CatalogItemId.optional(), ...patchFields });
export type ItemPatchBody = z.infer<typeof ItemPatchBody>;

/** A line of the change log: the item as it now is, or null when it was removed. */
export interface CatalogChange {
  itemId: string;
  item: Item | null;
}

/** Why an entry of a call was not taken: the first complaint, and all of them when there are more. Paths lead into the request. */
export const Rejection = z.object({
  /** Position in the array, or line of NDJSON, from 0. */
  index: z.number(),
  itemId: z.string().optional(),
  path: z.string(),
  message: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Rejection = z.infer<typeof Rejection>;

/** Fields that change often and travel in the columns: a change of these alone leaves the published item details as they are. */
export const QUICK_FIELDS = ['price', 'salePrice', 'availability', 'availableAt', 'stock', 'offers'] as const;

export interface ChangeOptions {
  /** How long after the last change the catalogue is published; `freshness.catalogSeconds`. */
  delaySeconds?: number;
  /** Whether anybody wants to hear of what is back in stock or cheaper. */
  tellsNews?: boolean;
}

export interface PatchAnswer {
  version: number;
  /** Patches that were not taken: `index` into those sent; `unknown` when the catalogue has no such item. */
  rejected: {
    index: number;
    itemId: string;
    unknown: boolean;
    issues: { path: (string | number)[]; message: string }[];
  }[];
}

export interface ChangesAnswer {
  /** Up to here the changes reach. */
  version: number;
  changes: CatalogChange[];
  /** Ask again from `version`. */
  more: boolean;
  /** The log does not reach back that far: read the columns in KV again. */
  reload: boolean;
}
