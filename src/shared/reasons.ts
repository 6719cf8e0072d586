/** One addend of a judgement. */
interface Addend {
  code: string;
  detail?: string | undefined;
  weight: number;
}

/** Adds a reason to others, in place, with the one that says the same. */
export function addReason<R extends Addend>(to: R[], reason: R): void {
  const known = to.find((one) => one.code === reason.code && one.detail === reason.detail);
  if (known === undefined) to.push(reason);
  else known.weight += reason.weight;
}

/** Reasons that say the same, from several lists or conditions, as one with their sum, in the order in which each was first said. */
export function together<R extends Addend>(reasons: readonly R[]): R[] {
  const distinct: R[] = [];
  for (const reason of reasons) addReason(distinct, { ...reason });
  return distinct;
}
