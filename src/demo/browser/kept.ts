/** What the page keeps in the browser: who the visitor is, the basket, the consent, and where an item was found. */
export type Consent = 'none' | 'session' | 'personal';

export interface Line {
  itemId: string;
  quantity: number;
  /** The recommendation that led to it. */
  recommendationId?: string;
  index?: number;
}

/** A basket, and what is left of it when it was bought. */
export interface Order {
  orderId: string;
  lines: Line[];
  value: number;
}

const VISITOR = 'demo-visitor';
const BASKET = 'demo-basket';
const CONSENT = 'demo-consent';
const ORDER = 'demo-order';
const TRAIL = 'demo-trail';
const WAITING = 'demo-waiting';

function read<T>(storage: Storage, name: string): T | null {
  try {
    return JSON.parse(storage.getItem(name) ?? 'null');
  } catch {
    return null;
  }
}

export function consent(): Consent {
  const kept = localStorage.getItem(CONSENT);
  return kept === 'none' || kept === 'session' ? kept : 'personal';
}

export function keepConsent(given: Consent): void {
  localStorage.setItem(CONSENT, given);
}

/** A UUID. `crypto.randomUUID` is only there on secure origins; a phone on the local network is on none. */
function newVisitorId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The visitor's id; null where nothing may be kept. */
export function visitorId(): string | null {
  if (consent() === 'none') {
    localStorage.removeItem(VISITOR);
    return null;
  }
  const kept = localStorage.getItem(VISITOR) ?? newVisitorId();
  localStorage.setItem(VISITOR, kept);
  return kept;
}

/** Forgets visitor, basket and trail; the consent stays. */
export function becomeNew(): void {
  for (const name of [VISITOR, BASKET]) localStorage.removeItem(name);
  for (const name of [ORDER, TRAIL, WAITING]) sessionStorage.removeItem(name);
}

export function basket(): Line[] {
  return read<Line[]>(localStorage, BASKET) ?? [];
}

function keepBasket(lines: Line[]): void {
  localStorage.setItem(BASKET, JSON.stringify(lines));
  document.dispatchEvent(new CustomEvent('basket'));
}

export function putIntoBasket(line: Line): void {
  const lines = basket();
  const there = lines.find((one) => one.itemId === line.itemId);
  if (there) there.quantity += line.quantity;
  else lines.push(line);
  keepBasket(lines);
}

/** Sets how many of an item are in the basket; 0 takes it out. */
export function setQuantity(itemId: string, quantity: number): void {
  keepBasket(
    basket().flatMap((line) => (line.itemId !== itemId ? [line] : quantity > 0 ? [{ ...line, quantity }] : [])),
  );
}

export function keepOrder(order: Order): void {
  sessionStorage.setItem(ORDER, JSON.stringify(order));
  keepBasket([]);
}

export function lastOrder(): Order | null {
  return read<Order>(sessionStorage, ORDER);
}

type Trail = Required<Omit<Line, 'quantity'>>;

/** Remembers which recommendation led to an item. */
export function leaveTrail(trail: Trail): void {
  const kept = (read<Trail[]>(sessionStorage, TRAIL) ?? []).filter((one) => one.itemId !== trail.itemId);
  sessionStorage.setItem(TRAIL, JSON.stringify([...kept, trail].slice(-30)));
}

/** The recommendation that led to an item in this tab, as fields of an event's item. */
export function trailOf(itemId: string): { recommendationId?: string; index?: number } {
  const found = (read<Trail[]>(sessionStorage, TRAIL) ?? []).find((one) => one.itemId === itemId);
  return found ? { recommendationId: found.recommendationId, index: found.index } : {};
}

/** ImpressionIds of messages that have waited for their moment in this tab, and were not shown. */
export const waiting = (): string[] => read<string[]>(sessionStorage, WAITING) ?? [];

/** Each tab has a list of its own, so that a page says what the one before it in the same tab did not show. */
export function keepWaiting(impressionIds: readonly string[]): void {
  if (consent() === 'none') sessionStorage.removeItem(WAITING);
  else sessionStorage.setItem(WAITING, JSON.stringify(impressionIds));
}
