/** Faults of the platform, injected around the real objects, queues and stores: the bindings are wrapped in place, nothing of ours is replaced. */
import { env } from 'cloudflare:workers';
import type { Env } from '../../src/env.ts';
import type { Flush } from '../../src/learning/schema.ts';

/** What happens at a call: it never arrives, it arrives and its answer does not, or something else is to happen before or after it. */
export type Fault = 'before' | 'after' | { before: (...values: unknown[]) => unknown } | { after: () => unknown };

const OBJECTS = { VISITORS: 'visitor', LEARNERS: 'learner', TALLIES: 'tally', DIRECTORIES: 'directory' } as const;
const STORES = { CARDS: 'cards', ARCHIVE: 'archive', CONFIG: 'config' } as const;

/** A message on its way. */
export interface Sent {
  id: string;
  body: unknown;
  attempts: number;
}

export interface Faults {
  /** The next call of a name, such as `tally.apply`, `queue.send` or `archive.put`, meets this; then the one after it what comes next. */
  next(name: string, ...faults: Fault[]): void;
  /** Every call of a name meets this until {@link Faults.clear}. */
  always(name: string, fault: Fault | null): void;
  /** Names of calls that were to meet something and never came. */
  unmet(): string[];
  /** Reads of KV answer as of a minute ago. */
  behind: boolean;
  clear(): void;
  /** What was sent and not yet delivered. */
  queue: Sent[];
  /** Puts the bindings back. */
  remove(): void;
}

type Method = (...values: unknown[]) => unknown;
type Put = { at: number; value: unknown };

const BEHIND_MS = 60_000;

class Unreachable extends Error {}

/** @returns the untouched bindings, and the means to make the wrapped ones fail */
export function injectFaults(): { real: Env; faults: Faults } {
  const real: Env = { ...env };
  const planned = new Map<string, Fault[]>();
  const standing = new Map<string, Fault>();
  const puts = new Map<string, Put[]>();
  const queue: Sent[] = [];
  let sent = 0;

  async function meet(name: string, call: () => unknown, values: unknown[] = []): Promise<unknown> {
    const list = planned.get(name);
    const fault = list?.shift() ?? standing.get(name);
    if (fault === undefined) return call();
    if (fault === 'before') throw new Unreachable(`${name} cannot be reached.`);
    if (typeof fault === 'object' && 'before' in fault) await fault.before(...values);
    const answer = await call();
    if (fault === 'after') throw new Unreachable(`The answer of ${name} got lost.`);
    if (typeof fault === 'object' && 'after' in fault) await fault.after();
    return answer;
  }

  const wrapped = <T extends object>(target: T, wrap: (method: Method, name: string) => Method): T =>
    new Proxy(target, {
      get(object, property) {
        const value: unknown = Reflect.get(object, property);
        if (typeof value !== 'function' || property === 'then' || property === 'constructor') return value;
        return wrap((...values) => (object as Record<string, Method>)[String(property)]?.(...values), String(property));
      },
    });

  const stubOf = (stub: object, kind: string) =>
    wrapped(
      stub,
      (method, name) =>
        (...values) =>
          meet(`${kind}.${name}`, () => method(...values), values),
    );

  const namespaceOf = (namespace: object, kind: string) =>
    wrapped(namespace, (method, name) => (...values) => {
      const made = method(...values);
      return name === 'get' || name === 'getByName' ? stubOf(made as object, kind) : made;
    });

  /** What was put last before a time, as it would be read. */
  function asOf(key: string, before: number, type: unknown): unknown {
    const value = puts.get(key)?.findLast((put) => put.at <= before)?.value ?? null;
    const kind = typeof type === 'object' && type !== null ? Reflect.get(type, 'type') : type;
    if (typeof value === 'string') return kind === 'json' ? JSON.parse(value) : value;
    if (value instanceof Uint8Array) return value.slice().buffer;
    return value;
  }

  const storeOf = (store: object, kind: string) =>
    wrapped(store, (method, name) => (...values) => {
      const key = `${kind} ${String(values[0])}`;
      if (name === 'get' && faults.behind && puts.has(key))
        return meet(`${kind}.get`, async () => asOf(key, Date.now() - BEHIND_MS, values[1]));
      return meet(`${kind}.${name}`, async () => {
        const answer = await method(...values);
        if (name === 'put') puts.set(key, [...(puts.get(key) ?? []), { at: Date.now(), value: values[1] }]);
        return answer;
      });
    });

  const enqueue = (body: unknown) => {
    sent += 1;
    queue.push({ id: `m${sent}`, body, attempts: 1 });
  };
  const messages = {
    send: (body: Flush) => meet('queue.send', () => enqueue(body)),
    sendBatch: (batch: Iterable<{ body: Flush }>) =>
      meet('queue.send', () => {
        for (const { body } of batch) enqueue(body);
      }),
  };

  for (const [name, kind] of Object.entries(OBJECTS)) {
    const binding = name as keyof typeof OBJECTS;
    Object.assign(env, { [binding]: namespaceOf(real[binding], kind) });
  }
  for (const [name, kind] of Object.entries(STORES)) {
    const binding = name as keyof typeof STORES;
    Object.assign(env, { [binding]: storeOf(real[binding], kind) });
  }
  Object.assign(env, { INTERACTIONS: messages });

  const faults: Faults = {
    next: (name, ...list) => void planned.set(name, [...(planned.get(name) ?? []), ...list]),
    always: (name, fault) => void (fault === null ? standing.delete(name) : standing.set(name, fault)),
    unmet: () => [...planned].flatMap(([name, list]) => list.map(() => name)),
    behind: false,
    clear() {
      planned.clear();
      standing.clear();
      faults.behind = false;
    },
    queue,
    remove: () => void Object.assign(env, real),
  };
  return { real, faults };
}
