/** Which items occur in which sessions: what baselines and diversity are computed from. */
import type { TimedSession } from './model.ts';

export interface Incidence {
  /** -1 for an item that does not occur. */
  indexOf(key: number): number;
  /** By index. */
  keys: readonly number[];
  /** Of each session, oldest first, its distinct items in the order in which they came. */
  itemsOf: readonly (readonly number[])[];
  /** Of each item, the sessions with it, oldest first. */
  sessionsOf: readonly (readonly number[])[];
}

/** @param train oldest first */
export function incidenceOf(train: readonly TimedSession[]): Incidence {
  const indices = new Map<number, number>();
  const keys: number[] = [];
  const sessionsOf: number[][] = [];
  const itemsOf = train.map((session, number) =>
    [...new Set(session.keys)].map((key) => {
      let index = indices.get(key);
      if (index === undefined) {
        index = keys.length;
        indices.set(key, index);
        keys.push(key);
        sessionsOf.push([]);
      }
      sessionsOf[index]?.push(number);
      return index;
    }),
  );
  return { indexOf: (key) => indices.get(key) ?? -1, keys, itemsOf, sessionsOf };
}

/** Of each item, how many sessions it shares with each other item. */
export function coCounts({ itemsOf, keys }: Incidence): Map<number, number>[] {
  const together = keys.map(() => new Map<number, number>());
  for (const items of itemsOf)
    for (const a of items) {
      const row = together[a];
      for (const b of items) if (b !== a) row?.set(b, (row.get(b) ?? 0) + 1);
    }
  return together;
}

/** Share of sessions in common, 0 to 1: the cosine of two items as vectors of sessions. */
export function cosine(together: number, sessionsOfA: number, sessionsOfB: number): number {
  return together === 0 ? 0 : together / Math.sqrt(sessionsOfA * sessionsOfB);
}
