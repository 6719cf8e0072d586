import { env } from 'cloudflare:workers';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { customerOf } from '../../src/http/identity-token.ts';
import { mayCall } from '../../src/http/outside.ts';
import { Problem } from '../../src/http/problem.ts';
import { call, post } from '../support/http.ts';
import { IDENTITY_SECRET, newcomer, publishIdentity, tokenOf, view } from '../support/identity.ts';

const HOUR = 3_600;
const JWKS = 'https://login.shop.example/jwks.json';
const ISSUER = 'https://login.shop.example';
const AUDIENCE = 'floorwalker';
const seconds = (from: number): number => Math.floor(Date.now() / 1000) + from;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Every way in which a token can be sent, and what becomes of it. */
async function statusOf(token: string, key: string): Promise<number[]> {
  const body = { visitorId: newcomer(), consent: 'personal', identityToken: token };
  const put = { method: 'PUT', key, body: JSON.stringify(body) };
  const get = { key, headers: { 'X-Identity-Token': token } };
  const answers = await Promise.all([
    post('/v1/events', { ...body, events: [view('a')] }, { key }),
    post('/v1/decide', body, { key }),
    call('/v1/consent', put),
    call(`/v1/persona?visitorId=${newcomer()}`, get),
  ]);
  return [...new Set(answers.map((answer) => answer.status))];
}

async function refused(token: string, key = 'pk_demo'): Promise<void> {
  const answer = await post('/v1/decide', { visitorId: newcomer(), identityToken: token }, { key });
  expect(answer.status).toBe(401);
  const problem: { type: string; detail: string } = await answer.json();
  expect(problem.type).toBe('/problems/invalid-identity-token');
  if (token.length > 20) expect(problem.detail).not.toContain(token.slice(0, 20));
  expect(await statusOf(token, key)).toEqual([401]);
}

