/** A config's version as an `ETag`. */
export const etagOf = (version: number): string => `"${version}"`;

function versionsIn(header: string): number[] {
  return header.split(',').map((tag) => {
    const match = /^\s*(?:W\/)?"?(\d{1,15})"?\s*$/.exec(tag);
    return match === null ? -1 : Number(match[1]);
  });
}

/**
 * The version that `If-Match` expects. `*` and no header expect nothing in particular; what is no version of ours is -1, which none matches.
 */
export function expectedVersion(header: string | undefined): number | null {
  if (header === undefined || header.trim() === '*') return null;
  return versionsIn(header)[0] ?? -1;
}

/** Whether `If-None-Match` names this version. */
export function isKnown(header: string | undefined, version: number): boolean {
  return header !== undefined && (header.trim() === '*' || versionsIn(header).includes(version));
}
