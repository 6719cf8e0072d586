import { type Context, Hono } from 'hono';
import { cartOf } from '../decide/decide.ts';
import { sceneOf } from '../decide/scene.ts';
import { DecideRequest } from '../decide/schema.ts';
import type { AppEnv } from '../env.ts';
import { callerWith, takeEvents } from '../events/take.ts';
import { access } from '../http/access.ts';
import { check, param, parseJson, readText } from '../http/body.ts';
import { type CarriedCart, readCartToken } from '../http/cart-token.ts';
import { describe } from '../http/describe.ts';
import { Problem } from '../http/problem.ts';
import { type Snapshot, snapshotOf } from '../snapshot.ts';
import type { Profile } from '../visitors/schema.ts';
import { CarriedAnswer, RestoreBody, RestoredAnswer, TokenParam } from './schema.ts';

/** What a link carries, as far as the catalogue still knows it. */
interface Found extends CarriedCart {
  snapshot: Snapshot;
  missing: string[];
}

/**
 * Reads the basket that a token carries.
 * @throws Problem `not-found` for what was not issued for this shop, or is over
 */
async function carried(c: Context<AppEnv>, token: string): Promise<Found> {
  const cart = await readCartToken(c.env, token, c.var.now);
  if (cart === null || cart.shop !== c.var.shop)
    throw new Problem('not-found', 'This link to a basket is not one of ours, or its seven days are over.');
  const waitUntil = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
  const snapshot = await snapshotOf(c.env, cart.shop, { now: c.var.now, waitUntil });
  const { catalogue } = snapshot;
  const isKnown = (itemId: string): boolean => {
    const slot = catalogue.indexOf(itemId);
    return slot >= 0 && !catalogue.isRemoved(slot);
  };
  const itemIds = cart.lines.map((line) => line.itemId);
  return {
    ...cart,
    lines: cart.lines.filter((line) => isKnown(line.itemId)),
    snapshot,
    missing: itemIds.filter((itemId) => !isKnown(itemId)),
  };
}

/** A basket as it is answered: what is remembered, or where nothing is, what the link carries. */
function answered(c: Context<AppEnv>, { snapshot, lines }: Found, of: { visitorId: string; profile: Profile | null }) {
  const request = DecideRequest.parse(of.profile === null ? { cart: lines } : {});
  return cartOf(sceneOf(request, { ...of, customerId: null }, { ...snapshot, sessions: null, now: c.var.now }));
}

const PROBLEMS = ['not-found'] as const;

/** The link to a basket that was left behind. */
export const cartRoutes = new Hono<AppEnv>()
  .get(
    '/v1/cart/restore/:token',
    describe(
      DESCRIBED && {
        summary: 'What is in a saved basket',
        description:
          'Shows it and changes nothing: mail scanners fetch links. A token holds for seven days; it names a basket and nobody.',
        tag: 'Decide',
        key: 'publishable',
        param: TokenParam,
        answers: { 200: CarriedAnswer },
        problems: PROBLEMS,
      },
    ),
    access('publishable'),
    param(TokenParam),
    async (c) => {
      c.header('Cache-Control', 'private, no-store');
      const found = await carried(c, c.req.valid('param').token);
      const cart = answered(c, found, { visitorId: '', profile: null });
      return c.json({ cart, missing: found.missing, expiresAt: new Date(found.expiresAt).toISOString() });
    },
  )
  .post(
    '/v1/cart/restore/:token',
    describe(
      DESCRIBED && {
        summary: 'Give a saved basket back to whoever asks, on any device',
        description:
          'Its items are put into the visitor’s basket, as far as consent lets it be remembered; of an item that is there the larger quantity counts, so that doing it twice does no more. The body may be empty where a cookie says the visitor.',
        tag: 'Decide',
        key: 'publishable',
        param: TokenParam,
        body: RestoreBody,
        answers: { 200: RestoredAnswer },
        problems: [...PROBLEMS, 'malformed', 'invalid', 'invalid-identity-token', 'too-many-requests', 'unavailable'],
      },
    ),
    access('publishable'),
    param(TokenParam),
    async (c) => {
      c.header('Cache-Control', 'private, no-store');
      const text = await readText(c.req.raw, 20_000);
      const stated = text.trim() === '' ? {} : check(RestoreBody, parseJson(text), 'The body');
      const found = await carried(c, c.req.valid('param').token);
      const { snapshot, missing } = found;
      const caller = await callerWith(c, stated, snapshot.config);
      const lines = found.lines.map((line) => ({ ...line, price: null }));
      const cart = { lines, currency: null, as: 'back' as const };
      const taken = await takeEvents(c, {}, { snapshot, recall: true, caller, cart });
      const { visitorId, consentUsed } = taken;
      const profile = taken.memory?.profile ?? null;
      const restored = profile !== null && consentUsed !== 'none';
      return c.json({ visitorId, consentUsed, restored, cart: answered(c, found, { visitorId, profile }), missing });
    },
  );
