/** One of several forms in which a product is sold. */
export interface Variant {
  name: 'colour' | 'size';
  value: string;
  /** What is added to the product's price. */
  extra: number;
  /** What is added to the product's id. */
  suffix: string;
}

/** What the shop sells, before its variants become items. */
export interface Product {
  id: string;
  title: string;
  /** Pounds. */
  price: number;
  salePrice: number | null;
  brand: string;
  /** Slug of its category. */
  category: string;
  shape: string;
  color: string;
  pattern: string;
  text: string;
  /** Pieces; null: plenty. */
  stock: number | null;
  /** Weeks after which it is usually bought again; null for what lasts. */
  againWeeks: number | null;
  attributes: Record<string, string>;
  tags: string[];
  variants: Variant[];
}

export interface Category {
  slug: string;
  /** As in the catalogue: `Kitchen > Tableware`. */
  path: string;
  title: string;
  text: string;
}
