import { type Context, Hono } from 'hono';
import { type AppEnv, customerObject, visitorObject } from '../env.ts';
import { access } from '../http/access.ts';
import { param } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { userVisitorIdOf, visitorIdOf } from '../http/foreign-visitor.ts';
import { Problem } from '../http/problem.ts';
import { receiptOf } from '../http/receipt.ts';
import { ownRoutes } from './own-routes.ts';
import { presentProfile } from './present.ts';
import type { Erased, VisitorExport } from './schema-held.ts';
import { takeExport } from './take.ts';
import { CustomerParam, ExportAnswer, ProfileAnswer, ReceiptAnswer, VisitorParam } from './wire.ts';

const UNKNOWN = 'Nothing is held under this id.';

function held(found: VisitorExport | null): VisitorExport {
  if (found === null) throw new Problem('unknown-visitor', UNKNOWN);
  return found;
}

/**
 * Asks for the visitor whom a server names, by our id or by another tool's: its anonymous id, or the user id that was all it said.
 * @throws Problem `unknown-visitor` when there is nothing to answer under any of them
 */
async function named<T>(
  c: Context<AppEnv>,
  id: string,
  ask: (object: ReturnType<typeof visitorObject>) => Promise<T | null>,
): Promise<{ visitorId: string; found: T }> {
  for (const idOf of [visitorIdOf, userVisitorIdOf]) {
    const visitorId = await idOf(id, c.var.shop);
    const found = await ask(visitorObject(c.env, c.var.shop, visitorId));
    if (found !== null) return { visitorId, found };
  }
  throw new Problem('unknown-visitor', UNKNOWN);
}

/** What is held about visitors and customers: to be seen, taken along and erased. What visitors ask about themselves comes first. */
export const visitorRoutes = new Hono<AppEnv>()
  .route('/', ownRoutes)
  .get(
    '/v1/visitors/:visitorId',
    describe(
      DESCRIBED && {
        summary: 'A visitor’s profile, and what each preference weighs now',
        tag: 'Visitors',
        key: 'secret',
        param: VisitorParam,
        answers: { 200: ProfileAnswer },
        problems: ['invalid', 'unknown-visitor'],
      },
    ),
    access('secret'),
    param(VisitorParam),
    async (c) => {
      const { visitorId: id } = c.req.valid('param');
      const { visitorId, found } = await named<VisitorExport>(c, id, (object) => object.exportAll(c.var.now));
      return c.json({ visitorId, ...presentProfile(found, c.var.now) });
    },
  )
  .get(
    '/v1/visitors/:visitorId/export',
    describe(
      DESCRIBED && {
        summary: 'Everything held about a visitor, events in the order in which they were taken',
        tag: 'Visitors',
        key: 'secret',
        param: VisitorParam,
        answers: { 200: ExportAnswer },
        problems: ['invalid', 'unknown-visitor'],
      },
    ),
    access('secret'),
    param(VisitorParam),
    async (c) => {
      const { visitorId: id } = c.req.valid('param');
      const { visitorId, found } = await named<VisitorExport>(c, id, (object) => object.exportAll(c.var.now));
      return c.json({ visitorId, ...(await takeExport(c, found, { visitorId }, { names: true })) });
    },
  )
  .delete(
    '/v1/visitors/:visitorId',
    describe(
      DESCRIBED && {
        summary: 'Erase a visitor; events older than the erasure count as duplicates afterwards',
        tag: 'Visitors',
        key: 'secret',
        param: VisitorParam,
        answers: { 200: ReceiptAnswer },
        problems: ['invalid', 'unknown-visitor'],
      },
    ),
    access('secret'),
    param(VisitorParam),
    async (c) => {
      const { visitorId: id } = c.req.valid('param');
      const { visitorId, found } = await named<Erased>(c, id, (object) => object.erase(c.var.now));
      return c.json({ receipt: await receiptOf(c, visitorId, found) });
    },
  )
  .get(
    '/v1/customers/:customerId',
    describe(
      DESCRIBED && {
        summary: 'A customer’s profile, merged from all visitors who were identified',
        tag: 'Visitors',
        key: 'secret',
        param: CustomerParam,
        answers: { 200: ProfileAnswer },
        problems: ['invalid', 'unknown-visitor'],
      },
    ),
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
    describe(
      DESCRIBED && {
        summary: 'Everything held about a customer, events in the order in which they were taken',
        tag: 'Visitors',
        key: 'secret',
        param: CustomerParam,
        answers: { 200: ExportAnswer },
        problems: ['invalid', 'unknown-visitor'],
      },
    ),
    access('secret'),
    param(CustomerParam),
    async (c) => {
      const { customerId } = c.req.valid('param');
      const found = held(await customerObject(c.env, c.var.shop, customerId).exportAll(c.var.now));
      return c.json({ customerId, ...(await takeExport(c, found, { customerId }, { names: true })) });
    },
  )
  .delete(
    '/v1/customers/:customerId',
    describe(
      DESCRIBED && {
        summary:
          'Erase a customer and the visitors who were identified; events older than the erasure count as duplicates',
        tag: 'Visitors',
        key: 'secret',
        param: CustomerParam,
        answers: { 200: ReceiptAnswer },
        problems: ['invalid', 'unknown-visitor'],
      },
    ),
    access('secret'),
    param(CustomerParam),
    async (c) => {
      const { customerId } = c.req.valid('param');
      const erased = await customerObject(c.env, c.var.shop, customerId).erase(c.var.now);
      if (erased === null) throw new Problem('unknown-visitor', UNKNOWN);
      return c.json({ receipt: await receiptOf(c, customerId, erased) });
    },
  );
