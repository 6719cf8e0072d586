import { exports } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ODD_IDS, plainItem } from './items.ts';

interface Answer {
  status: number;
  body: Record<string, unknown> & { rejected?: unknown[]; items?: { itemId: string }[]; cursor?: string | null };
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  options: { type?: string; key?: string } = {},
): Promise<Answer> {
  const answer = await exports.default.fetch(`http://shop.test/v1/catalog/items${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${options.key ?? 'sk_demo'}`,
      'Content-Type': options.type ?? 'application/json',
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

const at = (itemId: string) => `/${encodeURIComponent(itemId)}`;
const MUG = { itemId: 'mug', title: 'Mug', price: 5, currency: 'GBP', stock: 3 };

describe('PUT', () => {
  test('takes items, and what is wrong with one does not hurt the others', async () => {
    const { status, body } = await call('PUT', '', [
      MUG,
      { itemId: 'bad', title: 'Bad', price: -1, colour: 'red' },
      'no item',
      { itemId: 'cup', title: 'Cup' },
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject({ accepted: 2, version: expect.any(Number) });
    expect(body.rejected).toMatchObject([
      { index: 1, itemId: 'bad', path: '[1].price', issues: [{ path: '[1].price' }, { path: '[1].colour' }] },
      { index: 2, path: '[2]' },
    ]);
    expect((await call('GET', at('cup'))).body).toEqual({ itemId: 'cup', title: 'Cup', availability: 'in_stock' });
    expect((await call('GET', at('bad'))).status).toBe(404);
  });

  test('names the path in the body it got', async () => {
    const { body } = await call('PUT', '', { items: [MUG, { itemId: 'x', title: 'X', offers: { DE: { price: 1 } } }] });
    expect(body.rejected).toMatchObject([{ index: 1, path: 'items[1].offers.DE.currency' }]);
  });

  test.each(['application/x-ndjson', 'text/plain'])(
    'takes NDJSON sent as %s, but for its broken line',
    async (type) => {
      const lines = `${JSON.stringify({ ...MUG, itemId: `${type}-1` })}\n\n{"itemId":\n${JSON.stringify({ ...MUG, itemId: `${type}-2` })}\n`;
      const { status, body } = await call('PUT', '', lines, { type });
      expect([status, body.accepted]).toEqual([200, 2]);
      expect(body.rejected).toMatchObject([{ index: 2, path: '[2]' }]);
      expect((await call('GET', at(`${type}-2`))).body).toMatchObject({ title: 'Mug' });
    },
  );

  test('keeps the last of two items with one id', async () => {
    await call('PUT', '', [
      { ...MUG, itemId: 'twice', title: 'First' },
      { ...MUG, itemId: 'twice', title: 'Last' },
    ]);
    expect((await call('GET', at('twice'))).body.title).toBe('Last');
  });

  test('makes no new version of what is there already', async () => {
    const first = await call('PUT', '', [{ ...MUG, itemId: 'same' }]);
    const second = await call('PUT', '', [{ ...MUG, itemId: 'same' }]);
    expect(second.body.version).toBe(first.body.version);
  });

  test.each<[string, unknown, number, string]>([
    ['over a thousand items', Array.from({ length: 1_001 }, (_, n) => plainItem(n)), 422, '/problems/invalid'],
    ['something else', { products: [] }, 422, '/problems/invalid'],
    ['broken JSON', '[{"itemId": "a"', 400, '/problems/malformed'],
    ['nothing', '', 400, '/problems/malformed'],
    ['over 10 MB', 'x'.repeat(10_000_001), 413, '/problems/too-large'],
  ])('refuses %s', async (_name, sent, status, type) => {
    const answer = await call('PUT', '', sent);
    expect([answer.status, answer.body.type]).toEqual([status, type]);
  });

  test('answers whatever is sent without breaking', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (sent) => {
        const { status } = await call('PUT', '', sent, { key: 'sk_other' });
        expect([200, 400, 422]).toContain(status);
      }),
      { numRuns: 50 },
    );
  });
});

describe('PATCH', () => {
  test('of many changes price and stock, and tells which do not fit', async () => {
    await call('PUT', '', [
      { ...MUG, itemId: 'p1' },
      { ...MUG, itemId: 'p2' },
    ]);
    const { status, body } = await call('PATCH', '', [
      { itemId: 'p1', price: 4, stock: 0 },
      { itemId: 'nobody', price: 1 },
      { itemId: 'p2', price: 'free' },
      { itemId: 'p2', offers: { DE: { price: 6 } } },
      { itemId: 'p2', salePrice: 3 },
    ]);
    expect([status, body.accepted]).toEqual([200, 2]);
    expect(body.rejected).toMatchObject([
      { index: 1, itemId: 'nobody', path: '[1].itemId' },
      { index: 2, itemId: 'p2', path: '[2].price' },
      { index: 3, itemId: 'p2', path: '[3].offers.DE.currency' },
    ]);
    expect((await call('GET', at('p1'))).body).toMatchObject({
      price: 4,
      stock: 0,
      availability: 'out_of_stock',
      title: 'Mug',
    });
    expect((await call('GET', at('p2'))).body).toMatchObject({ price: 5, salePrice: 3 });
  });

  test('of one answers the item as it now is', async () => {
    await call('PUT', '', [{ ...MUG, itemId: 'one', salePrice: 4, attributes: { color: 'red', size: 'S' } }]);
    const { status, body } = await call('PATCH', at('one'), {
      salePrice: null,
      attributes: { size: null, fit: 'slim' },
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...MUG,
      itemId: 'one',
      availability: 'in_stock',
      attributes: { color: 'red', fit: 'slim' },
    });
  });

  test.each<[string, string, unknown, number, string]>([
    ['an unknown item', 'nobody', { price: 1 }, 404, '/problems/unknown-item'],
    ['an itemId', 'mug', { itemId: 'other' }, 422, '/problems/invalid'],
    ['a wrong field', 'mug', { prize: 1 }, 422, '/problems/invalid'],
    ['what another field needs', 'mug', { offers: { DE: { price: 1 } } }, 422, '/problems/invalid'],
    ['with broken JSON', 'mug', '{', 400, '/problems/malformed'],
  ])('cannot change %s', async (_name, itemId, patch, status, type) => {
    await call('PUT', '', [MUG]);
    const answer = await call('PATCH', at(itemId), patch);
    expect([answer.status, answer.body.type]).toEqual([status, type]);
  });
});

test('odd ids are put, read, changed and removed by their path', async () => {
  const put = await call(
    'PUT',
    '',
    ODD_IDS.map((itemId) => ({ itemId, title: 'Odd' })),
  );
  expect(put.body).toMatchObject({ accepted: ODD_IDS.length, rejected: [] });
  for (const itemId of ODD_IDS) {
    expect((await call('PATCH', at(itemId), { price: 1 })).body).toMatchObject({ itemId, price: 1 });
    expect((await call('DELETE', at(itemId))).body).toMatchObject({ itemId, removed: true });
    expect([(await call('GET', at(itemId))).status, (await call('DELETE', at(itemId))).status]).toEqual([404, 404]);
  }
});

test('the list is paged, each item once', async () => {
  await call(
    'PUT',
    '',
    Array.from({ length: 250 }, (_, n) => plainItem(n)),
    { key: 'sk_other' },
  );
  const seen: string[] = [];
  for (let cursor: string | null | undefined = ''; cursor !== null; ) {
    const from: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const { body } = await call('GET', `?limit=60${from}`, undefined, { key: 'sk_other' });
    seen.push(...(body.items ?? []).map(({ itemId }) => itemId));
    cursor = body.cursor ?? null;
  }
  expect(seen.filter((itemId) => itemId.startsWith('SKU-')).length).toBe(250);
  expect(new Set(seen).size).toBe(seen.length);
});

test.each([
  ['GET', '?limit=0', 422],
  ['GET', '?limit=1001', 422],
  ['GET', '?limit=ten', 422],
  ['GET', `/${'x'.repeat(201)}`, 422],
  ['GET', '/never', 404],
])('%s %s is %d', async (method, path, status) => {
  expect((await call(method, path)).status).toBe(status);
});

test('the catalogue is the servers’ and each shop has its own', async () => {
  expect((await call('PUT', '', [MUG], { key: 'pk_demo' })).status).toBe(403);
  await call('PUT', '', [{ ...MUG, itemId: 'only-demo' }]);
  expect((await call('GET', at('only-demo'), undefined, { key: 'sk_other' })).status).toBe(404);
});
