import { type Context, Hono } from 'hono';
import { type AppEnv, customerObject, visitorObject } from '../env.ts';
import { access } from '../http/access.ts';
import { json, param, query } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { Problem } from '../http/problem.ts';
import { holdToRate } from '../http/rate.ts';
import { hmacHex } from '../http/sign.ts';
import { forgetCookie, ownVisitorId } from '../http/visitor.ts';
import { snapshotOf } from '../snapshot.ts';
import { presentExport, presentProfile } from './present.ts';
import type { Erased, VisitorExport } from './schema.ts';
import {
  ConsentAnswer,
  ConsentBody,
  CustomerParam,
  ExportAnswer,
  HiddenAnswer,
  ItemParam,
  OwnQuery,
  ProfileAnswer,
  type Receipt,
  ReceiptAnswer,
  VisitorParam,
} from './wire.ts';

const UNKNOWN = 'Nothing is held under this id.';

function held(found: VisitorExport | null): VisitorExport {
  if (found === null) throw new Problem('unknown-visitor', UNKNOWN);
  return found;
}

/** Whose memory a request of a visitor's own is about. @throws Problem `invalid`, `too-many-requests` */
async function ownId(c: Context<AppEnv>, stated: string | undefined): Promise<string> {
  const waitUntil = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work);
  const { config } = await snapshotOf(c.env, c.var.shop, { now: c.var.now, waitUntil });
  const visitorId = ownVisitorId(c, stated, config.origins);
  await holdToRate(c, visitorId);
  return visitorId;
}

async function signed(c: Context<AppEnv>, subject: string, erased: Erased | null): Promise<Receipt> {
  if (erased === null) throw new Problem('unknown-visitor', UNKNOWN);
  const { events, orders, profile } = erased;
  const erasedAt = new Date(erased.erasedAt).toISOString();
  const receipt = { subject, shop: c.var.shop, events, orders, profile, erasedAt };
  if (!c.env.SIGNING_SECRET) return { ...receipt, signature: null };
  const [signature = null] = await hmacHex(c.env.SIGNING_SECRET, [JSON.stringify(receipt)]);
  return { ...receipt, signature };
}

