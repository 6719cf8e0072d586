import { reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, expect, test } from 'vitest';
import { configStore } from '../../src/config/store.ts';
import { versionsStore } from '../../src/config/versions-store.ts';
import { configObject } from '../../src/env.ts';

afterEach(reset);

const publication = (name: string) => ({
  shop: 'demo',
  config: JSON.stringify({ shop: { name } }),
  expected: null,
  by: 'secret key 00000000',
  rollbackOf: null,
  now: 1_800_000_000_000,
});

test('what was not yet written to KV is written by the alarm', async () => {
  const object = configObject(env, 'demo');
  await object.publish(publication('one'));
  // As a crash between the transaction and the write leaves it.
  await runInDurableObject(object, (_instance, { storage }) => {
    const versions = versionsStore(storage);
    storage.transactionSync(() => {
      versions.add({
        version: 2,
        publishedAt: 1,
        by: 'x',
        rollbackOf: null,
        why: null,
        config: '{"shop":{"name":"two"}}',
      });
      versions.owe('demo');
    });
  });
  expect(await configStore(env.CONFIG).read('demo')).toMatchObject({ version: 1 });
  expect(await runDurableObjectAlarm(object)).toBe(true);
  expect(await configStore(env.CONFIG).read('demo')).toMatchObject({ version: 2, config: { shop: { name: 'two' } } });
  await runInDurableObject(object, (_instance, { storage }) => {
    expect(versionsStore(storage).owed()).toBeNull();
  });
});

test('a version that KV refuses is published all the same, and its write is tried again', async () => {
  const object = configObject(env, 'demo');
  // KV refuses keys of more than 512 bytes.
  const shop = 'x'.repeat(600);
  expect(await object.publish({ ...publication('one'), shop })).toMatchObject({ done: true, version: 1 });
  expect(await object.current()).toMatchObject({ version: 1 });
  expect(await runDurableObjectAlarm(object)).toBe(true);
  await runInDurableObject(object, async (_instance, { storage }) => {
    expect(versionsStore(storage).owed()).toBe(shop);
    expect(await storage.getAlarm()).not.toBeNull();
  });
});
