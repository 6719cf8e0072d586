import { type Context, Hono } from 'hono';
import { type AppEnv, customerObject, visitorObject } from '../env.ts';
import { parseTime } from '../events/wire.ts';
import { access } from '../http/access.ts';
import { check, json, param, parseJson, query, readText } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { forgetIdentity, identified, keepIdentity } from '../http/identity.ts';
import { Problem } from '../http/problem.ts';
import { holdToRate } from '../http/rate.ts';
import { receiptOf } from '../http/receipt.ts';
import { type Caller, callerOf, forgetCookie, keepVisitor, ownVisitorId } from '../http/visitor.ts';
import { type Snapshot, snapshotOf } from '../snapshot.ts';
import { addErased } from './add-erased.ts';
import type { Observation } from './schema.ts';
import { takeExport } from './take.ts';
import {
  ConsentAnswer,
  ConsentBody,
  ExportAnswer,
  HiddenAnswer,
  ItemParam,
  LogoutAnswer,
  LogoutBody,
  OwnQuery,
  ReceiptAnswer,
} from './wire.ts';

const UNKNOWN = 'Nothing is held under this id.';
const PROBLEMS = ['invalid', 'invalid-identity-token', 'unknown-visitor', 'too-many-requests', 'unavailable'] as const;

interface Stated {
  visitorId?: string | undefined;
  customerId?: string | undefined;
  identityToken?: string | undefined;
}

/** Whose memory a request of a visitor's own is about, with what proves it. @throws Problem `invalid`, `invalid-identity-token`, `too-many-requests` */
async function ownCaller(c: Context<AppEnv>, stated: Stated): Promise<{ caller: Caller; config: Snapshot['config'] }> {
  const waitUntil = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
  const { config } = await snapshotOf(c.env, c.var.shop, { now: c.var.now, waitUntil });
  const visitorId = ownVisitorId(c, stated.visitorId, config.origins);
  await holdToRate(c, visitorId);
  const caller = callerOf(c, { ...stated, visitorId }, config);
  const token = stated.identityToken;
  return { caller: await identified(c, caller, { token, identity: config.identity }), config };
}

/** A request of a visitor that carries no events. */
function silence(c: Context<AppEnv>, caller: Caller, config: Snapshot['config']): Observation {
  const { eventsDays, profileDays } = config.retention;
  return {
    shop: c.var.shop,
    sender: caller.sender,
    events: [],
    now: c.var.now,
    consent: caller.consent,
    flushSeconds: config.freshness.flushSeconds,
    sessionMinutes: config.learning.sessionMinutes,
    retention: { eventsDays, profileDays },
    attributionMs: config.attribution.windowHours * 3_600_000,
    ...(caller.proof === null ? {} : { proof: caller.proof }),
    recall: false,
    orders: false,
  };
}

