/** One addend of a judgement. */
interface Addend {
  code: string;
  detail?: string | undefined;
  weight: number;
}

/** Reasons that say the same, from several lists or conditions, as one with their sum, in the order in which each was first said. */
export function together<R extends Addend>(reasons: readonly R[]): R[] {
  const distinct: R[] = [];
  for (const reason of reasons) {
    const known = distinct.find((one) => one.code === reason.code && one.detail === reason.detail);
    if (known === undefined) distinct.push({ ...reason });
    else known.weight += reason.weight;
  }
  return distinct;
}
