/** The product with every operation on a binding counted: KV, objects, queue, rows. For counting runs only; counting costs time. */
import type { DurableObject } from 'cloudflare:workers';
import type { Env } from '../../src/env.ts';
import product, * as classes from '../../src/index.ts';

const counts: Record<string, number> = {};

function count(name: string, by = 1): void {
  counts[name] = (counts[name] ?? 0) + by;
}

type Method = (...values: unknown[]) => unknown;

/** The same object; calls of the named methods are counted first. */
function counting<T extends object>(target: T, methods: Record<string, string>): T {
  return new Proxy(target, {
    get(object, property) {
      const value: unknown = Reflect.get(object, property);
      if (typeof value !== 'function') return value;
      const name = methods[String(property)];
      const method = value as Method;
      return (...values: unknown[]) => {
        if (name !== undefined) count(name);
        return method.apply(object, values);
      };
    },
  });
}

const KV_METHODS = {
  get: 'kv reads',
  getWithMetadata: 'kv reads',
  put: 'kv writes',
  delete: 'kv writes',
  list: 'kv lists',
};
const OBJECTS = ['VISITORS', 'LEARNERS', 'CATALOGS', 'CONFIGS', 'TALLIES', 'DIRECTORIES', 'OUTBOXES'] as const;

/** A stub whose every call counts as one object request. */
function countedStub<T extends object>(stub: T, name: string): T {
  return new Proxy(stub, {
    get(object, property) {
      const value: unknown = Reflect.get(object, property);
      if (typeof value !== 'function' || property === 'then') return value;
      return (...values: unknown[]) => {
        count('object requests');
        count(`object requests: ${name}`);
        return (object as Record<string, Method>)[String(property)]?.(...values);
      };
    },
  });
}

function countedNamespace<T extends object>(namespace: T, name: string): T {
  return new Proxy(namespace, {
    get(object, property) {
      const value: unknown = Reflect.get(object, property);
      if (typeof value !== 'function') return value;
      return (...values: unknown[]) => {
        const made = (value as Method).apply(object, values);
        return property === 'get' || property === 'getByName' ? countedStub(made as object, name) : made;
      };
    },
  });
}

const wrapped = new WeakMap<Env, Env>();

function countedEnv(env: Env): Env {
  const known = wrapped.get(env);
  if (known) return known;
  const made: Env = { ...env };
  for (const name of ['CARDS', 'CATALOG', 'CONFIG', 'ARCHIVE'] as const) made[name] = counting(env[name], KV_METHODS);
  for (const name of OBJECTS) Object.assign(made, { [name]: countedNamespace(env[name], name.toLowerCase()) });
  made.INTERACTIONS = new Proxy(env.INTERACTIONS, {
    get(queue, property) {
      const value: unknown = Reflect.get(queue, property);
      if (typeof value !== 'function') return value;
      return (...values: unknown[]) => {
        count('queue messages', property === 'sendBatch' ? [...(values[0] as Iterable<unknown>)].length : 1);
        return (value as Method).apply(queue, values);
      };
    },
  });
  wrapped.set(env, made);
  return made;
}

/** Counts rows written and alarms set in one object's storage. The runtime insists on its own context, so its methods are replaced and not wrapped. */
function countedContext(context: DurableObjectState, name: string): DurableObjectState {
  const { storage } = context;
  const exec = storage.sql.exec.bind(storage.sql);
  const setAlarm = storage.setAlarm.bind(storage);
  const rowsWritten = (rows: number) => {
    count('rows written', rows);
    count(`rows written: ${name}`, rows);
  };
  Object.defineProperty(storage.sql, 'exec', {
    value: (...values: Parameters<typeof exec>) => {
      const cursor = exec(...values);
      if (cursor.rowsWritten > 0) rowsWritten(cursor.rowsWritten);
      return cursor;
    },
  });
  Object.defineProperty(storage, 'setAlarm', {
    value: (...values: Parameters<typeof setAlarm>) => {
      count('alarms set');
      rowsWritten(1);
      return setAlarm(...values);
    },
  });
  return context;
}

type ObjectClass = new (context: DurableObjectState, env: Env) => DurableObject<Env>;

function countedClass(original: ObjectClass, name: string): ObjectClass {
  return class extends original {
    constructor(context: DurableObjectState, env: Env) {
      super(countedContext(context, name), countedEnv(env));
    }
  };
}

export const VisitorObject = countedClass(classes.VisitorObject, 'visitors');
export const LearnerObject = countedClass(classes.LearnerObject, 'learners');
export const CatalogObject = countedClass(classes.CatalogObject, 'catalogs');
export const ConfigObject = countedClass(classes.ConfigObject, 'configs');
export const TallyObject = countedClass(classes.TallyObject, 'tallies');
export const DirectoryObject = countedClass(classes.DirectoryObject, 'directories');
export const OutboxObject = countedClass(classes.OutboxObject, 'outboxes');

const counted = {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    if (new URL(request.url).pathname === '/counts') return Response.json(counts);
    return product.fetch(request, countedEnv(env), context);
  },
  queue: (batch: MessageBatch<unknown>, env: Env, context: ExecutionContext) =>
    product.queue(batch, countedEnv(env), context),
};

export { counted as default };
