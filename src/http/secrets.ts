import { configObject, type Env } from '../env.ts';

/** Secrets of the deployment that are no shop's. */
const NOBODYS: ReadonlySet<string> = new Set(['SHOP_KEYS', 'SIGNING_SECRET']);

/** The value of a secret that the config names: what the shop set by `PUT /v1/secrets/:name`, else a secret of the deployment; null without either. */
export async function secretOf(env: Env, shop: string, name: string): Promise<string | null> {
  const stored = await configObject(env, shop).secret(name);
  const bound: unknown = NOBODYS.has(name) ? null : Reflect.get(env, name);
  return (stored ?? (typeof bound === 'string' ? bound : null)) || null;
}
