/// <reference types="vite/types/importMeta.d.ts" />

/** Requests as real clients sent them, recorded; nothing where the recordings are absent. */
export interface RecordedRequest {
  method: string;
  path: string;
  query?: Record<string, string>;
  headers: Record<string, string>;
  body?: Record<string, unknown>;
}

interface Recording {
  client: string;
  requests: RecordedRequest[];
}

const found = import.meta.glob<Recording>('#shared/fixtures/clients/*.json', { eager: true, import: 'default' });

/** Recordings by file name, without their list. */
export const recordings: readonly [string, Recording][] = Object.entries(found)
  .map(([path, recording]): [string, Recording] => [path.split('/').at(-1) ?? '', recording])
  .filter(([name]) => name !== 'INDEX.json');

/** The same requests of other people: several recordings name the same ones, and each is replayed more than once. */
export function ofOthers(requests: readonly RecordedRequest[], mark: string): RecordedRequest[] {
  const text = JSON.stringify(requests.filter(({ method }) => method !== '-'))
    .replaceAll(/"(u1|anon1|anon2|anon-old)"/g, `"$1 ${mark}"`)
    .replaceAll(/("anonymousId":"[0-9a-f-]{36})"/g, `$1-${mark.slice(0, 6)}"`);
  return JSON.parse(text) as RecordedRequest[];
}
