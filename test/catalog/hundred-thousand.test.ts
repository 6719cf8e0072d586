import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { openColumns } from '../../src/catalog/memory.ts';
import { catalogStore, itemDetails } from '../../src/catalog/store.ts';
import { catalogObject } from '../../src/env.ts';
import { key53 } from '../../src/shared/hash.ts';
import { plainItem } from './items.ts';

const COUNT = 100_000;

test('100,000 items load in calls of a thousand, are published and serve', { timeout: 60_000 }, async () => {
  const shop = 'large';
  const object = catalogObject(env, shop);
  for (let from = 0; from < COUNT; from += 1_000)
    await object.put(
      shop,
      Array.from({ length: 1_000 }, (_, n) => plainItem(from + n)),
      Date.now(),
    );
  expect(await object.count()).toBe(COUNT);

  while (await runDurableObjectAlarm(object));
  const columns = await catalogStore(env.CATALOG).readColumns(shop);
  if (columns === null) throw new Error('Nothing was published.');
  const catalogue = openColumns(columns, { variants: 'group' });
  expect([catalogue.size, catalogue.version, catalogue.chunkBits]).toEqual([COUNT, 100, 9]);

  const slot = catalogue.indexOf('SKU-77777');
  expect([catalogue.itemId(slot), catalogue.price(slot), catalogue.brand(slot)]).toEqual([
    'SKU-77777',
    49.25,
    'Brand 77',
  ]);
  expect(
    catalogue
      .membersOf(key53('G-19444'))
      .map((member) => catalogue.itemId(member))
      .sort(),
  ).toEqual(['SKU-77776', 'SKU-77777', 'SKU-77778', 'SKU-77779']);
  let found = 0;
  for (let n = 0; n < COUNT; n++) if (catalogue.indexOf(`SKU-${n}`) >= 0) found++;
  expect(found).toBe(COUNT);
  const bands = [0, 0, 0, 0, 0, 0];
  for (let each = 0; each < COUNT; each++) {
    const band = catalogue.priceBand(each);
    bands[band] = (bands[band] ?? 0) + 1;
  }
  expect(bands).toEqual([0, 20_000, 20_000, 20_000, 20_000, 20_000]);
  const details = await itemDetails(env.CATALOG, shop, { itemIds: ['SKU-1', 'SKU-99999'], catalogue, now: Date.now() });
  expect([...details.values()].map(({ url }) => url?.endsWith('model-1') || url?.endsWith('model-99999'))).toEqual([
    true,
    true,
  ]);

  // What is packed is what is read: no isolate works it out again.
  expect(catalogue.content.bytes).toBeLessThan(12_000_000);
  const five = catalogue.indexOf('SKU-5');
  const near = catalogue.content.neighbours(five, 10);
  for (const other of near.slots) expect(catalogue.content.shared(five, other)[0]?.kind).toMatch(/leaf|brand|word/);
  expect(near.similarities[0]).toBeGreaterThan(0.3);

  await object.patch(shop, [{ itemId: 'SKU-5', price: 1 }], Date.now());
  const { changes, version, more, reload } = await object.changesSince(catalogue.version, 1_000);
  catalogue.apply(changes, version);
  expect([catalogue.price(catalogue.indexOf('SKU-5')), more, reload]).toEqual([1, false, false]);
});
