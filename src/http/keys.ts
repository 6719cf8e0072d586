import type { KeyKind } from '../env.ts';

export interface ShopKey {
  shop: string;
  kind: KeyKind;
}

const KEY = /^(pk|sk)_([a-z0-9-]{1,40})(?:_[A-Za-z0-9_-]{1,100})?$/;

/**
 * Reads the deployment's secret `SHOP_KEYS`: a JSON array of keys `pk_<shop>_<random>` and `sk_<shop>_<random>`.
 * @returns the keys by text, or null when there are none or the secret is not such an array
 */
export function readShopKeys(secret: string | undefined): Map<string, ShopKey> | null {
  if (!secret) return null;
  let listed: unknown;
  try {
    listed = JSON.parse(secret);
  } catch {
    return null;
  }
  if (!Array.isArray(listed)) return null;
  const keys = new Map<string, ShopKey>();
  for (const key of listed) {
    const match = typeof key === 'string' ? KEY.exec(key) : null;
    if (match?.[2]) keys.set(match[0], { shop: match[2], kind: match[1] === 'sk' ? 'secret' : 'publishable' });
  }
  return keys.size > 0 ? keys : null;
}
