import type { Context } from 'hono';
import type { AppEnv } from '../env.ts';
import type { Erased } from '../visitors/schema-held.ts';
import type { Receipt } from '../visitors/wire.ts';
import { hmacHex } from './sign.ts';

/** What was erased, of whom and when, signed by the deployment's secret: see `Receipt`. */
export async function receiptOf(c: Context<AppEnv>, subject: string, erased: Erased): Promise<Receipt> {
  const { events, orders, profile, links, flushes, messages } = erased;
  const erasedAt = new Date(erased.erasedAt).toISOString();
  const receipt = { subject, shop: c.var.shop, events, orders, profile, links, flushes, messages, erasedAt };
  if (!c.env.SIGNING_SECRET) return { ...receipt, signature: null };
  const [signature = null] = await hmacHex(c.env.SIGNING_SECRET, [JSON.stringify(receipt)]);
  return { ...receipt, signature };
}
