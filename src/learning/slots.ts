/** The neighbours of a card, of which there is room for so many; who is in whose place is decided here. */

export type Relation = 'viewed' | 'bought';

/**
 * Neighbours that a card keeps. When all places are taken, the smallest gives way. What is viewed next gathers on a few; what is bought with an item in a
 * wholesaler's baskets is spread over thousands, and a pair that was displaced begins from nothing: with 640 the lists are those of all, with 100 they are not.
 */
export const SLOTS: Readonly<Record<Relation, number>> = { viewed: 100, bought: 640 };

/** One relation of one card: neighbours in the order in which they came, `size` of them in use. The arrays grow as needed. */
export interface Slots {
  size: number;
  keys: Float64Array;
  weights: Float64Array;
  /** A second weight of each neighbour. `viewed`: what our own recommendations brought about, absent until there is some. `bought`: number of common baskets. */
  others: Float64Array | null;
}

export function createSlots(): Slots {
  return { size: 0, keys: new Float64Array(2), weights: new Float64Array(2), others: null };
}

/** Bytes that they take in memory. */
export function bytesOf({ keys, weights, others }: Slots): number {
  return keys.byteLength + weights.byteLength + (others?.byteLength ?? 0);
}

/** What is added to a neighbour. */
interface Addition {
  relation: Relation;
  neighbour: number;
  /** For `weights`. */
  weight: number;
  /** For `others`; 0 leaves that column alone. */
  other: number;
}

/** What decides who gives way: of baskets the weight, in which a large one says little; of views both weights together. */
export function holdOf({ relation, weight, other }: Pick<Addition, 'relation' | 'weight' | 'other'>): number {
  return relation === 'bought' ? weight : weight + other;
}

/** The neighbour that gives way first. */
export function weakest(slots: Slots, relation: Relation): { at: number; hold: number } {
  const others = relation === 'bought' ? null : slots.others;
  const found = { at: 0, hold: Number.POSITIVE_INFINITY };
  for (let i = 0; i < slots.size; i++) {
    const hold = (slots.weights[i] ?? 0) + (others?.[i] ?? 0);
    if (hold >= found.hold) continue;
    found.hold = hold;
    found.at = i;
  }
  return found;
}

/** Adds to the weights of one neighbour. A new one takes a free slot, or the place of the weakest (it starts from nothing, and does not inherit). */
export function addTo(slots: Slots, { relation, neighbour, weight, other }: Addition): void {
  let at = 0;
  while (at < slots.size && slots.keys[at] !== neighbour) at++;
  if (at === slots.size) at = freeSlot(slots, relation, neighbour);
  slots.weights[at] = (slots.weights[at] ?? 0) + weight;
  if (other === 0) return;
  slots.others ??= new Float64Array(slots.keys.length);
  slots.others[at] = (slots.others[at] ?? 0) + other;
}

function freeSlot(slots: Slots, relation: Relation, key: number): number {
  const most = SLOTS[relation];
  let at = slots.size;
  if (at === most) {
    at = weakest(slots, relation).at;
  } else {
    if (at === slots.keys.length) resize(slots, Math.min(most, Math.max(2, at * 2)));
    slots.size++;
  }
  slots.keys[at] = key;
  slots.weights[at] = 0;
  if (slots.others !== null) slots.others[at] = 0;
  return at;
}

function resize(slots: Slots, length: number): void {
  const longer = (from: Float64Array) => {
    const to = new Float64Array(length);
    to.set(from);
    return to;
  };
  slots.keys = longer(slots.keys);
  slots.weights = longer(slots.weights);
  if (slots.others !== null) slots.others = longer(slots.others);
}
