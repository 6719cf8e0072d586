import { type Context, Hono } from 'hono';
import type { AppEnv } from '../env.ts';
import { access } from '../http/access.ts';
import { json, param, query } from '../http/body.ts';
import { cartToken } from '../http/cart-token.ts';
import { describe } from '../http/describe.ts';
import {
  AskQuery,
  BoughtQuery,
  MessagesQuery,
  PlacementPath,
  partRequest,
  placementRequest,
  RecommendationsQuery,
  WhyNotQuery,
  whyNotRequest,
} from './query.ts';
import {
  BODY_LIMIT_BYTES,
  CartPartAnswer,
  DecideAnswer,
  DecideRequest,
  ExperimentsAnswer,
  MessagesAnswer,
  PersonaAnswer,
  RecentlyBoughtAnswer,
  RecentlyViewedAnswer,
  RecommendationAnswer,
} from './schema.ts';
import { RankAnswer, RankRequest, WhyNotAnswer } from './schema-questions.ts';
import { takeRank, takeRequest, takeWhyNot } from './take.ts';

const PROBLEMS = [
  'malformed',
  'no-key',
  'unknown-key',
  'key-may-not',
  'invalid',
  'too-many-requests',
  'no-keys',
] as const;
const SINGLE = { tag: 'Decide', key: 'publishable', problems: PROBLEMS } as const;

/** An answer about one visitor at one moment. */
function answered<A extends object>(c: Context<AppEnv>, answer: A) {
  const made = c.json(answer);
  made.headers.set('Cache-Control', 'private, no-store');
  return made;
}

/** The head of every answer: what it was made from. */
function headOf({ visitorId, consentUsed, versions, degraded, notes }: DecideAnswer) {
  return { visitorId, consentUsed, versions, degraded, ...(notes === undefined ? {} : { notes }) };
}