describe('with the shop’s secret', () => {
  beforeAll(() => publishIdentity());

  const sign = (payload: JWTPayload, secret = IDENTITY_SECRET, alg = 'HS256') =>
    new SignJWT(payload).setProtectedHeader({ alg }).sign(bytes(secret));

  test('a token that it signed is taken everywhere', async () => {
    expect((await statusOf(await tokenOf('customer-1'), 'pk_demo')).every((status) => status < 300)).toBe(true);
  });

  test.each<[string, () => Promise<string> | string]>([
    ['an expired one', () => sign({ sub: 'c', exp: seconds(-1) })],
    ['one without exp', () => sign({ sub: 'c' })],
    ['one whose nbf lies ahead', () => sign({ sub: 'c', exp: seconds(HOUR), nbf: seconds(60) })],
    ['one without sub', () => sign({ exp: seconds(HOUR) })],
    ['one with an empty sub', () => sign({ sub: '', exp: seconds(HOUR) })],
    ['one with a very long sub', () => sign({ sub: 'c'.repeat(201), exp: seconds(HOUR) })],
    ['one signed with another secret', () => sign({ sub: 'c', exp: seconds(HOUR) }, 'some other secret altogether')],
    [
      'one of another algorithm',
      () => sign({ sub: 'c', exp: seconds(HOUR) }, 'x'.repeat(64).concat(IDENTITY_SECRET), 'HS512'),
    ],
    ['alg none', () => new UnsecuredJWT({ sub: 'c' }).setExpirationTime('1h').encode()],
    [
      'ES256, for which there is no key',
      async () => {
        const { privateKey } = await generateKeyPair('ES256');
        return new SignJWT({ sub: 'c', exp: seconds(HOUR) }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
      },
    ],
    [
      'one whose payload was touched',
      async () => {
        const [head, , signature] = (await sign({ sub: 'c', exp: seconds(HOUR) })).split('.');
        const payload = btoa(JSON.stringify({ sub: 'd', exp: seconds(HOUR) })).replace(/=+$/, '');
        return `${head}.${payload}.${signature}`;
      },
    ],
    ['nonsense', () => 'x.y.z'],
    ['no JWT at all', () => 'nonsense'],
  ])('%s is refused with 401', async (_name, make) => {
    await refused(await make());
  });

  test('another shop’s token is refused, and so is one of a shop without a secret', async () => {
    await refused(await tokenOf('customer-1'), 'pk_other');
  });

  test('one of another customer than the request states is refused', async () => {
    const body = { visitorId: newcomer(), customerId: 'c-2', identityToken: await tokenOf('c-1'), events: [view('a')] };
    expect((await post('/v1/events', body)).status).toBe(401);
  });

  test('the token is kept nowhere', async () => {
    const visitorId = newcomer();
    const identityToken = await tokenOf('customer-1');
    const event = { ...view('a'), visitorId, consent: 'personal', identityToken, traits: { a: 1 } };
    expect((await post('/v1/events', event)).status).toBe(202);
    const held = await (await call(`/v1/visitors/${visitorId}/export`, { key: 'sk_demo' })).text();
    expect(held).not.toContain(identityToken.slice(0, 30));
  });
});

describe('with the shop’s published keys', async () => {
  const [es, rs, foreign] = await Promise.all([
    generateKeyPair('ES256', { extractable: true }),
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('ES256', { extractable: true }),
  ]);
  const keys = [
    { ...(await exportJWK(es.publicKey)), kid: 'es', alg: 'ES256', use: 'sig' },
    { ...(await exportJWK(rs.publicKey)), kid: 'rs', alg: 'RS256', use: 'sig' },
  ];
  const answering = (make: () => Response | Promise<Response>) =>
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => make());
  const good = { sub: 'customer-9', iss: ISSUER, aud: AUDIENCE };
  const sign = (payload: JWTPayload, key = es.privateKey, header = { alg: 'ES256', kid: 'es' }) =>
    new SignJWT({ exp: seconds(HOUR), ...payload }).setProtectedHeader(header).sign(key);

  beforeAll(() => publishIdentity({ identity: { jwksUrl: JWKS, issuer: ISSUER, audience: AUDIENCE } }, 'sk_other'));
  afterEach(() => vi.restoreAllMocks());

  test('ES256 and RS256 are taken, the keys are fetched once', async () => {
    const fetched = answering(() => Response.json({ keys }));
    for (const token of [await sign(good), await sign(good, rs.privateKey, { alg: 'RS256', kid: 'rs' })])
      expect((await statusOf(token, 'pk_other')).every((status) => status < 300)).toBe(true);
    expect(fetched.mock.calls.length).toBeLessThanOrEqual(4);
    expect(fetched.mock.calls[0]?.[0]).toBe(JWKS);
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({ redirect: 'manual' });
  });

  test.each<[string, () => Promise<string> | string]>([
    ['one for another audience', () => sign({ ...good, aud: 'another' })],
    ['one without an audience', () => sign({ sub: 'c', iss: ISSUER })],
    ['one of another issuer', () => sign({ ...good, iss: 'https://evil.example' })],
    ['one signed with a key that is not published', () => sign(good, foreign.privateKey)],
    ['one that names another key', () => sign(good, es.privateKey, { alg: 'ES256', kid: 'rs' })],
    ['an expired one', () => sign({ ...good, exp: seconds(-1) })],
    ['alg none', () => new UnsecuredJWT(good).setExpirationTime('1h').encode()],
    [
      'HS256 under the public key as PEM',
      async () =>
        new SignJWT({ ...good, exp: seconds(HOUR) })
          .setProtectedHeader({ alg: 'HS256', kid: 'rs' })
          .sign(bytes(await exportSPKI(rs.publicKey))),
    ],
    [
      'HS256 under the public key as JSON',
      async () =>
        new SignJWT({ ...good, exp: seconds(HOUR) })
          .setProtectedHeader({ alg: 'HS256', kid: 'es' })
          .sign(bytes(JSON.stringify(keys[0]))),
    ],
    [
      'a key that the token brings along',
      async () => {
        const jwk = await exportJWK(foreign.publicKey);
        const header = { alg: 'ES256', jwk };
        return new SignJWT({ ...good, exp: seconds(HOUR) }).setProtectedHeader(header).sign(foreign.privateKey);
      },
    ],
    ['an RS256 signature under an ES256 key', () => sign(good, rs.privateKey, { alg: 'RS256', kid: 'es' })],
  ])('%s is refused with 401', async (_name, make) => {
    answering(() => Response.json({ keys }));
    await refused(await make(), 'pk_other');
  });

  test('a key that was published meanwhile is looked for, though not again and again', async () => {
    const identity = { secret: null, jwksUrl: `${JWKS}?rotated`, issuer: ISSUER, audience: AUDIENCE, traits: [] };
    let now = Date.now();
    const ask = async (token: string): Promise<string> => {
      try {
        return await customerOf(env, 'other', { token, identity, now });
      } catch (error) {
        return error instanceof Problem ? error.slug : String(error);
      }
    };
    let published = keys;
    const fetched = answering(() => Response.json({ keys: published }));
    const header = { alg: 'ES256', kid: 'new' };
    const newer = await sign(good, foreign.privateKey, header);
    expect(await ask(await sign(good))).toBe('customer-9');
    expect(await ask(newer)).toBe('invalid-identity-token');
    published = [...keys, { ...(await exportJWK(foreign.publicKey)), kid: 'new', alg: 'ES256', use: 'sig' }];
    expect(await ask(newer)).toBe('invalid-identity-token');
    expect(fetched).toHaveBeenCalledTimes(1);
    now += 11_000;
    expect(await ask(newer)).toBe('customer-9');
    const unknown = await sign(good, foreign.privateKey, { alg: 'ES256', kid: 'nowhere' });
    for (let i = 0; i < 5; i++) expect(await ask(unknown)).toBe('invalid-identity-token');
    expect(fetched).toHaveBeenCalledTimes(2);
    now += 301_000;
    vi.restoreAllMocks();
    answering(() => new Response('no', { status: 500 }));
    // Keys that were good five minutes ago are better than none.
    expect(await ask(newer)).toBe('customer-9');
  });

  test.each<[string, () => Response | Promise<Response>]>([
    ['an error', () => new Response('no', { status: 500 })],
    ['a redirect', () => new Response(null, { status: 302, headers: { Location: 'https://evil.example/jwks' } })],
    ['something else than keys', () => Response.json({ hello: 1 })],
    ['more than 64 KB', () => Response.json({ keys: [], filler: 'x'.repeat(70_000) })],
    ['nothing at all', () => Promise.reject(new Error('unreachable'))],
  ])('keys that cannot be had, since the server answers %s, are 503: the token may be right', async (name, answer) => {
    const url = `https://login.shop.example/${encodeURIComponent(name)}`;
    await publishIdentity({ identity: { jwksUrl: url, issuer: ISSUER, audience: AUDIENCE } }, 'sk_other');
    answering(answer);
    const sent = await post('/v1/decide', { identityToken: await sign(good) }, { key: 'pk_other' });
    expect(sent.status).toBe(503);
    expect(sent.headers.get('Retry-After')).not.toBeNull();
  });
});

test.each([
  ['https://login.shop.example/jwks', true, false],
  ['http://login.shop.example/jwks', false, false],
  ['https://127.0.0.1/jwks', false, true],
  ['http://localhost:8787/jwks', false, true],
  ['https://2130706433/jwks', false, true],
  ['https://0x7f.1/jwks', false, true],
  ['https://10.0.0.1/jwks', false, false],
  ['https://169.254.169.254/latest', false, false],
  ['https://[::1]/jwks', false, true],
  ['https://[fd00::1]/jwks', false, false],
  ['https://intranet/jwks', false, false],
  ['https://shop.local/jwks', false, false],
  ['https://metadata.google.internal/', false, false],
  ['https://shop.example./jwks', true, false],
  ['https://localhost./jwks', false, true],
  ['https://user:secret@shop.example/jwks', false, false],
  ['ftp://shop.example/jwks', false, false],
  ['nonsense', false, false],
])('%s is called: %s; where loopback is allowed and it is loopback: %s', (address, isCalled, isLoopback) => {
  expect(mayCall(address, false)).toBe(isCalled);
  expect(mayCall(address, true)).toBe(isCalled || isLoopback);
});
