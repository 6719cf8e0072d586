import { Hono } from 'hono';
import { type AppEnv, outboxObject } from '../env.ts';
import { access } from '../http/access.ts';
import { param, query } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { Problem } from '../http/problem.ts';
import { iso } from '../shared/iso.ts';
import { presentDelivery } from './present.ts';
import {
  DeliveriesAnswer,
  DeliveriesQuery,
  type Delivery,
  DeliveryPath,
  EnabledAnswer,
  EndpointPath,
  EndpointsAnswer,
  OneDeliveryAnswer,
  type OutgoingEvent,
} from './schema.ts';

const ABOUT = { tag: 'Integrations', key: 'secret', problems: ['not-found'] } as const;

type Page = { items: Delivery[]; cursor: string | null } | null;

const noEndpoint = (endpoint: string): Problem => new Problem('not-found', `The config has no endpoint "${endpoint}".`);

function testEvent(shop: string, endpoint: string, now: number): OutgoingEvent {
  const data = { shop, endpoint, note: 'Somebody asked whether this endpoint can be reached.' };
  const contact = { customerId: 'floorwalker-test', email: 'test@floorwalker.example' };
  return { messageId: `msg_test_${crypto.randomUUID()}`, type: 'endpoint.test', subject: '', at: now, contact, data };
}

/** What goes out to other servers: the endpoints, and what was sent to them. */
export const integrationRoutes = new Hono<AppEnv>()
  .get(
    '/v1/endpoints',
    describe(
      DESCRIBED && {
        ...ABOUT,
        summary: 'The endpoints of the config and how sending to them goes',
        answers: { 200: EndpointsAnswer },
      },
    ),
    access('secret'),
    async (c) => {
      const found = await outboxObject(c.env, c.var.shop).endpoints();
      const endpoints = Object.entries(found).map(([name, { url, events, shape, off, waiting, failed }]) => [
        name,
        { url, events, shape, off: off === null ? null : { since: iso(off.at), why: off.why }, waiting, failed },
      ]);
      return c.json({ endpoints: Object.fromEntries(endpoints) });
    },
  )
  .get(
    '/v1/endpoints/:endpoint/deliveries',
    describe(
      DESCRIBED && {
        ...ABOUT,
        summary: 'What was sent to an endpoint, newest first',
        description:
          'Messages that were delivered or given up are kept for seven days, and go with the person they are about.',
        param: EndpointPath,
        query: DeliveriesQuery,
        answers: { 200: DeliveriesAnswer },
      },
    ),
    access('secret'),
    param(EndpointPath),
    query(DeliveriesQuery),
    async (c) => {
      const { endpoint } = c.req.valid('param');
      const { cursor = null, state = null } = c.req.valid('query');
      // The runtime's types know no value of unknown shape, which an event's own fields are.
      const page = (await outboxObject(c.env, c.var.shop).deliveries(endpoint, { cursor, state })) as unknown as Page;
      if (page === null) throw noEndpoint(endpoint);
      return c.json({ items: page.items.map(presentDelivery), cursor: page.cursor });
    },
  )
  .post(
    '/v1/endpoints/:endpoint/deliveries/:messageId/resend',
    describe(
      DESCRIBED && {
        ...ABOUT,
        summary: 'Send a message again, under the same id',
        param: DeliveryPath,
        answers: { 202: OneDeliveryAnswer },
      },
    ),
    access('secret'),
    param(DeliveryPath),
    async (c) => {
      const { endpoint, messageId } = c.req.valid('param');
      const delivery = (await outboxObject(c.env, c.var.shop).resend(
        endpoint,
        messageId,
      )) as unknown as Delivery | null;
      if (delivery === null) throw new Problem('not-found', `"${endpoint}" has no message "${messageId}".`);
      return c.json({ delivery: presentDelivery(delivery) }, 202);
    },
  )
  .post(
    '/v1/endpoints/:endpoint/test',
    describe(
      DESCRIBED && {
        ...ABOUT,
        summary: 'Send an `endpoint.test` event',
        description: 'What became of it is in the endpoint’s deliveries.',
        param: EndpointPath,
        answers: { 202: OneDeliveryAnswer },
      },
    ),
    access('secret'),
    param(EndpointPath),
    async (c) => {
      const { shop, now } = c.var;
      const { endpoint } = c.req.valid('param');
      const event = testEvent(shop, endpoint, now);
      if (!(await outboxObject(c.env, shop).try(endpoint, event))) throw noEndpoint(endpoint);
      return c.json(
        { delivery: presentDelivery({ endpoint, event, state: 'waiting', attempts: [], nextAt: now }) },
        202,
      );
    },
  )
  .post(
    '/v1/endpoints/:endpoint/enable',
    describe(
      DESCRIBED && {
        ...ABOUT,
        summary: 'Switch an endpoint on again that had answered 410',
        param: EndpointPath,
        answers: { 200: EnabledAnswer },
      },
    ),
    access('secret'),
    param(EndpointPath),
    async (c) => {
      const { endpoint } = c.req.valid('param');
      const enabled = await outboxObject(c.env, c.var.shop).enable(endpoint);
      if (enabled === null) throw noEndpoint(endpoint);
      return c.json({ endpoint, enabled });
    },
  );
