import type { Context } from 'hono';
import type { AppEnv } from '../env.ts';

/**
 * Sets headers of an answer that is made already. Hono's own way makes a new answer for each, whose body then has to be streamed; that is left for answers
 * of other services, whose headers cannot be changed.
 */
export function sayInHeaders(c: Context<AppEnv>, headers: Readonly<Record<string, string>>): void {
  try {
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  } catch {
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
  }
}
