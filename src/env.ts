import type { DirectoryObject } from './analytics/directory-object.ts';
import type { TallyObject } from './analytics/tally-object.ts';
import type { CatalogObject } from './catalog/object.ts';
import type { ConfigObject } from './config/object.ts';
import type { OutboxObject } from './integrations/outbox-object.ts';
import type { LearnerObject } from './learning/object.ts';
import type { Flush } from './learning/schema.ts';
import type { Random } from './shared/random.ts';
import type { VisitorObject } from './visitors/object.ts';

/** The bindings of the deployment, as wrangler.toml declares them. */
export interface Env {
  CARDS: KVNamespace;
  CATALOG: KVNamespace;
  CONFIG: KVNamespace;
  ARCHIVE: KVNamespace;
  VISITORS: DurableObjectNamespace<VisitorObject>;
  LEARNERS: DurableObjectNamespace<LearnerObject>;
  CATALOGS: DurableObjectNamespace<CatalogObject>;
  CONFIGS: DurableObjectNamespace<ConfigObject>;
  TALLIES: DurableObjectNamespace<TallyObject>;
  DIRECTORIES: DurableObjectNamespace<DirectoryObject>;
  OUTBOXES: DurableObjectNamespace<OutboxObject>;
  INTERACTIONS: Queue<Flush>;
  /** Requests of one visitor. */
  RATE_LIMIT: RateLimit;
  /** Requests of one network, whatever visitors it speaks for. */
  NETWORK_LIMIT: RateLimit;
  ASSETS: Fetcher;
  /** JSON array of keys, `["pk_<shop>_<random>", "sk_<shop>_<random>"]`. A secret of the deployment. */
  SHOP_KEYS?: string;
  /** Signs what Floorwalker hands out and takes back (tokens, receipts). A secret of the deployment. */
  SIGNING_SECRET?: string;
  /** `true` lets calls to other servers go to this machine, as tests do. No config can. */
  ALLOW_LOOPBACK?: string;
  /** `eu` or `fedramp`; cannot be changed later. */
  JURISDICTION?: string;
  /** Where objects are created, for example `weur`; cannot be changed later. */
  LOCATION_HINT?: string;
}

export type KeyKind = 'publishable' | 'secret';

/** What the middlewares leave for the handlers. */
export interface AppEnv {
  Bindings: Env;
  Variables: {
    requestId: string;
    /** Epoch milliseconds at which the request is taken to arrive. */
    now: number;
    random: Random;
    /** The shop that the key names. Set by `access()`. */
    shop: string;
    keyKind: KeyKind;
  };
}

/** The one learner, tally and directory shard of a shop: `S` is fixed per shop, and 1 until a shop outgrows it. */
const SHARD = 0;

function find<T extends Rpc.DurableObjectBranded>(
  env: Env,
  from: DurableObjectNamespace<T>,
  name: string,
): DurableObjectStub<T> {
  const namespace = env.JURISDICTION ? from.jurisdiction(env.JURISDICTION as DurableObjectJurisdiction) : from;
  const options = env.LOCATION_HINT ? { locationHint: env.LOCATION_HINT as DurableObjectLocationHint } : undefined;
  return namespace.getByName(name, options);
}

export const visitorObject = (env: Env, shop: string, visitorId: string) =>
  find(env, env.VISITORS, `${shop}:v:${visitorId}`);
export const customerObject = (env: Env, shop: string, customerId: string) =>
  find(env, env.VISITORS, `${shop}:c:${customerId}`);
export const learnerObject = (env: Env, shop: string) => find(env, env.LEARNERS, `${shop}:${SHARD}`);
export const tallyObject = (env: Env, shop: string) => find(env, env.TALLIES, `${shop}:${SHARD}`);
export const directoryObject = (env: Env, shop: string) => find(env, env.DIRECTORIES, `${shop}:${SHARD}`);
export const catalogObject = (env: Env, shop: string) => find(env, env.CATALOGS, shop);
export const outboxObject = (env: Env, shop: string) => find(env, env.OUTBOXES, shop);
export const configObject = (env: Env, shop: string) => find(env, env.CONFIGS, shop);
