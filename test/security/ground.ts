/** What the security suite stands on: every route there is, and a shop with something to steal in every drawer. */
import { createApp } from '../../src/app.ts';
import { type Description, descriptionOf } from '../../src/http/describe.ts';
import { call, post } from '../support/http.ts';

/** Stands in everything that the shop `demo` holds, so that an answer which must not show it can be searched for it. */
export const MARK = 'crown-jewel';
export const VISITOR = 'victim-visitor-of-demo';
export const CUSTOMER = `customer-${MARK}`;
export const ITEM = `item-${MARK}`;
export const ORDER = `order-${MARK}`;
export const SECRET_VALUE = `secret-value-${MARK}-of-the-shop`;

export interface Route {
  method: string;
  /** As it is registered: `/v1/visitors/:visitorId`. */
  path: string;
  /** With the victim's own ids in the places of parameters. */
  url: string;
  description: Description;
  /** Where the key is part of the path itself. */
  keyInPath: boolean;
}

const PARAMETERS: Record<string, string> = {
  visitorId: VISITOR,
  customerId: CUSTOMER,
  itemId: ITEM,
  placement: 'home',
  dialect: 'ga4',
  type: 'track',
  name: 'IDENTITY',
  version: '1',
  slug: 'invalid',
  file: 'none',
  key: 'pk_nobody',
};

function urlOf(path: string): string {
  return path.replace(/:([A-Za-z]+)(\{[^}]*\})?\??/g, (_match, name: string) =>
    encodeURIComponent(PARAMETERS[name] ?? 'unknown'),
  );
}

/** Every described route of the app, which is every route of the OpenAPI document: a new one is covered as soon as it is described. */
export const ROUTES: Route[] = createApp({ now: Date.now, random: () => 0.5 })
  .routes.flatMap(({ method, path, handler }) => {
    const description = descriptionOf(handler);
    return description === undefined ? [] : [{ method, path, description }];
  })
  .map((route) => ({ ...route, url: urlOf(route.path), keyInPath: route.path.startsWith('/v1/projects/:key/') }));

export const KEYED = ROUTES.filter(({ description }) => description.key !== 'none');
export const SECRET_ONLY = KEYED.filter(({ description }) => description.key === 'secret');
export const WITH_BODY = KEYED.filter(({ description }) => description.body !== undefined);
/** The same, one of each handler: the tracking API goes by many names. */
export const HANDLERS_WITH_BODY = WITH_BODY.filter(
  ({ description }, i) => WITH_BODY.findIndex((other) => other.description === description) === i,
);
export const titleOf = ({ method, path }: Route): string => `${method} ${path}`;

const takesBody = (method: string): boolean => method === 'POST' || method === 'PUT' || method === 'PATCH';

/** Sends a request to a route, with `{}` where it takes a body. */
export function knock(
  route: Pick<Route, 'method' | 'url'>,
  init: RequestInit & { key?: string | null } = {},
): Promise<Response> {
  const body = takesBody(route.method) ? { body: '{}' } : {};
  return call(route.url, { method: route.method, ...body, ...init });
}

export const withQuery = (url: string, query: string): string => `${url}${url.includes('?') ? '&' : '?'}${query}`;

export const CONFIG = {
  shop: { name: `Demo ${MARK}` },
  origins: ['https://shop.example'],
  identity: { secret: { secret: 'IDENTITY' }, audience: 'floorwalker-tests', issuer: 'https://shop.example' },
};

/** Fills the drawers of the shop `demo`: config, secret, catalogue, a visitor and a customer with orders. */
export async function fillShop(): Promise<void> {
  const secret = { key: 'sk_demo' };
  const put = (path: string, body: unknown) => call(path, { ...secret, method: 'PUT', body: JSON.stringify(body) });
  const item = { itemId: ITEM, title: `Title ${MARK}`, price: 3, brand: MARK };
  const view = { name: 'view_item', items: [{ itemId: ITEM }], properties: { note: MARK } };
  const bought = {
    name: 'purchase',
    orderId: ORDER,
    currency: 'GBP',
    items: [{ itemId: ITEM, price: 3, brand: MARK }],
  };
  const answers = [
    await put('/v1/secrets/IDENTITY', { value: SECRET_VALUE }),
    await put('/v1/config', CONFIG),
    await put('/v1/catalog/items', [item]),
    await post('/v1/events', { visitorId: VISITOR, consent: 'personal', events: [{ eventId: 'v1', ...view }] }),
    await post(
      '/v1/events',
      {
        customerId: CUSTOMER,
        consent: 'personal',
        events: [
          { eventId: 'o1', ...bought },
          { eventId: 'v1', ...view },
        ],
      },
      secret,
    ),
  ];
  for (const answer of answers) if (!answer.ok) throw new Error(`The shop could not be filled: ${await answer.text()}`);
}

/** What the shop holds, as its own server reads it. */
export async function inventory(): Promise<unknown> {
  const paths = [
    ...['/v1/config', '/v1/config/versions', '/v1/catalog/items', `/v1/catalog/items/${ITEM}`],
    ...[`/v1/visitors/${VISITOR}/export`, `/v1/customers/${CUSTOMER}/export`],
  ];
  const read = async (path: string) => [path, await (await call(path, { key: 'sk_demo' })).json()];
  return Object.fromEntries(await Promise.all(paths.map(read)));
}
