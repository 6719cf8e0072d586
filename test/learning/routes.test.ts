import { env, exports } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { learnerObject } from '../../src/env.ts';
import { createCards } from '../../src/learning/cards.ts';
import { learnView } from '../../src/learning/learn.ts';
import { encodeUpload } from '../../src/learning/stored.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

function cardsAt(at: number): Uint8Array<ArrayBuffer> {
  const cards = createCards({ halfLifeMs: 60 * DAY_MS });
  learnView(cards, { key: 1, at, previous: [2], length: 2, own: false });
  return encodeUpload(cards, [1, 2]);
}

const put = (query: string, body: BodyInit, key = 'sk_other') =>
  exports.default.fetch(`https://floorwalker.example/v1/cards?${query}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/octet-stream' },
    body,
  });

describe('PUT /v1/cards', () => {
  test('takes a chunk of an import once', async () => {
    const body = cardsAt(0);
    const answers = [];
    for (const chunk of [0, 0, 1])
      answers.push(await (await put(`importId=first&chunk=${chunk}&chunks=2`, body)).json());
    expect(answers).toEqual([
      { importId: 'first', chunk: 0, accepted: true },
      { importId: 'first', chunk: 0, accepted: false },
      { importId: 'first', chunk: 1, accepted: true },
    ]);
  });

  test('counts how its trials went, once', async () => {
    for (const chunk of [0, 0])
      await (await put(`importId=tried&chunk=${chunk}&chunks=2&trials=2000,300,40,500`, cardsAt(0))).json();
    await (await put('importId=tried&chunk=1&chunks=2', cardsAt(0))).json();
    const { bigBaskets } = await learnerObject(env, 'other').unpublished();
    expect(bigBaskets).toMatchObject({ trials: 2_000, gain: (300 - 40) / 2_000 });
  });

  test.each<[string, string, BodyInit, number]>([
    ['trials that are none', 'importId=bad&chunk=0&chunks=1&trials=1,2,3', cardsAt(0), 422],
    ['damaged bytes', 'importId=bad&chunk=0&chunks=1', cardsAt(0).slice(8), 422],
    ['no bytes', 'importId=bad&chunk=0&chunks=1', new Uint8Array(), 422],
    ['a clock in the future', 'importId=bad&chunk=0&chunks=1', cardsAt(Date.now() + 3 * DAY_MS), 422],
    ['a chunk beyond the last', 'importId=bad&chunk=1&chunks=1', cardsAt(0), 422],
    ['a chunk that is no number', 'importId=bad&chunk=x&chunks=1', cardsAt(0), 422],
    ['no import', 'chunk=0&chunks=1', cardsAt(0), 422],
    ['more than ten megabytes', 'importId=bad&chunk=0&chunks=1', new Uint8Array(10_000_001), 413],
  ])('refuses %s', async (_, query, body, status) => {
    const answer = await put(query, body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
    await answer.body?.cancel();
  });

  test('needs the secret key', async () => {
    const answer = await put('importId=first&chunk=0&chunks=1', cardsAt(0), 'pk_other');
    expect(answer.status).toBe(403);
    await answer.body?.cancel();
  });
});
