import { Hono, type MiddlewareHandler } from 'hono';
import * as z from 'zod';
import { resolveConfig } from '../config/defaults.ts';
import { configStore } from '../config/store.ts';
import { type AppEnv, catalogObject, type Env } from '../env.ts';
import { ItemId } from '../events/schema.ts';
import { access } from '../http/access.ts';
import { param, parseJson, pathOf, query, readText } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { Problem } from '../http/problem.ts';
import { forget } from '../snapshot.ts';
import { type Checked, checkItem, checkPatch, checkPatchBody, type ItemIssue } from './check.ts';
import { type PostedEntry, readPosted } from './parse.ts';
import {
  BYTES_PER_CALL,
  CatalogItemId,
  ITEMS_PER_CALL,
  Item,
  ItemInput,
  ItemPatch,
  ItemPatchBody,
  Rejection,
} from './schema.ts';

/** What a call with many items was made of. */
interface Taken<T> {
  accepted: { entry: PostedEntry; value: T }[];
  rejected: Rejection[];
}

function rejection(entry: PostedEntry, itemId: unknown, issues: readonly ItemIssue[]): Rejection {
  const inBody = issues.map(({ path, message }) => ({ path: pathOf([...entry.path, ...path]), message }));
  return {
    index: entry.index,
    ...(typeof itemId === 'string' ? { itemId: itemId.slice(0, 200) } : {}),
    path: inBody[0]?.path ?? '',
    message: inBody[0]?.message ?? '',
    ...(inBody.length > 1 ? { issues: inBody } : {}),
  };
}

function take<T>(entries: readonly PostedEntry[], check: (plain: unknown) => Checked<T>): Taken<T> {
  const taken: Taken<T> = { accepted: [], rejected: [] };
  for (const entry of entries) {
    const checked = entry.broken === null ? check(entry.plain) : { issues: [{ path: [], message: entry.broken }] };
    if ('value' in checked) taken.accepted.push({ entry, value: checked.value });
    else taken.rejected.push(rejection(entry, itemIdOf(entry.plain), checked.issues));
  }
  return taken;
}

function itemIdOf(plain: unknown): unknown {
  return typeof plain === 'object' && plain !== null ? Reflect.get(plain, 'itemId') : undefined;
}

/** Middleware: reads many items and checks each by itself; `c.req.valid('json')` has those that hold and those that do not. */
function many<I, T>(
  check: (plain: unknown) => Checked<T>,
): MiddlewareHandler<AppEnv, string, { in: { json: I[] }; out: { json: Taken<T> } }> {
  return async (c, next) => {
    const posted = readPosted(await readText(c.req.raw, BYTES_PER_CALL), c.req.header('Content-Type') ?? '');
    if ('problem' in posted) {
      const issues = posted.problem === 'invalid' ? { issues: [{ path: posted.path, message: posted.detail }] } : {};
      throw new Problem(posted.problem, posted.detail, issues);
    }
    c.req.addValidatedData('json', take(posted.entries, check));
    await next();
  };
}

/** Middleware: one patch, whose item the path names. */
const patchBody: MiddlewareHandler<
  AppEnv,
  string,
  { in: { json: ItemPatchBody }; out: { json: ItemPatchBody } }
> = async (c, next) => {
  const checked = checkPatchBody(parseJson(await readText(c.req.raw, 100_000)));
  if (!('value' in checked)) throw invalid(checked.issues);
  c.req.addValidatedData('json', checked.value);
  await next();
};

function invalid(issues: readonly ItemIssue[]): Problem {
  const inBody = issues.map(({ path, message }) => ({ path: pathOf(path), message }));
  const first = inBody[0];
  const detail = `The body: ${first?.path ? `${first.path.slice(0, 200)}: ` : ''}${first?.message ?? 'invalid'}`;
  return new Problem('invalid', detail, { issues: inBody });
}

const unknownItem = (itemId: string) => new Problem('unknown-item', `The catalogue has no item "${itemId}".`);

async function changeOptions(env: Env, shop: string): Promise<{ delaySeconds: number; tellsNews: boolean }> {
  const published = await configStore(env.CONFIG).read(shop);
  const { freshness, endpoints } = resolveConfig(published?.config ?? {});
  const tellsNews = Object.values(endpoints).some(({ events }) => events.some((name) => name.startsWith('product.')));
  return { delaySeconds: freshness.catalogSeconds, tellsNews };
}

const PathItem = z.object({ itemId: CatalogItemId });
const Page = z.object({
  cursor: ItemId.optional(),
  limit: z.coerce.number().int().min(1).max(ITEMS_PER_CALL).default(100),
});
const ListAnswer = z.object({ items: z.array(Item), cursor: z.string().nullable() });
const ChangeAnswer = z.object({ accepted: z.number(), rejected: z.array(Rejection), version: z.number() });
const RemoveAnswer = z.object({ itemId: z.string(), removed: z.literal(true), version: z.number() });
const BULK = 'A JSON array, `{"items": […]}` or NDJSON (`application/x-ndjson`), at most 10 MB.';