export const decideRoutes = new Hono<AppEnv>()
  .post(
    '/v1/decide',
    describe(
      DESCRIBED && {
        summary: 'Everything for one page in one call',
        description:
          'Persona, recommendations and the visitor’s own lists. It may carry `events`, which are taken first, so that a page view is one request. Stateless callers send `session` and `cart` instead of being known.',
        tag: 'Decide',
        key: 'publishable',
        body: DecideRequest,
        answers: { 200: DecideAnswer },
        problems: [...PROBLEMS, 'too-large', 'unknown-placement', 'invalid-identity-token'],
      },
    ),
    access('publishable'),
    json(DecideRequest, BODY_LIMIT_BYTES),
    async (c) => {
      return answered(c, await takeRequest(c, c.req.valid('json')));
    },
  )
  .get(
    '/v1/recommendations/:placement',
    describe(
      DESCRIBED && {
        summary: 'What one placement shows',
        ...SINGLE,
        param: PlacementPath,
        query: RecommendationsQuery,
        answers: { 200: RecommendationAnswer },
        problems: [...PROBLEMS, 'unknown-placement'],
      },
    ),
    access('publishable'),
    param(PlacementPath),
    query(RecommendationsQuery),
    async (c) => {
      const { placement } = c.req.valid('param');
      const answer = await takeRequest(c, placementRequest(placement, c.req.valid('query')));
      const { placements = {}, missing } = answer;
      return answered(c, {
        ...headOf(answer),
        placement,
        ...placements[placement],
        placements,
        ...(missing ? { missing } : {}),
      });
    },
  )
  .get(
    '/v1/why-not',
    describe(
      DESCRIBED && {
        summary: 'Why an item is not in a placement',
        description:
          'Decides the placement as /v1/recommendations does, and says what removed the item (with the rule’s key, or what of the filter it does not meet), what came before it, or why no strategy names it.',
        ...SINGLE,
        query: WhyNotQuery,
        answers: { 200: WhyNotAnswer },
        problems: [...PROBLEMS, 'unknown-placement'],
      },
    ),
    access('publishable'),
    query(WhyNotQuery),
    async (c) => {
      const asked = c.req.valid('query');
      return answered(c, await takeWhyNot(c, whyNotRequest(asked), asked.itemId));
    },
  )
  .post(
    '/v1/rank',
    describe(
      DESCRIBED && {
        summary: 'A list in the visitor’s order',
        description:
          'Re-orders search results or a category page by the score of a placement, or by what is likely to interest the visitor. Nothing is left out; what has no score keeps its order. An experiment that changes what the placement is ranked by is met with it.',
        tag: 'Decide',
        key: 'publishable',
        body: RankRequest,
        answers: { 200: RankAnswer },
        problems: [...PROBLEMS, 'too-large', 'unknown-placement', 'invalid-identity-token'],
      },
    ),
    access('publishable'),
    json(RankRequest, BODY_LIMIT_BYTES),
    async (c) => {
      return answered(c, await takeRank(c, c.req.valid('json')));
    },
  )
  .get(
    '/v1/recently-bought',
    describe(
      DESCRIBED && {
        summary: 'What the visitor bought, newest first; or what several people bought lately',
        description:
          'With `scope=everyone`: what at least `recentlyBought.buyers` (3) different people bought within `recentlyBought.hours` (24), most of them first. Who and when is said of nobody, and what the visitor bought does not count. Otherwise `basket` says what of it goes into the basket at once: what can be had, is not in it yet and was no gift.',
        ...SINGLE,
        query: BoughtQuery,
        answers: { 200: RecentlyBoughtAnswer },
      },
    ),
    access('publishable'),
    query(BoughtQuery),
    async (c) => {
      const { scope, count, ...asked } = c.req.valid('query');
      if (scope === 'everyone') {
        const others = await takeRequest(c, partRequest('boughtByOthers', asked), { count });
        return answered(c, { ...headOf(others), recentlyBought: others.boughtByOthers ?? [] });
      }
      const options = { count: count ?? Number.POSITIVE_INFINITY, isAboutMemory: true };
      const answer = await takeRequest(c, partRequest('recentlyBought', asked), options);
      return answered(c, { ...headOf(answer), recentlyBought: answer.recentlyBought ?? [], basket: answer.basket });
    },
  )
  .get(
    '/v1/recently-viewed',
    describe(
      DESCRIBED && {
        summary: 'What the visitor looked at, newest first',
        ...SINGLE,
        query: AskQuery,
        answers: { 200: RecentlyViewedAnswer },
      },
    ),
    access('publishable'),
    query(AskQuery),
    async (c) => {
      const { count, ...asked } = c.req.valid('query');
      const answer = await takeRequest(c, partRequest('recentlyViewed', asked), { count, isAboutMemory: true });
      return answered(c, { ...headOf(answer), recentlyViewed: answer.recentlyViewed ?? [] });
    },
  )
  .get(
    '/v1/persona',
    describe(
      DESCRIBED && {
        summary: 'Who the visitor seems to be, how surely, and why',
        ...SINGLE,
        query: AskQuery,
        answers: { 200: PersonaAnswer },
      },
    ),
    access('publishable'),
    query(AskQuery),
    async (c) => {
      const answer = await takeRequest(c, partRequest('persona', c.req.valid('query')), { isAboutMemory: true });
      return answered(c, { ...headOf(answer), persona: answer.persona });
    },
  )
  .get(
    '/v1/messages',
    describe(
      DESCRIBED && {
        summary: 'What is to be said to the visitor on a type of page, and what was held back and why',
        ...SINGLE,
        query: MessagesQuery,
        answers: { 200: MessagesAnswer },
      },
    ),
    access('publishable'),
    query(MessagesQuery),
    async (c) => {
      const { page, ...asked } = c.req.valid('query');
      const request = partRequest('messages', asked);
      const answer = await takeRequest(c, page === undefined ? request : { ...request, page: { type: page } });
      return answered(c, { ...headOf(answer), messages: answer.messages ?? [], suppressed: answer.suppressed ?? [] });
    },
  )
  .get(
    '/v1/experiments',
    describe(
      DESCRIBED && {
        summary: 'The visitor’s variations, their values and why',
        ...SINGLE,
        query: AskQuery,
        answers: { 200: ExperimentsAnswer },
      },
    ),
    access('publishable'),
    query(AskQuery),
    async (c) => {
      const answer = await takeRequest(c, partRequest('experiments', c.req.valid('query')));
      return answered(c, { ...headOf(answer), experiments: answer.experiments ?? {} });
    },
  )
  .get(
    '/v1/cart',
    describe(
      DESCRIBED && {
        summary: 'The visitor’s basket as it is remembered',
        description:
          'Rebuilt from events and from the `cart` of requests, the later wins. With the secret key `restoreToken` comes along: for seven days it gives the basket back, on any device (`/v1/cart/restore/:token`).',
        ...SINGLE,
        query: AskQuery,
        answers: { 200: CartPartAnswer },
      },
    ),
    access('publishable'),
    query(AskQuery),
    async (c) => {
      const answer = await takeRequest(c, partRequest('cart', c.req.valid('query')), { isAboutMemory: true });
      const isServer = c.var.keyKind === 'secret';
      const lines = answer.cart?.lines ?? [];
      const token = isServer ? await cartToken(c.env, c.var.shop, { lines, now: c.var.now }) : undefined;
      return answered(c, {
        ...headOf(answer),
        cart: answer.cart,
        ...(token === undefined ? {} : { restoreToken: token }),
      });
    },
  );
