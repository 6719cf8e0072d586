/** Visitors whom another tool has named: its ids need not be ours, nor hard to guess. */
import { hexOf } from '../shared/hex.ts';

const VISITOR_ID = /^[A-Za-z0-9_-]{16,64}$/;
const DERIVED = /^[hu]_[0-9a-f]{32}$/;

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return hexOf(new Uint8Array(bytes)).slice(0, 32);
}

/** The visitorId under which a foreign anonymous id is kept: itself where it follows our rule, otherwise `h_` and a hash of it, one per shop. */
export async function visitorIdOf(foreign: string, shop: string): Promise<string> {
  return VISITOR_ID.test(foreign) ? foreign : `h_${await digest(`${shop}:${foreign}`)}`;
}

/** The visitorId of somebody of whom a publishable key states only a user id: a place of its own, apart from the customer's. */
export async function userVisitorIdOf(userId: string, shop: string): Promise<string> {
  return `u_${await digest(`${shop}:user:${userId}`)}`;
}

/**
 * Whether an id was made from another tool's. What it was made from can be guessed, so that it is no proof: the secret key alone may name it.
 */
export function isDerived(visitorId: string): boolean {
  return DERIVED.test(visitorId);
}
