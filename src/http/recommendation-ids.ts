/** recommendationIds, signed under a key of the shop and read again. Without `SIGNING_SECRET` none is signed, and none holds. */
import type { Env } from '../env.ts';
import { bytesOf, type Issued, idOf, issuedFrom, partsOf } from '../recommendations/recommendation-id.ts';
import { derivedKey, hmac } from './sign.ts';

const PURPOSE = 'recommendation';

/** @returns an id for each, in their order; null without a secret */
export async function signedIds(
  { SIGNING_SECRET }: Pick<Env, 'SIGNING_SECRET'>,
  shop: string,
  issued: readonly Issued[],
): Promise<string[] | null> {
  if (!SIGNING_SECRET) return null;
  const key = await derivedKey(SIGNING_SECRET, `${PURPOSE}:${shop}`);
  return Promise.all(
    issued.map(async (one) => {
      const bytes = bytesOf(one);
      return idOf(bytes, await hmac(key, bytes));
    }),
  );
}

/** @returns null for an id that was not issued here for this shop, or that this code cannot read */
export async function readId(
  { SIGNING_SECRET }: Pick<Env, 'SIGNING_SECRET'>,
  shop: string,
  id: string,
): Promise<Issued | null> {
  const parts = partsOf(id);
  if (parts === null || !SIGNING_SECRET) return null;
  const key = await derivedKey(SIGNING_SECRET, `${PURPOSE}:${shop}`);
  const right = await hmac(key, parts.bytes);
  let differences = 0;
  // As long for a wrong signature as for the right one.
  parts.signature.forEach((byte, i) => {
    differences |= byte ^ (right[i] ?? 0);
  });
  return differences === 0 ? issuedFrom(parts.bytes) : null;
}
