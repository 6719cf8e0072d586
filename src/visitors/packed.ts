/**
 * What a visitor's object tells whoever decides, as text: lists of like objects lie in columns there, since to write and to read the same few names a hundred
 * times is most of what a page waits for where a visitor has looked at much.
 */
import type { Affinity, Observed, PastOrder, Profile, Recalled, SessionItem, ShownItem } from './schema.ts';

/** How long before the visitor was seen last, in milliseconds: small numbers are read faster than times. */
type Agos = number[];
type Items = [itemIds: string[], agos: Agos];
/** And their weights. */
type Shown = [...Items, weights: number[]];
type Weights = [names: string[], weights: number[], agos: Agos];
/** An item of the session: the place at which it is among those viewed, or what it is. */
type Placed = number | [itemId: string, ago: number];

type Bare = Omit<Profile, 'orders'>;

/** Without its orders. */
export interface Packed extends Omit<Bare, 'session' | 'viewed' | 'shown' | 'affinities' | 'habits'> {
  session: Omit<Profile['session'], 'items'> & { items: Placed[] };
  viewed: Items;
  shown?: Shown;
  affinities: Record<keyof Profile['affinities'], Weights>;
  habits?: Weights;
}

const itemsOf = (list: readonly SessionItem[], seenAt: number): Items => [
  list.map((one) => one.itemId),
  list.map((one) => seenAt - one.at),
];

function weightsOf(held: Readonly<Record<string, Affinity>>, seenAt: number): Weights {
  const list = Object.values(held);
  return [Object.keys(held), list.map((one) => one.weight), list.map((one) => seenAt - one.at)];
}

/** The latest view of an item is on both lists, on one of them the oldest first, on the other the newest. */
function placesOf(items: readonly SessionItem[], viewed: readonly SessionItem[], seenAt: number): Placed[] {
  const placed = new Array<Placed>(items.length);
  let place = 0;
  for (let i = items.length - 1; i >= 0; i--) {
    const { itemId, at } = items[i] as SessionItem;
    while (place < viewed.length && (viewed[place] as SessionItem).at > at) place++;
    const there = viewed[place];
    placed[i] = there?.at === at && there.itemId === itemId ? place : [itemId, seenAt - at];
  }
  return placed;
}

/** As it is told, and as it is stored: rows that were written in this form have to be read for as long as profiles are kept. */
function pack({ session, viewed, shown, affinities, habits, ...rest }: Bare): Packed {
  const { category, brand, priceBand } = affinities;
  const { seenAt } = rest;
  return {
    ...rest,
    session: { ...session, items: placesOf(session.items, viewed, seenAt) },
    viewed: itemsOf(viewed, seenAt),
    ...(shown === undefined ? {} : { shown: [...itemsOf(shown, seenAt), shown.map((one) => one.weight)] }),
    affinities: {
      category: weightsOf(category, seenAt),
      brand: weightsOf(brand, seenAt),
      priceBand: weightsOf(priceBand, seenAt),
    },
    ...(habits === undefined ? {} : { habits: weightsOf(habits, seenAt) }),
  };
}

const atOf = (seenAt: number, agos: Agos, i: number): number => seenAt - (agos[i] ?? 0);

const itemsIn = ([itemIds, agos]: Items, seenAt: number): SessionItem[] =>
  itemIds.map((itemId, i) => ({ itemId, at: atOf(seenAt, agos, i) }));

const shownIn = ([itemIds, agos, weights]: Shown, seenAt: number): ShownItem[] =>
  itemIds.map((itemId, i) => ({ itemId, at: atOf(seenAt, agos, i), weight: weights[i] ?? 0 }));

function weightsIn([names, weights, agos]: Weights, seenAt: number): Record<string, Affinity> {
  const held: Record<string, Affinity> = {};
  // Written one by one: `Object.fromEntries` takes twice as long. `__proto__` is never among the names.
  for (let i = 0; i < names.length; i++)
    held[names[i] as string] = { weight: weights[i] ?? 0, at: atOf(seenAt, agos, i) };
  return held;
}

function sessionItemsIn(placed: readonly Placed[], viewed: readonly SessionItem[], seenAt: number): SessionItem[] {
  return placed.map((one) =>
    typeof one === 'number' ? (viewed[one] as SessionItem) : { itemId: one[0], at: seenAt - one[1] },
  );
}

export function unpack({ session, viewed: packedViews, shown, affinities, habits, ...rest }: Packed): Bare {
  const { category, brand, priceBand } = affinities;
  const { seenAt } = rest;
  const viewed = itemsIn(packedViews, seenAt);
  return {
    ...rest,
    session: { ...session, items: sessionItemsIn(session.items, viewed, seenAt) },
    viewed,
    ...(shown === undefined ? {} : { shown: shownIn(shown, seenAt) }),
    affinities: {
      category: weightsIn(category, seenAt),
      brand: weightsIn(brand, seenAt),
      priceBand: weightsIn(priceBand, seenAt),
    },
    ...(habits === undefined ? {} : { habits: weightsIn(habits, seenAt) }),
  };
}

type Inner = 'visits' | 'refunds' | 'reached' | 'handed' | 'tracked';

/** What of a profile whoever decides is told, but for its orders, and what the visitor's object keeps to itself. */
export function parted({ visits, refunds, reached, handed, tracked, orders: _orders, ...told }: Profile): {
  told: Omit<Bare, Inner>;
  inner: { [K in Inner]: Profile[K] | undefined };
} {
  return { told, inner: { visits, refunds, reached, handed, tracked } };
}

type Answer = Recalled | Observed;

/** A profile packed as text, without its orders. */
export const profileText = (told: Omit<Bare, Inner>): string => JSON.stringify(pack(told));

/** An answer as {@link packed} writes it, about a profile whose {@link profileText} is there already. */
export function packedAround(
  profile: string,
  { memory: { stored }, ...answer }: Recalled,
  orders: readonly PastOrder[],
): string {
  const head = JSON.stringify({ ...answer, orders, memory: { stored } });
  return `${head.slice(0, -'}}'.length)},"profile":${profile}}}`;
}

/** An answer as text, a profile's orders beside it. What is absent stays so; of what JSON does not know nothing is held. */
export function packed(answer: Answer): string {
  const profile = answer.memory?.profile ?? null;
  if (profile === null) return JSON.stringify(answer);
  const { orders, ...bare } = profile;
  return JSON.stringify({ ...answer, memory: { ...answer.memory, profile: pack(bare) }, orders });
}

/** What {@link packed} wrote. @throws SyntaxError on any other text */
export function unpacked<A extends Answer>(text: string): A {
  const whole = JSON.parse(text) as A & { memory: { profile: Packed | null } | null; orders: PastOrder[] };
  const profile = whole.memory?.profile ?? null;
  if (profile === null) return whole;
  const { orders, ...answer } = whole;
  return { ...answer, memory: { ...answer.memory, profile: { ...unpack(profile), orders } } } as unknown as A;
}
