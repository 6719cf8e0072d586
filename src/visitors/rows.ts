/** How lists are put into rows. */

/** A row holds at most 2 MB; a page is closed before that. */
const PAGE_CHARACTERS = 200_000;

export function hashesOf(bytes: unknown): number[] {
  return bytes instanceof ArrayBuffer ? Array.from(new Float64Array(bytes)) : [];
}

export function bufferOf(ids: readonly number[]): ArrayBuffer {
  return Float64Array.from(ids).buffer as ArrayBuffer;
}

/** A list in groups, each with its JSON text; a group is closed before its text is over 200,000 characters, where it has more than one member. */
export function groupsOf<T>(list: readonly T[]): { text: string; of: T[] }[] {
  const groups: { text: string; of: T[] }[] = [];
  let texts: string[] = [];
  let of: T[] = [];
  let size = 0;
  const close = (): void => {
    if (of.length > 0) groups.push({ text: `[${texts.join(',')}]`, of });
    texts = [];
    of = [];
    size = 0;
  };
  for (const one of list) {
    const text = JSON.stringify(one);
    if (size + text.length > PAGE_CHARACTERS) close();
    texts.push(text);
    of.push(one);
    size += text.length + 1;
  }
  close();
  return groups;
}
