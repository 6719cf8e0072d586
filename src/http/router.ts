import type { Result, Router } from 'hono/router';
import { TrieRouter } from 'hono/router/trie-router';

/** Paths without parameters whose handlers are remembered: there are fewer, unless somebody invents some. */
const MOST_PATHS = 500;

/**
 * Hono's tree of routes, which our patterns need (its regular expression cannot tell them apart), and the handlers of each path that was looked up: walking
 * the tree costs a tenth of a decision, and answers the same each time.
 */
export class RememberingRouter<T> implements Router<T> {
  readonly name = 'RememberingRouter';
  private readonly routes = new TrieRouter<T>();
  private readonly known = new Map<string, Result<T>>();
  private readonly isIdle: (handler: T) => boolean;

  /** @param isIdle whether a handler does nothing but call the next: no request is led through it */
  constructor(isIdle: (handler: T) => boolean) {
    this.isIdle = isIdle;
  }

  add(method: string, path: string, handler: T): void {
    this.known.clear();
    this.routes.add(method, path, handler);
  }

  match(method: string, path: string): Result<T> {
    const name = `${method} ${path}`;
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const found = this.routes.match(method, path);
    // Parameters are part of what was found, and of the path: remembered they would only fill the memory.
    if (!found[0].every(([, params]) => Object.keys(params).length === 0)) return found;
    if (this.known.size >= MOST_PATHS) this.known.clear();
    const kept: Result<T> = [found[0].flatMap(([handler]) => (this.isIdle(handler) ? [] : [[handler, {}]]))];
    this.known.set(name, kept);
    return kept;
  }
}
