import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import { configStore } from '../src/config/store.ts';
import { catalogObject, type Env } from '../src/env.ts';
import { forget, type Snapshot, snapshotOf } from '../src/snapshot.ts';

const NOW = Date.UTC(2026, 10, 22);
const item = (itemId: string) => ({ itemId, title: itemId, availability: 'in_stock' as const });

/** A shop of its own for each test: what an isolate holds cannot be taken back. */
function shopNamed(name: string) {
  const put = (itemIds: string[]) => catalogObject(env, name).put(name, itemIds.map(item), NOW);
  const at = async (now: number): Promise<Snapshot> => {
    const ctx = createExecutionContext();
    const snapshot = await snapshotOf(env, name, { now, waitUntil: (work) => ctx.waitUntil(work) });
    await waitOnExecutionContext(ctx);
    return snapshot;
  };
  return {
    put,
    at,
    publish: (version: number, config: object) =>
      configStore(env.CONFIG).write(name, { version, publishedAt: NOW, config }),
  };
}

const has = (snapshot: Snapshot, itemId: string): boolean => snapshot.catalogue.indexOf(itemId) >= 0;

describe('what an isolate knows of a shop', () => {
  test('a shop that never published anything has the defaults and an empty catalogue', async () => {
    const snapshot = await shopNamed('nothing').at(NOW);
    expect(snapshot).toMatchObject({ shop: 'nothing', versions: { config: 0, catalog: 'c0', cards: 'k0' } });
    expect(snapshot.config.placements.home?.count).toBe(10);
    expect(snapshot.catalogue.size).toBe(0);
    expect(snapshot.popularity.bestsellers().keys.length).toBe(0);
  });

  test('a change of the catalogue is asked for once per catalogSeconds, in the background', async () => {
    const shop = shopNamed('background');
    await shop.put(['a']);
    expect(has(await shop.at(NOW), 'a')).toBe(true);
    await shop.put(['b']);
    expect(has(await shop.at(NOW + 4_000), 'b')).toBe(false);
    // The answer does not wait for the question, the next one has it.
    await shop.at(NOW + 6_000);
    const later = await shop.at(NOW + 6_001);
    expect(has(later, 'b')).toBe(true);
    expect(later.versions.catalog).toBe('c2');
  });

  test('an isolate that nobody has asked for a while catches up before it answers', async () => {
    const shop = shopNamed('idle');
    await shop.put(['a']);
    await shop.at(NOW);
    await shop.put(['b']);
    expect(has(await shop.at(NOW + 16_000), 'b')).toBe(true);
  });

  test('whoever changed the catalogue sees it at once', async () => {
    const shop = shopNamed('forgetful');
    await shop.put(['a']);
    await shop.at(NOW);
    await shop.put(['b']);
    forget('forgetful', 'catalog');
    expect(has(await shop.at(NOW), 'b')).toBe(true);
  });

  test('requests that come together share one loading, and one reading after a change', async () => {
    const shop = shopNamed('together');
    await shop.put(['a']);
    const first = await Promise.all(Array.from({ length: 10 }, () => shop.at(NOW)));
    expect(new Set(first.map((one) => one.catalogue)).size).toBe(1);
    await shop.put(['b']);
    forget('together', 'catalog');
    const second = await Promise.all(Array.from({ length: 10 }, () => shop.at(NOW)));
    expect(second.every((one) => has(one, 'b'))).toBe(true);
  });

  test('a change that is made while the shop is being loaded is not lost', async () => {
    const shop = shopNamed('early');
    const loading = shop.at(NOW);
    await shop.put(['a']);
    forget('early', 'catalog');
    await loading;
    expect(has(await shop.at(NOW), 'a')).toBe(true);
  });

  test('a config from elsewhere arrives within half a minute, an older one never', async () => {
    const shop = shopNamed('configured');
    await shop.at(NOW);
    await shop.publish(3, { shop: { name: 'New' } });
    await shop.at(NOW + 31_000);
    expect((await shop.at(NOW + 31_001)).config.shop.name).toBe('New');
    await shop.publish(2, { shop: { name: 'Old' } });
    await shop.at(NOW + 62_000);
    expect((await shop.at(NOW + 62_001)).versions.config).toBe(3);
  });

  test('learning variants separately reads the catalogue anew', async () => {
    const shop = shopNamed('variants');
    await catalogObject(env, 'variants').put(
      'variants',
      ['s', 'm'].map((itemId) => ({ ...item(itemId), groupId: 'shirt' })),
      NOW,
    );
    const before = await shop.at(NOW);
    const slot = before.catalogue.indexOf('s');
    expect(before.catalogue.membersOf(before.catalogue.keyOf(slot))).toHaveLength(2);
    await shop.publish(1, { learning: { variants: 'separate' } });
    await shop.at(NOW + 31_000);
    const { catalogue } = await shop.at(NOW + 31_001);
    expect(catalogue.membersOf(catalogue.keyOf(catalogue.indexOf('s')))).toHaveLength(1);
  });

  test('what cannot be read stays as it was', async () => {
    const shop = shopNamed('broken');
    await shop.put(['a']);
    await shop.at(NOW);
    const broken: Env = {
      ...env,
      CATALOGS: {
        ...env.CATALOGS,
        getByName: () => {
          throw new Error('gone');
        },
      } as never,
    };
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    forget('broken', 'catalog');
    const snapshot = await snapshotOf(broken, 'broken', { now: NOW, waitUntil: () => undefined });
    expect(has(snapshot, 'a')).toBe(true);
    expect(warned).toHaveBeenCalledOnce();
    warned.mockRestore();
  });
});
