import type { Context } from 'hono';

/**
 * Puts headers on an answer that is made already, in place: Hono's `c.header` makes a finished answer anew, with another stream, for every header.
 * @param headers a value by name, which replaces what is there
 */
export function setHeaders(c: Context, headers: Readonly<Record<string, string>>): void {
  const made = c.res.headers;
  try {
    for (const name in headers) made.set(name, headers[name] as string);
  } catch {
    // What was fetched, as an asset is, cannot be changed in place.
    for (const name in headers) c.header(name, headers[name]);
  }
}
