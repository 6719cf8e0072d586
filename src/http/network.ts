/** From where a request comes, as far as its address says, without that the address is kept. */
import type { Context } from 'hono';
import type { AppEnv } from '../env.ts';
import { hmacHex } from './sign.ts';

const HOUR_MS = 3_600_000;
const MOST_KNOWN = 10_000;

const V4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/i;
const LOCAL_V4 = /^(127|10|0)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\./;
const LOCAL_V6 = /^(f[cd]|fe[89ab])/;

/**
 * The network that an address belongs to: the first 24 bits of IPv4, the first 48 of IPv6, which is what one customer of a provider is given at most.
 * Null for what is no address, and on a local network, where it says nothing about who calls.
 */
export function prefixOf(address: string): string | null {
  const four = V4.exec(address);
  if (four !== null) {
    const prefix = four.slice(1, 4).join('.');
    return LOCAL_V4.test(`${prefix}.`) ? null : prefix;
  }
  if (!/^[0-9a-f:]{2,39}$/i.test(address) || !address.includes(':')) return null;
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after].slice(0, 3);
  const prefix = groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':');
  return LOCAL_V6.test(prefix.padStart(4, '0')) || prefix === '0:0:0' ? null : prefix;
}

/** Of the hour that runs: prefix → name. In memory only. */
let known = { hour: 0, secret: '', names: new Map<string, string>() };

/**
 * A name for the network that a browser's request comes from: the HMAC of its prefix and the hour under the deployment's secret, so that it says the same
 * for an hour, and afterwards nothing. Undefined for servers (the secret key), on a local network, and where the address is not known.
 */
export async function networkOf(c: Context<AppEnv>): Promise<string | undefined> {
  if (c.get('keyKind') === 'secret') return undefined;
  const prefix = prefixOf(c.req.header('CF-Connecting-IP') ?? '');
  const secret = c.env.SIGNING_SECRET ?? c.env.SHOP_KEYS;
  if (prefix === null || !secret) return undefined;
  const hour = Math.floor(c.get('now') / HOUR_MS);
  if (known.hour !== hour || known.secret !== secret || known.names.size > MOST_KNOWN)
    known = { hour, secret, names: new Map() };
  const { names } = known;
  const made = names.get(prefix);
  if (made !== undefined) return made;
  const [name = ''] = await hmacHex(secret, [`network:${hour}:${prefix}`]);
  const short = name.slice(0, 16);
  names.set(prefix, short);
  return short;
}
