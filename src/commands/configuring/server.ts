/** The config as a server has it. */
import * as z from 'zod';
import { type Api, RefusedError } from '../importing/api.ts';
import type { Pulled } from './files.ts';

/** As the config routes answer; the config itself is taken as it is, since the server may know more of it than this version does. */
const Published = z.object({ version: z.number(), publishedAt: z.string().nullable(), config: z.unknown() });
const Publication = z.object({ version: z.number(), publishedAt: z.string() });
const Versions = z.object({
  versions: z.array(
    z.object({ version: z.number(), publishedAt: z.string(), by: z.string(), rollbackOf: z.number().nullable() }),
  ),
});

export async function publishedBy(api: Api): Promise<Pulled> {
  return Published.parse(await api.get('/v1/config'));
}

/** @returns null where another version than the expected one is published by now */
export async function publish(api: Api, config: unknown, expected: number): Promise<Pulled | null> {
  try {
    const body = JSON.stringify(config);
    const made = Publication.parse(await api.send('PUT', '/v1/config', body, { 'If-Match': `"${expected}"` }));
    return { ...made, config };
  } catch (error) {
    if (error instanceof RefusedError && error.status === 412) return null;
    throw error;
  }
}

/** Who published what since a version, the newest first, a line each. */
export async function publishedSince(api: Api, version: number): Promise<string> {
  const { versions } = Versions.parse(await api.get('/v1/config/versions?limit=50'));
  return versions
    .filter((one) => one.version > version)
    .map(({ version: number, publishedAt, by, rollbackOf }) => {
      const what = rollbackOf === null ? '' : `, version ${rollbackOf} again`;
      return `  version ${number} by ${by} at ${publishedAt}${what}`;
    })
    .join('\n');
}
