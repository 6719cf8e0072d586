/** What the demo reads of the answer of `POST /v1/decide`. */
export interface Reason {
  code: string;
  detail?: string;
  weight: number;
  text?: string;
}

export interface Recommended {
  itemId: string;
  title: string;
  score: number;
  price?: number;
  salePrice?: number;
  reasons: Reason[];
}

export interface Placement {
  recommendationId: string;
  title: string;
  strategy: string;
  fallback: boolean;
  items: Recommended[];
  dropped: Record<string, number>;
}

export interface Persona {
  key: string;
  name: string;
  confidence: number;
  reasons: Reason[];
  alternatives?: { key: string; confidence: number }[];
}

export interface Bought {
  itemId: string;
  lastBoughtAt: string;
  times: number;
  quantity: number;
  dueAt: string | null;
  dueConfidence: number | null;
  priceChange: number | null;
  alternative: { itemId: string; title: string } | null;
}

/** A message for this page; its texts are escaped for markup. */
export interface Message {
  messageId: string;
  impressionId: string;
  type: string;
  content: Record<string, unknown>;
}

export interface Decision {
  visitorId: string;
  consentUsed: string;
  degraded: boolean;
  versions: { config: number; catalog: string; cards: string };
  persona?: Persona;
  placements?: Record<string, Placement>;
  recentlyBought?: Bought[];
  /** What of it goes into the basket at once. */
  basket?: { items: { itemId: string; quantity: number }[] };
  messages?: Message[];
  notes?: string[];
}

/** An item of the shop's own catalogue (`/demo/items.json`). */
export interface StockItem {
  itemId: string;
  title: string;
  price: number;
  pays: number;
  stock: number;
}
