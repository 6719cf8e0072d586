import { beforeAll, expect, test, vi } from 'vitest';
import { send, visitor } from '../decide/http.ts';

const CONFIG = {
  consent: { default: 'personal' },
  holdouts: { global: { seed: 'h', coverage: 1, baseline: { experiments: 'none' } } },
  experiments: { soon: { status: 'draft', variations: [{ key: 'a' }, { key: 'b', value: 'new' }] } },
};

beforeAll(async () => {
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
});

const issue = (key: string, hours?: number) =>
  send('/v1/experiments/overrides', {
    key,
    body: { variations: { soon: 'b' }, ...(hours === undefined ? {} : { hours }) },
  });

const tokenOf = async (hours?: number): Promise<string> => String((await issue('sk_demo', hours)).body.token);

const given = { soon: { variation: 'b', value: 'new', reason: 'STATIC' } };

test('a token gives variations to whoever holds it, even of a draft and in a holdout, and nothing of it is remembered', async () => {
  const overrides = await tokenOf();
  const visitorId = visitor('tester');
  const body = { visitorId, include: ['experiments'], expose: true };
  expect((await send('/v1/decide', { body })).body.experiments).toEqual({});
  const tester = visitor('tester');
  const asked = { ...body, visitorId: tester };
  expect((await send('/v1/decide', { body: { ...asked, overrides } })).body.experiments).toEqual(given);
  const headers = { 'X-Experiment-Overrides': overrides };
  expect((await send('/v1/decide', { body: asked, headers })).body.experiments).toEqual(given);
  expect((await send(`/v1/experiments?visitorId=${tester}&overrides=${overrides}`)).body.experiments).toEqual(given);
  const flag = await send('/ofrep/v1/evaluate/flags/soon', { body: { context: { targetingKey: tester, overrides } } });
  expect(flag.body).toMatchObject({ variant: 'b', value: 'new', reason: 'STATIC' });
  expect((await send(`/v1/visitors/me/export?visitorId=${tester}`)).status).toBe(404);
});

test('a token is issued for the secret key alone, holds for its shop and its time, and cannot be changed', async () => {
  expect((await issue('pk_demo')).status).toBe(403);
  const overrides = await tokenOf(1);
  const ask = (token: string, key = 'pk_demo') =>
    send('/v1/decide', { key, body: { visitorId: visitor('tester'), include: ['experiments'], overrides: token } });
  expect((await ask(overrides)).status).toBe(200);
  expect((await ask(overrides, 'pk_other')).status).toBe(422);
  const forged = overrides.replace(/^q_../, 'q_AA');
  for (const token of [forged, `${overrides.slice(0, -1)}x`, 'q_nonsense'])
    expect(await ask(token)).toMatchObject({ status: 422, body: { issues: [{ path: 'overrides' }] } });
  vi.useFakeTimers({ now: Date.now() + 2 * 3_600_000, toFake: ['Date'] });
  expect((await ask(overrides)).status).toBe(422);
  vi.useRealTimers();
});
