/** Edit distance with transpositions of neighbours (optimal string alignment), over rows of one array each. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/**
 * The known name that a misspelt one was probably meant to be.
 * @returns null when none is within a third of its length (at least 2 edits, letter case not counted)
 */
export function nearest(name: string, known: readonly string[]): string | null {
  if (name.length > 60) return null;
  const folded = name.toLowerCase();
  let best: string | null = null;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const one of known) {
    if (Math.abs(one.length - name.length) >= least) continue;
    const edits = distance(folded, one.toLowerCase());
    if (edits < least) {
      least = edits;
      best = one;
    }
  }
  return best;
}

/** ` Did you mean "…"?`, or nothing. To be put behind a message. */
export function suggestion(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === null ? '' : `; did you mean "${meant}"?`;
}