/** The catalogue's own routes: servers put, patch, list and remove items with the secret key. */
export const catalogRoutes = new Hono<AppEnv>()
  .put(
    '/v1/catalog/items',
    describe(
      DESCRIBED && {
        summary: 'Adds items, or replaces them whole',
        description: `${BULK} Each item is checked by itself: those that hold are taken, the others are told in \`rejected\`. Where an itemId occurs twice, the last one counts. Without \`availability\` an item is in stock, or out of stock when \`stock\` is 0.`,
        tag: 'Catalogue',
        key: 'secret',
        body: z.array(ItemInput).max(ITEMS_PER_CALL),
        answers: { 200: ChangeAnswer },
      },
    ),
    access('secret'),
    many<ItemInput, ItemInput>(checkItem),
    async (c) => {
      const { shop, now } = c.var;
      const { accepted, rejected } = c.req.valid('json');
      const items = accepted.map(({ value }) => value);
      const { version } = await catalogObject(c.env, shop).put(shop, items, now, await changeOptions(c.env, shop));
      forget(shop, 'catalog');
      return c.json({ accepted: items.length, rejected, version });
    },
  )
  .patch(
    '/v1/catalog/items',
    describe(
      DESCRIBED && {
        summary: 'Changes fields of many items, such as price and stock',
        description: `${BULK} Each entry names its item and is a JSON Merge Patch (RFC 7396): null removes a field, records are merged by key, lists are replaced. A stock without an availability takes the availability along: 0 puts an item in stock out of stock, more brings it back.`,
        tag: 'Catalogue',
        key: 'secret',
        body: z.array(ItemPatch).max(ITEMS_PER_CALL),
        answers: { 200: ChangeAnswer },
      },
    ),
    access('secret'),
    many<ItemPatch, ItemPatch>(checkPatch),
    async (c) => {
      const { shop, now } = c.var;
      const { accepted, rejected } = c.req.valid('json');
      const patches = accepted.map(({ value }) => value);
      const answer = await catalogObject(c.env, shop).patch(shop, patches, now, await changeOptions(c.env, shop));
      forget(shop, 'catalog');
      const misfits = answer.rejected.flatMap(({ index, itemId, issues }) => {
        const entry = accepted[index]?.entry;
        return entry ? [rejection(entry, itemId, issues)] : [];
      });
      return c.json({
        accepted: patches.length - misfits.length,
        rejected: [...rejected, ...misfits].sort((a, b) => a.index - b.index),
        version: answer.version,
      });
    },
  )
  .get(
    '/v1/catalog/items',
    describe(
      DESCRIBED && {
        summary: 'The catalogue, page by page',
        description:
          'In an order of its own. `cursor` is that of the page before; null says that there is no further page.',
        tag: 'Catalogue',
        key: 'secret',
        query: Page,
        answers: { 200: ListAnswer },
      },
    ),
    access('secret'),
    query(Page),
    async (c) => {
      const { cursor, limit } = c.req.valid('query');
      return c.json(await catalogObject(c.env, c.var.shop).list(cursor ?? null, limit));
    },
  )
  .get(
    '/v1/catalog/items/:itemId',
    describe(
      DESCRIBED && {
        summary: 'One item',
        tag: 'Catalogue',
        key: 'secret',
        param: PathItem,
        answers: { 200: Item },
        problems: ['unknown-item'],
      },
    ),
    access('secret'),
    param(PathItem),
    async (c) => {
      const { itemId } = c.req.valid('param');
      const item = await catalogObject(c.env, c.var.shop).get(itemId);
      if (item === null) throw unknownItem(itemId);
      return c.json(item);
    },
  )
  .patch(
    '/v1/catalog/items/:itemId',
    describe(
      DESCRIBED && {
        summary: 'Changes fields of one item',
        description: 'A JSON Merge Patch (RFC 7396), as in the bulk call. Answers the item as it now is.',
        tag: 'Catalogue',
        key: 'secret',
        param: PathItem,
        body: ItemPatchBody,
        answers: { 200: Item },
        problems: ['unknown-item'],
      },
    ),
    access('secret'),
    param(PathItem),
    patchBody,
    async (c) => {
      const { shop, now } = c.var;
      const { itemId } = c.req.valid('param');
      const patch = c.req.valid('json');
      if (patch.itemId !== undefined && patch.itemId !== itemId)
        throw invalid([{ path: ['itemId'], message: 'An item keeps its itemId' }]);
      const object = catalogObject(c.env, shop);
      const { rejected } = await object.patch(shop, [{ ...patch, itemId }], now, await changeOptions(c.env, shop));
      if (rejected[0]?.unknown) throw unknownItem(itemId);
      if (rejected[0]) throw invalid(rejected[0].issues);
      forget(shop, 'catalog');
      const item = await object.get(itemId);
      if (item === null) throw unknownItem(itemId);
      return c.json(item);
    },
  )
  .delete(
    '/v1/catalog/items/:itemId',
    describe(
      DESCRIBED && {
        summary: 'Removes an item',
        tag: 'Catalogue',
        key: 'secret',
        param: PathItem,
        answers: { 200: RemoveAnswer },
        problems: ['unknown-item'],
      },
    ),
    access('secret'),
    param(PathItem),
    async (c) => {
      const { shop, now } = c.var;
      const { itemId } = c.req.valid('param');
      const object = catalogObject(c.env, shop);
      const { version, removed } = await object.remove(shop, [itemId], now, await changeOptions(c.env, shop));
      if (removed === 0) throw unknownItem(itemId);
      forget(shop, 'catalog');
      return c.json({ itemId, removed: true as const, version });
    },
  );