/** What visitors ask about themselves: to see, take along and erase what is held, to consent, to log out. */
export const ownRoutes = new Hono<AppEnv>()
  .get(
    '/v1/visitors/me/export',
    describe(
      DESCRIBED && {
        summary: 'Everything held about the visitor who asks',
        description:
          'A bare `visitorId` opens what that visitor itself sent. With `X-Identity-Token`, or the identity cookie, the export is that of the customer: everything that all the customer’s visitors sent.',
        tag: 'Visitors',
        key: 'publishable',
        query: OwnQuery,
        answers: { 200: ExportAnswer },
        problems: PROBLEMS,
      },
    ),
    access('publishable'),
    query(OwnQuery.loose()),
    async (c) => {
      const { shop, now } = c.var;
      const { caller } = await ownCaller(c, { visitorId: c.req.valid('query').visitorId });
      const { visitorId, proof } = caller;
      const visitor = visitorObject(c.env, shop, visitorId);
      const customerId = proof === null ? null : await visitor.owner(proof);
      const found = await (customerId === null ? visitor : customerObject(c.env, shop, customerId)).exportAll(now);
      if (found === null) throw new Problem('unknown-visitor', UNKNOWN);
      c.header('Cache-Control', 'private, no-store');
      const subject = customerId === null ? { visitorId } : { visitorId, customerId };
      const of = customerId === null ? { visitorId } : { customerId };
      return c.json({ ...subject, ...(await takeExport(c, found, of, { names: customerId !== null })) });
    },
  )
  .delete(
    '/v1/visitors/me',
    describe(
      DESCRIBED && {
        summary: 'Erase everything held about the visitor who asks',
        description:
          'A bare `visitorId` erases what that visitor itself sent, also from the history of a customer. With `X-Identity-Token`, or the identity cookie, the customer is erased with all visitors who were identified.',
        tag: 'Visitors',
        key: 'publishable',
        query: OwnQuery,
        answers: { 200: ReceiptAnswer },
        problems: PROBLEMS,
      },
    ),
    access('publishable'),
    query(OwnQuery.loose()),
    async (c) => {
      const { shop, now } = c.var;
      const { caller } = await ownCaller(c, { visitorId: c.req.valid('query').visitorId });
      const { visitorId, proof } = caller;
      const visitor = visitorObject(c.env, shop, visitorId);
      const customerId = proof === null ? null : await visitor.owner(proof);
      const ofCustomer = customerId === null ? null : await customerObject(c.env, shop, customerId).erase(now);
      const erased = addErased(ofCustomer, await visitor.erase(now));
      if (erased === null) throw new Problem('unknown-visitor', UNKNOWN);
      forgetCookie(c);
      forgetIdentity(c);
      return c.json({ receipt: await receiptOf(c, customerId ?? visitorId, erased) });
    },
  )
  .put(
    '/v1/consent',
    describe(
      DESCRIBED && {
        summary: 'Store a visitor’s consent; a withdrawal erases at once what it no longer covers',
        description:
          'With an `identityToken`, the identity cookie, or the secret key and a `customerId`, it is the customer’s consent too, and a withdrawal reaches all the customer’s visitors.',
        tag: 'Visitors',
        key: 'publishable',
        body: ConsentBody,
        answers: { 200: ConsentAnswer },
        problems: ['malformed', 'invalid', 'invalid-identity-token', 'key-may-not', 'too-many-requests', 'unavailable'],
      },
    ),
    access('publishable'),
    json(ConsentBody, 20_000),
    async (c) => {
      const { consent, timestamp, ...stated } = c.req.valid('json');
      const { shop, now, keyKind } = c.var;
      const isServer = keyKind === 'secret';
      if (stated.customerId !== undefined && stated.identityToken === undefined && !isServer)
        throw new Problem('key-may-not', 'Only the secret key, or an identityToken, states the consent of a customer.');
      const at = timestamp === undefined ? now : Math.min(parseTime(timestamp), now);
      const record = { shop, consent, at, now, source: isServer ? ('server' as const) : ('visitor' as const) };
      if (isServer && stated.visitorId === undefined && stated.customerId !== undefined) {
        const subject = stated.customerId;
        const of = { ...record, sender: `c:${subject}`, proof: null };
        const { consent: stored, erased } = await customerObject(c.env, shop, subject).setConsent(of);
        const receipt = erased === null ? null : await receiptOf(c, subject, erased);
        return c.json({ visitorId: null, consent: stored, receipt });
      }
      const { caller, config } = await ownCaller(c, stated);
      const { visitorId, sender, proof } = caller;
      const visitor = visitorObject(c.env, shop, visitorId);
      const { consent: stored, erased } = await visitor.setConsent({ ...record, sender, proof });
      if (stored === 'personal' && proof?.login === null)
        await keepIdentity(c, caller, (await visitor.observe(silence(c, caller, config))).standing);
      if (stored === 'none') forgetCookie(c);
      if (stored !== 'personal') forgetIdentity(c);
      const receipt = erased === null ? null : await receiptOf(c, visitorId, erased);
      return c.json({ visitorId, consent: stored, receipt });
    },
  )
  .post(
    '/v1/logout',
    describe(
      DESCRIBED && {
        summary: 'End the login: a new visitorId is issued, and nothing of the former one is left with the browser',
        description:
          'What was held under the former visitorId belongs to the customer’s history from here on and is opened by neither the former visitorId nor its cookies. The body may be empty where a cookie says the visitor.',
        tag: 'Visitors',
        key: 'publishable',
        body: LogoutBody,
        answers: { 200: LogoutAnswer },
        problems: ['malformed', 'invalid', 'too-many-requests'],
      },
    ),
    access('publishable'),
    async (c) => {
      const text = await readText(c.req.raw, 10_000);
      const stated = text.trim() === '' ? {} : check(LogoutBody, parseJson(text), 'The body');
      const waitUntil = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
      const { config } = await snapshotOf(c.env, c.var.shop, { now: c.var.now, waitUntil });
      const caller = callerOf(c, stated, config);
      await holdToRate(c, caller.visitorId);
      const loggedOut = !caller.issued && (await visitorObject(c.env, c.var.shop, caller.visitorId).logout());
      const visitorId = crypto.randomUUID();
      keepVisitor(c, { ...caller, visitorId, issued: true }, 'session');
      forgetIdentity(c);
      return c.json({ visitorId, loggedOut });
    },
  )
  .delete(
    '/v1/recently-bought/:itemId',
    describe(
      DESCRIBED && {
        summary: 'Take an item out of what the visitor is shown as bought ("not mine")',
        tag: 'Visitors',
        key: 'publishable',
        param: ItemParam,
        query: OwnQuery,
        answers: { 200: HiddenAnswer },
        problems: PROBLEMS,
      },
    ),
    access('publishable'),
    param(ItemParam),
    query(OwnQuery.loose()),
    async (c) => {
      const { itemId } = c.req.valid('param');
      const { caller } = await ownCaller(c, { visitorId: c.req.valid('query').visitorId });
      const { visitorId, proof } = caller;
      const visitor = visitorObject(c.env, c.var.shop, visitorId);
      const isHeld = await visitor.hide(itemId, c.var.now, { shop: c.var.shop, proof });
      if (!isHeld) throw new Problem('unknown-visitor', UNKNOWN);
      return c.json({ itemId, hidden: true as const });
    },
  );
