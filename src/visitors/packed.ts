/**
 * What a visitor's object tells whoever decides, as text: lists of like objects lie in columns there, since to write and to read the same few names a hundred
 * times is most of what a page waits for where a visitor has looked at much.
 */
import type { Affinity, Observed, Profile, Recalled, SessionItem, ShownItem } from './schema.ts';

/** ItemIds and times, and of what was shown the weights. */
type Items = [itemIds: string[], ats: number[]];
type Shown = [...Items, weights: number[]];
type Weights = [names: string[], weights: number[], ats: number[]];

interface Packed extends Omit<Profile, 'session' | 'viewed' | 'shown' | 'affinities' | 'habits'> {
  session: Omit<Profile['session'], 'items'> & { items: Items };
  viewed: Items;
  shown?: Shown;
  affinities: Record<keyof Profile['affinities'], Weights>;
  habits?: Weights;
}

const itemsOf = (list: readonly SessionItem[]): Items => [list.map((one) => one.itemId), list.map((one) => one.at)];

function weightsOf(held: Readonly<Record<string, Affinity>>): Weights {
  const list = Object.values(held);
  return [Object.keys(held), list.map((one) => one.weight), list.map((one) => one.at)];
}

function pack({ session, viewed, shown, affinities, habits, ...rest }: Profile): Packed {
  const { category, brand, priceBand } = affinities;
  return {
    ...rest,
    session: { ...session, items: itemsOf(session.items) },
    viewed: itemsOf(viewed),
    ...(shown === undefined ? {} : { shown: [...itemsOf(shown), shown.map((one) => one.weight)] }),
    affinities: { category: weightsOf(category), brand: weightsOf(brand), priceBand: weightsOf(priceBand) },
    ...(habits === undefined ? {} : { habits: weightsOf(habits) }),
  };
}

const itemsIn = ([itemIds, ats]: Items): SessionItem[] => itemIds.map((itemId, i) => ({ itemId, at: ats[i] ?? 0 }));

const shownIn = ([itemIds, ats, weights]: Shown): ShownItem[] =>
  itemIds.map((itemId, i) => ({ itemId, at: ats[i] ?? 0, weight: weights[i] ?? 0 }));

function weightsIn([names, weights, ats]: Weights): Record<string, Affinity> {
  return Object.fromEntries(names.map((name, i) => [name, { weight: weights[i] ?? 0, at: ats[i] ?? 0 }]));
}

function unpack({ session, viewed, shown, affinities, habits, ...rest }: Packed): Profile {
  const { category, brand, priceBand } = affinities;
  return {
    ...rest,
    session: { ...session, items: itemsIn(session.items) },
    viewed: itemsIn(viewed),
    ...(shown === undefined ? {} : { shown: shownIn(shown) }),
    affinities: { category: weightsIn(category), brand: weightsIn(brand), priceBand: weightsIn(priceBand) },
    ...(habits === undefined ? {} : { habits: weightsIn(habits) }),
  };
}

type Answer = Recalled | Observed;

/** An answer as text. What is absent stays so; of what JSON does not know nothing is held. */
export function packed(answer: Answer): string {
  const profile = answer.memory?.profile ?? null;
  if (profile === null) return JSON.stringify(answer);
  return JSON.stringify({ ...answer, memory: { ...answer.memory, profile: pack(profile) } });
}

/** What {@link packed} wrote. @throws SyntaxError on any other text */
export function unpacked<A extends Answer>(text: string): A {
  const answer = JSON.parse(text) as A & { memory: { profile: Packed | null } | null };
  const profile = answer.memory?.profile ?? null;
  return profile === null ? answer : { ...answer, memory: { ...answer.memory, profile: unpack(profile) } };
}
