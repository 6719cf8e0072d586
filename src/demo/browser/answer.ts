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

/** When a message is to come up: see `trigger` in the README. */
export interface Trigger {
  on: string;
  afterSeconds?: number;
  percent?: number;
  withinSeconds?: number;
}

/** A message for this page; its texts are escaped for markup. */
export interface Message {
  messageId: string;
  impressionId: string;
  type: string;
  content: Record<string, unknown>;
  trigger: Trigger;
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
  /** What is held back; of what is held out, and would have waited for its moment, when that is. */
  suppressed?: { messageId: string; impressionId?: string; trigger?: Trigger }[];
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
