/** Something that happened to a visitor at the shop's end, such as a delayed delivery. */
export interface Told {
  key: string;
  at: number;
}

const MOST_TOLD = 20;

/** What the shop's server has told, of several lists the newest 20. Comes out the same in any order. */
export function uniteTold(lists: readonly (readonly Told[])[]): Told[] {
  return lists
    .flat()
    .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1))
    .slice(-MOST_TOLD);
}