/** What is held about visitors and customers: to be seen, taken along and erased. */
export const visitorRoutes = new Hono<AppEnv>()
  .get(
    '/v1/visitors/me/export',
    describe({
      summary: 'Everything held about the visitor who asks',
      tag: 'Visitors',
      key: 'publishable',
      query: OwnQuery,
      answers: { 200: ExportAnswer },
      problems: ['invalid', 'unknown-visitor', 'too-many-requests'],
    }),
    access('publishable'),
    query(OwnQuery.loose()),
    async (c) => {
      const visitorId = await ownId(c, c.req.valid('query').visitorId);
      const found = held(await visitorObject(c.env, c.var.shop, visitorId).exportAll(c.var.now));
      return c.json({ visitorId, ...presentExport(found) });
    },
  )
  .delete(
    '/v1/visitors/me',
    describe({
      summary: 'Erase everything held about the visitor who asks',
      tag: 'Visitors',
      key: 'publishable',
      query: OwnQuery,
      answers: { 200: ReceiptAnswer },
      problems: ['invalid', 'unknown-visitor', 'too-many-requests'],
    }),
    access('publishable'),
    query(OwnQuery.loose()),
    async (c) => {
      const visitorId = await ownId(c, c.req.valid('query').visitorId);
      const erased = await visitorObject(c.env, c.var.shop, visitorId).erase(c.var.now);
      forgetCookie(c);
      return c.json({ receipt: await signed(c, visitorId, erased) });
    },
  )
  .get(
    '/v1/visitors/:visitorId',
    describe({
      summary: 'A visitor’s profile, and what each preference weighs now',
      tag: 'Visitors',
      key: 'secret',
      param: VisitorParam,
      answers: { 200: ProfileAnswer },
      problems: ['invalid', 'unknown-visitor'],
    }),
    access('secret'),
    param(VisitorParam),
    async (c) => {
      const { visitorId } = c.req.valid('param');
      const found = held(await visitorObject(c.env, c.var.shop, visitorId).exportAll(c.var.now));
      return c.json({ visitorId, ...presentProfile(found, c.var.now) });
    },
  )
  .get(
    '/v1/visitors/:visitorId/export',
    describe({
      summary: 'Everything held about a visitor, events in the order in which they were taken',
      tag: 'Visitors',
      key: 'secret',
      param: VisitorParam,
      answers: { 200: ExportAnswer },
      problems: ['invalid', 'unknown-visitor'],
    }),
    access('secret'),
    param(VisitorParam),
    async (c) => {
      const { visitorId } = c.req.valid('param');
      const found = held(await visitorObject(c.env, c.var.shop, visitorId).exportAll(c.var.now));
      return c.json({ visitorId, ...presentExport(found) });
    },
  )
  .delete(
    '/v1/visitors/:visitorId',
    describe({
      summary: 'Erase a visitor; events older than the erasure count as duplicates afterwards',
      tag: 'Visitors',
      key: 'secret',
      param: VisitorParam,
      answers: { 200: ReceiptAnswer },
      problems: ['invalid', 'unknown-visitor'],
    }),
    access('secret'),
    param(VisitorParam),
    async (c) => {
      const { visitorId } = c.req.valid('param');
      const erased = await visitorObject(c.env, c.var.shop, visitorId).erase(c.var.now);
      return c.json({ receipt: await signed(c, visitorId, erased) });
    },
  )
  .get(
    '/v1/customers/:customerId',
    describe({
      summary: 'A customer’s profile, and what each preference weighs now',
      tag: 'Visitors',
      key: 'secret',
      param: CustomerParam,
      answers: { 200: ProfileAnswer },
      problems: ['invalid', 'unknown-visitor'],
    }),
    access('secret'),
    param(CustomerParam),
    async (c) => {
      const { customerId } = c.req.valid('param');
      const found = held(await customerObject(c.env, c.var.shop, customerId).exportAll(c.var.now));
      return c.json({ customerId, ...presentProfile(found, c.var.now) });
    },
  )
  .get(
    '/v1/customers/:customerId/export',
    describe({
      summary: 'Everything held about a customer, events in the order in which they were taken',
      tag: 'Visitors',
      key: 'secret',
      param: CustomerParam,
      answers: { 200: ExportAnswer },
      problems: ['invalid', 'unknown-visitor'],
    }),
    access('secret'),
    param(CustomerParam),
    async (c) => {
      const { customerId } = c.req.valid('param');
      const found = held(await customerObject(c.env, c.var.shop, customerId).exportAll(c.var.now));
      return c.json({ customerId, ...presentExport(found) });
    },
  )
  .delete(
    '/v1/customers/:customerId',
    describe({
      summary: 'Erase a customer; events older than the erasure count as duplicates afterwards',
      tag: 'Visitors',
      key: 'secret',
      param: CustomerParam,
      answers: { 200: ReceiptAnswer },
      problems: ['invalid', 'unknown-visitor'],
    }),
    access('secret'),
    param(CustomerParam),
    async (c) => {
      const { customerId } = c.req.valid('param');
      const erased = await customerObject(c.env, c.var.shop, customerId).erase(c.var.now);
      return c.json({ receipt: await signed(c, customerId, erased) });
    },
  )
  .put(
    '/v1/consent',
    describe({
      summary: 'Store a visitor’s consent; a withdrawal erases at once what it no longer covers',
      tag: 'Visitors',
      key: 'publishable',
      body: ConsentBody,
      answers: { 200: ConsentAnswer },
      problems: ['malformed', 'invalid', 'key-may-not', 'too-many-requests'],
    }),
    access('publishable'),
    json(ConsentBody, 10_000),
    async (c) => {
      const { visitorId: stated, customerId, consent } = c.req.valid('json');
      if (customerId !== undefined && c.var.keyKind !== 'secret')
        throw new Problem('key-may-not', 'Only the secret key states the consent of a customer.');
      const { shop, now } = c.var;
      const visitorId = customerId === undefined ? await ownId(c, stated) : null;
      const subject = customerId ?? visitorId ?? '';
      const object = visitorId === null ? customerObject(c.env, shop, subject) : visitorObject(c.env, shop, subject);
      const sender = `${visitorId === null ? 'c' : 'v'}:${subject}`;
      const erased = await object.setConsent({ shop, sender, consent, now });
      if (consent === 'none') forgetCookie(c);
      return c.json({ visitorId, consent, receipt: erased === null ? null : await signed(c, subject, erased) });
    },
  )
  .delete(
    '/v1/recently-bought/:itemId',
    describe({
      summary: 'Take an item out of what the visitor is shown as bought ("not mine")',
      tag: 'Visitors',
      key: 'publishable',
      param: ItemParam,
      query: OwnQuery,
      answers: { 200: HiddenAnswer },
      problems: ['invalid', 'unknown-visitor', 'too-many-requests'],
    }),
    access('publishable'),
    param(ItemParam),
    query(OwnQuery.loose()),
    async (c) => {
      const { itemId } = c.req.valid('param');
      const visitorId = await ownId(c, c.req.valid('query').visitorId);
      const isHeld = await visitorObject(c.env, c.var.shop, visitorId).hide(itemId);
      if (!isHeld) throw new Problem('unknown-visitor', UNKNOWN);
      return c.json({ itemId, hidden: true as const });
    },
  );
