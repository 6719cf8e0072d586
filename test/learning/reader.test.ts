import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { createCards } from '../../src/learning/cards.ts';
import { encodeChunk } from '../../src/learning/codec.ts';
import { encodeCounts } from '../../src/learning/counts.ts';
import { learnView } from '../../src/learning/learn.ts';
import { type CardReader, cardReader } from '../../src/learning/reader.ts';
import { cardStore } from '../../src/learning/store.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

let shops = 0;

/** Publishes 2^bits chunks, in each of which item 1 is followed by the given items. */
async function publish(shop: string, version: number, followers: number[], bits = 0): Promise<void> {
  const cards = createCards({ halfLifeMs: DAY_MS });
  for (const key of followers) learnView(cards, { key, at: 0, previous: [1], length: 1, own: false });
  const store = cardStore(env.CARDS, shop);
  const bytes = encodeChunk(cards.shelf.loaded(), cards, { ownClicks: 0.5 }) ?? new Uint8Array();
  const chunks = Array.from({ length: 2 ** bits }, (_, number) => `${number}/${version}`);
  await Promise.all(chunks.map((name) => store.writeChunk(name, bytes)));
  await store.writeCounts(version, encodeCounts(cards, { ownClicks: 0.5 }));
  await store.writeManifest({ format: 1, version, publishedAt: 0, bits, chunks, counts: version });
}

/** Keys of every chunk, however many there are. */
const MANY = Array.from({ length: 2_000 }, (_, i) => i * 0x1_0000_0001);

/** How many items follow item 1, as the reader says. */
async function followersIn(reader: CardReader, waitUntil?: (work: Promise<unknown>) => void): Promise<number> {
  const viewed = (await reader.cards([1], waitUntil))(1)?.viewed;
  return (viewed?.end ?? 0) - (viewed?.start ?? 0);
}

describe('a reader of cards', () => {
  test.each([0, 3])('renews up to eight chunks in use with the publication (2^%d chunks)', async (bits) => {
    const shop = `reader-${++shops}`;
    const reader = cardReader(env.CARDS, shop);
    await publish(shop, 1, [2], bits);
    await reader.refresh();
    await reader.cards(MANY);
    await publish(shop, 2, [2, 3], bits);
    expect(await reader.refresh()).toBe(true);
    expect(reader.version).toBe('k2');
    expect(reader.counts.size).toBe(2);
    const works: Promise<unknown>[] = [];
    expect(await followersIn(reader, (work) => works.push(work))).toBe(2);
    expect(works).toHaveLength(0);
  });

  test('of more chunks, serves each older one while the newer one loads', async () => {
    const shop = `reader-${++shops}`;
    const reader = cardReader(env.CARDS, shop);
    await publish(shop, 1, [2], 5);
    await reader.refresh();
    await reader.cards(MANY);
    const size = (waitUntil?: (work: Promise<unknown>) => void) => followersIn(reader, waitUntil);
    expect(await size()).toBe(1);
    await publish(shop, 2, [2, 3], 5);
    expect(await reader.refresh()).toBe(true);
    expect(reader.version).toBe('k2');
    expect(reader.counts.size).toBe(2);
    const works: Promise<unknown>[] = [];
    expect(await size((work) => works.push(work))).toBe(1);
    expect(await size((work) => works.push(work))).toBe(1);
    expect(works).toHaveLength(1);
    await Promise.all(works);
    expect(await size()).toBe(2);
  });

  test('keeps no more than it may, and reads again what it has dropped', async () => {
    const shop = `reader-${++shops}`;
    await publish(shop, 1, [2, 3]);
    const reader = cardReader(env.CARDS, shop, { bytes: 10 });
    await reader.refresh();
    for (let i = 0; i < 3; i++) expect((await reader.cards([1]))(1)).not.toBeNull();
  });

  test('without a publication, or with one it does not understand, there are no cards', async () => {
    const shop = `reader-${++shops}`;
    const reader = cardReader(env.CARDS, shop);
    expect(await reader.refresh()).toBe(false);
    expect((await reader.cards([1]))(1)).toBeNull();
    await env.CARDS.put(`${shop}/manifest/0`, '{"format":2}');
    expect(await reader.refresh()).toBe(false);
    expect([reader.version, reader.counts.size]).toEqual(['k0', 0]);
  });

  test('a missing chunk is nothing, and is asked for again', async () => {
    const shop = `reader-${++shops}`;
    await publish(shop, 1, [2]);
    await env.CARDS.delete(`${shop}/cards/0/1`);
    const reader = cardReader(env.CARDS, shop);
    await reader.refresh();
    expect((await reader.cards([1]))(1)).toBeNull();
    await publish(shop, 1, [2]);
    expect((await reader.cards([1]))(1)).not.toBeNull();
  });

  test('an older chunk serves for one that is not here yet, which is asked for again once a refresh', async () => {
    const shop = `reader-${++shops}`;
    const reader = cardReader(env.CARDS, shop);
    await publish(shop, 1, [2], 5);
    await reader.refresh();
    await reader.cards(MANY);
    await publish(shop, 2, [2, 3], 5);
    const late = `${shop}/cards/1/2`;
    const bytes = (await env.CARDS.get(late, 'arrayBuffer')) ?? new ArrayBuffer();
    await env.CARDS.delete(late);
    await reader.refresh();
    const answer = async () => {
      const works: Promise<unknown>[] = [];
      const cards = await reader.cards([1], (work) => works.push(work));
      await Promise.all(works);
      const { start = 0, end = 0 } = cards(1)?.viewed ?? {};
      return { followers: end - start, isWhole: cards.isWhole, loads: works.length };
    };
    expect(await answer()).toEqual({ followers: 1, isWhole: true, loads: 1 });
    expect(await answer()).toEqual({ followers: 1, isWhole: true, loads: 0 });
    await env.CARDS.put(late, bytes);
    await reader.refresh();
    expect(await answer()).toEqual({ followers: 1, isWhole: true, loads: 1 });
    expect(await answer()).toEqual({ followers: 2, isWhole: true, loads: 0 });
  });

  test('says of a chunk that is gone, with none to stand in, that not all is there', async () => {
    const shop = `reader-${++shops}`;
    await publish(shop, 1, [2], 5);
    await env.CARDS.delete(`${shop}/cards/1/1`);
    const reader = cardReader(env.CARDS, shop);
    await reader.refresh();
    expect((await reader.cards([1])).isWhole).toBe(false);
    expect((await reader.cards([2])).isWhole).toBe(true);
  });
});
