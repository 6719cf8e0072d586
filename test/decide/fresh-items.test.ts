import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { catalogStore } from '../../src/catalog/store.ts';
import { catalogObject } from '../../src/env.ts';

const SHOP = 'other';
const START = Date.UTC(2026, 10, 22, 10);
const TEN_SECONDS = 10_000;

type Shown = { strategy: string; fallback: boolean; items: { itemId: string; explored?: object }[] };

async function send(path: string, body: object, now: number): Promise<Record<string, unknown>> {
  const ctx = createExecutionContext();
  const app = createApp({ now: () => now, random: Math.random });
  const init = {
    method: path === '/v1/decide' ? 'POST' : 'PUT',
    headers: { Authorization: `Bearer ${path === '/v1/decide' ? 'pk' : 'sk'}_${SHOP}` },
    body: JSON.stringify(body),
  };
  const answer = await app.request(path, init, env, ctx);
  await waitOnExecutionContext(ctx);
  expect(answer.status).toBe(200);
  return answer.json();
}

async function placementsAt(now: number): Promise<Record<string, Shown>> {
  const page = { type: 'item', itemId: 'mug-red' };
  const placements = ['similar', 'arrivals', 'discover'].map((placement) => ({ placement }));
  const answer = await send('/v1/decide', { page, placements, consent: 'none' }, now);
  return answer.placements as Record<string, Shown>;
}

describe('an item that was added ten seconds ago', () => {
  test('is recommended, by the change log and before anything is published: as similar, as new, and by chance', async () => {
    const categories = ['Home > Mugs'];
    const items = ['red', 'blue'].map((color, i) => ({
      itemId: `mug-${color}`,
      title: `Enamel mug ${color}`,
      categories,
      createdAt: `2026-0${i + 1}-01`,
      availability: 'in_stock' as const,
    }));
    await catalogObject(env, SHOP).put(SHOP, items, START);
    const own = { fallback: [] };
    await send(
      '/v1/config',
      {
        placements: {
          similar: { ...own, strategies: [{ strategy: 'similar' }] },
          arrivals: { ...own, strategies: [{ strategy: 'new_arrivals' }] },
          discover: { ...own, strategies: [{ strategy: 'for_you' }], explore: 1, count: 1 },
        },
      },
      START,
    );
    const before = await placementsAt(START);
    expect(before.similar?.items.map((one) => one.itemId)).toEqual(['mug-blue']);

    // Whoever changed it did so elsewhere: this isolate is told nothing, and finds out by asking.
    const fresh = { itemId: 'mug-new', title: 'Enamel mug green', categories, createdAt: '2026-11-22' };
    await catalogObject(env, SHOP).put(SHOP, [{ ...fresh, availability: 'in_stock' }], START + 1);
    await placementsAt(START + TEN_SECONDS);
    const after = await placementsAt(START + TEN_SECONDS + 1);

    expect(await catalogStore(env.CATALOG).readColumns(SHOP)).toBeNull();
    expect(after.similar?.items.map((one) => one.itemId).toSorted()).toEqual(['mug-blue', 'mug-new']);
    expect(after.arrivals).toMatchObject({ strategy: 'new_arrivals', fallback: false });
    expect(after.arrivals?.items[0]?.itemId).toBe('mug-new');
    // Among the little-known items each has its chance; over the draws of a day it is shown.
    const explored = new Set<string>();
    for (let draw = 0; draw < 40; draw++)
      for (const { itemId } of (await placementsAt(START + TEN_SECONDS + 2 + draw)).discover?.items ?? [])
        explored.add(itemId);
    expect(explored).toContain('mug-new');
  });
});
