import { env } from 'cloudflare:workers';
import { describe, expect, test, vi } from 'vitest';
import { createCards } from '../../src/learning/cards.ts';
import { encodeCounts } from '../../src/learning/counts.ts';
import { learnView } from '../../src/learning/learn.ts';
import { encodeSessions, openSessions } from '../../src/learning/session-index.ts';
import { cardStore } from '../../src/learning/store.ts';
import { key53 } from '../../src/shared/hash.ts';
import { forget } from '../../src/snapshot.ts';
import { item, smallShop } from '../recommendations/shop.ts';
import { ask, shown } from './ask.ts';
import { putItems, send } from './http.ts';

const NAMES = ['tea', 'cup', 'pot', 'spoon', 'honey', 'tray'];

function encoded(lists: readonly (readonly string[])[]): Uint8Array<ArrayBuffer> {
  const starts = new Uint32Array(lists.length + 1);
  for (const [i, list] of lists.entries()) starts[i + 1] = (starts[i] ?? 0) + list.length;
  return encodeSessions({ size: lists.length, starts, keys: Float64Array.from(lists.flat().map(key53)) });
}

/** Who had tea and a pot took the tray. */
const SESSIONS = [
  ['cup', 'spoon'],
  ['pot', 'tea', 'tray'],
  ['honey', 'cup'],
];

describe('where the blend is on', () => {
  const shop = smallShop(
    NAMES.map((name) => item(name)),
    [{ session: ['tea', 'cup'] }, { session: ['tea', 'cup'] }, { session: ['pot', 'spoon'] }],
    {
      placements: {
        home: { strategies: [{ strategy: 'for_you', weight: 1 }] },
        row: { strategies: [{ strategy: 'also_viewed', weight: 1 }] },
      },
    },
  );
  const asked = {
    session: ['pot', 'tea'],
    placements: [{ placement: 'home', count: 4 }],
    explain: 'merchant' as const,
  };

  test('recent sessions have half the say in what comes next, and the reasons still add up', () => {
    const alone = shown(ask(shop, asked), 'home');
    const sessions = openSessions(encoded(SESSIONS).buffer);
    const answer = ask({ ...shop, sessions }, asked);
    expect(shown(answer, 'home').slice(0, 2).sort()).toEqual(['cup', 'tray']);
    expect(alone.indexOf('tray')).not.toBe(0);
    for (const { score, reasons = [] } of answer.placements?.home?.items ?? [])
      expect(reasons.reduce((sum, reason) => sum + reason.weight, 0)).toBeCloseTo(score, 6);
    const tray = answer.placements?.home?.items.find((one) => one.itemId === 'tray');
    expect(tray?.reasons?.map((reason) => reason.detail)).toEqual(expect.arrayContaining(['tea', 'pot']));
  });

  test('nine items of the session are read, and not the five that the cards read', () => {
    const sessions = openSessions(encoded([...SESSIONS, ['tray', 'far']]).buffer);
    // Oldest first.
    const session = ['far', '1', '2', '3', '4', '5', '6'];
    const row = { session, placements: [{ placement: 'row', count: 1 }], explain: 'merchant' as const };
    const answer = ask({ ...shop, sessions }, row).placements?.row;
    expect(answer).toMatchObject({
      strategy: 'also_viewed',
      items: [{ itemId: 'tray', reasons: [{ detail: 'far' }] }],
    });
    expect(ask(shop, row).placements?.row?.strategy).not.toBe('also_viewed');
  });
});

test('an isolate reads the index after the first answer, and says of which version it is', async () => {
  await putItems(NAMES.map((itemId) => ({ itemId, title: itemId, price: 1 })));
  const cards = createCards({ halfLifeMs: 86_400_000 });
  for (const name of NAMES) learnView(cards, { key: key53(name), at: 0, previous: [], length: 1, own: false });
  const store = cardStore(env.CARDS, 'demo');
  await store.writeCounts(1, encodeCounts(cards, { ownClicks: 0.5 }));
  await store.writeSessions(1, encoded(SESSIONS));
  await store.writeManifest({ format: 1, version: 1, publishedAt: 0, bits: 0, chunks: [null], counts: 1, sessions: 1 });
  forget('demo', 'cards');
  const body = { session: ['pot', 'tea'], placements: [{ placement: 'home', count: 1 }] };
  const first = await send('/v1/decide', { body });
  expect(first.body.versions).toEqual({ config: 0, catalog: expect.any(String), cards: 'k1' });
  let answered: Record<string, unknown> = {};
  await vi.waitFor(async () => {
    const { body: second } = await send('/v1/decide', { body });
    expect(second.versions).toMatchObject({ cards: 'k1', sessions: 's1' });
    expect(second.placements).toMatchObject({ home: { strategy: 'for_you', items: [{ itemId: 'tray' }] } });
    answered = second;
  });

  // The id says which index was read: decided again, the same comes out as long as it is there.
  const { recommendationId } = (answered.placements as Record<string, { recommendationId: string }>).home ?? {};
  const again = () => send('/v1/replay', { key: 'sk_demo', body: { recommendationId, request: body } });
  const { body: replayed } = await again();
  expect(replayed).toMatchObject({ versions: { sessions: 's1' }, items: [{ itemId: 'tray' }] });
  expect(replayed.gone).not.toContain('sessions s1');
  await env.CARDS.delete('demo/sessions/1');
  expect((await again()).body.gone).toContain('sessions s1');
});
