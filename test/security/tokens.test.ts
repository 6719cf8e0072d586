import { beforeAll, describe, expect, test } from 'vitest';
import { call, post } from '../support/http.ts';
import { CONFIG, CUSTOMER, fillShop, ITEM, MARK, ORDER, SECRET_VALUE, VISITOR } from './ground.ts';

const OTHER_SECRET = 'the identity secret of the other shop, long enough';

beforeAll(async () => {
  await fillShop();
  const other = { key: 'sk_other', method: 'PUT' };
  await call('/v1/secrets/IDENTITY', { ...other, body: JSON.stringify({ value: OTHER_SECRET }) });
  await call('/v1/config', { ...other, body: JSON.stringify(CONFIG) });
});

const base64 = (bytes: Uint8Array | string): string =>
  btoa(typeof bytes === 'string' ? bytes : String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
const part = (plain: unknown): string => base64(typeof plain === 'string' ? plain : JSON.stringify(plain));

async function hmac(text: string, secret: string, hash = 'SHA-256'): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash }, false, ['sign']);
  return base64(new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text))));
}

const now = Math.floor(Date.now() / 1000);
const HEADER = { alg: 'HS256', typ: 'JWT' };
const CLAIMS = { sub: CUSTOMER, exp: now + 600, iss: CONFIG.identity.issuer, aud: CONFIG.identity.audience };

async function token(
  claims: object = {},
  header: object = {},
  options: { secret?: string; hash?: string } = {},
): Promise<string> {
  const head = `${part({ ...HEADER, ...header })}.${part({ ...CLAIMS, ...claims })}`;
  return `${head}.${await hmac(head, options.secret ?? SECRET_VALUE, options.hash)}`;
}

const without = (claim: string) => token({ [claim]: undefined });
const replaced = async (place: number, by: (old: string) => string): Promise<string> =>
  (await token())
    .split('.')
    .map((one, i) => (i === place ? by(one) : one))
    .join('.');
const unsigned = (alg: string) => `${part({ ...HEADER, alg })}.${part(CLAIMS)}.`;

/** Tokens that vouch for the victim, and must not be believed. */
const FORGERIES: [string, () => Promise<string> | string][] = [
  ['signed with another secret', () => token({}, {}, { secret: 'a guess of the secret, long enough to be one' })],
  ['signed with the secret key', () => token({}, {}, { secret: 'sk_demo' })],
  ['signed with the publishable key', () => token({}, {}, { secret: 'pk_demo' })],
  ['signed with the name of the secret', () => token({}, {}, { secret: 'IDENTITY' })],
  ['signed with what the deployment signs with', () => token({}, {}, { secret: 'for tests only' })],
  ['signed by another shop', () => token({}, {}, { secret: OTHER_SECRET })],
  ['whose customer was exchanged', () => replaced(1, () => part({ ...CLAIMS, sub: `${CUSTOMER}2` }))],
  ['whose signature was cut', () => replaced(2, (signature) => signature.slice(0, -4))],
  ['whose signature is empty', () => replaced(2, () => '')],
  ['whose signature is of zeros', () => replaced(2, () => base64(new Uint8Array(32)))],
  ['without a signature part', async () => (await token()).split('.').slice(0, 2).join('.')],
  ['with alg none', () => unsigned('none')],
  ['with alg None', () => unsigned('None')],
  ['with alg NONE and a signature', () => token({}, { alg: 'NONE' })],
  ['with no alg', () => token({}, { alg: undefined })],
  ['with an alg that is a list', () => token({}, { alg: ['HS256'] })],
  ['with alg HS512 by the same secret', () => token({}, { alg: 'HS512' }, { hash: 'SHA-512' })],
  ['with alg HS384 by the same secret', () => token({}, { alg: 'HS384' }, { hash: 'SHA-384' })],
  ['with alg RS256, signed with the secret', () => token({}, { alg: 'RS256' })],
  ['with alg ES256, signed with the secret', () => token({}, { alg: 'ES256' })],
  ['that brings its own key', () => token({}, { jwk: { kty: 'oct', k: base64('mine') } }, { secret: 'mine' })],
  ['that says where its keys are', () => token({}, { jku: 'https://evil.example/keys', kid: 'a' }, { secret: 'mine' })],
  ['whose key is a file', () => token({}, { kid: '../../../../dev/null' }, { secret: '\u0000' })],
  ['whose header must be understood', () => token({}, { crit: ['admin'], admin: true })],
  ['whose payload is not encoded', () => token({}, { b64: false, crit: ['b64'] })],
  ['that has expired', () => token({ exp: now - 1 })],
  ['that expired long ago', () => token({ exp: 1 })],
  ['without exp', () => without('exp')],
  ['with an exp that is a text', () => token({ exp: '9999999999' })],
  ['that is not valid yet', () => token({ nbf: now + 600 })],
  ['for another audience', () => token({ aud: 'somebody-else' })],
  ['for a list of other audiences', () => token({ aud: ['a', 'b'] })],
  ['without an audience', () => without('aud')],
  ['by another issuer', () => token({ iss: 'https://evil.example' })],
  ['by an issuer that ends like ours', () => token({ iss: 'https://shop.example.evil.example' })],
  ['without an issuer', () => without('iss')],
  ['without sub', () => without('sub')],
  ['with an empty sub', () => token({ sub: '' })],
  ['with a sub that is a number', () => token({ sub: 1 })],
  ['with a sub that is a list', () => token({ sub: [CUSTOMER] })],
  ['with a sub of a thousand characters', () => token({ sub: 'a'.repeat(1000) })],
  ['in five parts', async () => `${await token()}.a.b`],
  ['that is no token', () => 'eyJ'],
  ['of dots', () => '..'],
  ['of JSON', () => JSON.stringify(CLAIMS)],
  ['whose header is no JSON', () => replaced(0, () => part('{'))],
  ['whose payload is a list', () => replaced(1, () => part([CLAIMS]))],
  ['of nine kilobytes, forged', () => token({ padding: 'a'.repeat(6_500) }, {}, { secret: 'mine' })],
  ['of one letter', () => 'a'],
];

const include = ['persona', 'recentlyBought', 'recentlyViewed'];

async function refused(answer: Response): Promise<void> {
  const text = await answer.text();
  expect(text.replaceAll(CUSTOMER, '')).not.toContain(MARK);
  expect(text).not.toContain(SECRET_VALUE);
  expect(answer.status, text).toBe(401);
  expect(JSON.parse(text)).toMatchObject({ type: '/problems/invalid-identity-token' });
}

test('a token that holds opens the history: what follows is not refused for nothing', async () => {
  const answer = await post('/v1/decide', {
    visitorId: crypto.randomUUID(),
    consent: 'personal',
    include,
    identityToken: await token(),
  });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ recentlyBought: [{ itemId: ITEM }] });
});

describe('a token is refused', () => {
  test.each(FORGERIES)('%s', async (_name, make) => {
    const identityToken = await make();
    const visitorId = crypto.randomUUID();
    await refused(await post('/v1/decide', { visitorId, consent: 'personal', include, identityToken }));
    // With the customer stated beside it, and with events to take.
    const event = { name: 'page_view' };
    const stated = { visitorId, customerId: CUSTOMER, consent: 'personal', include, identityToken, events: [event] };
    await refused(await post('/v1/decide', stated));
    expect((await call(`/v1/visitors/me/export?visitorId=${visitorId}`)).status).toBe(404);
  });

  test.each([
    ['a number', 1],
    ['a list', ['a']],
    ['an object', { alg: 'none' }],
    ['true', true],
    ['a hundred kilobytes long', 'a'.repeat(100_000)],
  ])('that is %s, as a body that is wrong', async (_name, identityToken) => {
    const answer = await post('/v1/decide', { visitorId: crypto.randomUUID(), include, identityToken });
    expect([401, 422]).toContain(answer.status);
    expect(await answer.text()).not.toContain(MARK);
  });

  test('of a shop that has no secret', async () => {
    const other = { key: 'sk_other' };
    const none = await call('/v1/config', { ...other, method: 'PUT', body: '{}' });
    expect(none.status).toBe(200);
    const answer = await post(
      '/v1/decide',
      { visitorId: crypto.randomUUID(), identityToken: await token({}, {}, { secret: OTHER_SECRET }) },
      { key: 'pk_other' },
    );
    expect(answer.status).toBe(401);
  });
});

describe('a cookie of identity', () => {
  const visitorId = 'an-ordinary-visitor-of-demo';
  const login = async (): Promise<string> => {
    const body = {
      visitorId,
      consent: 'personal',
      include,
      identityToken: await token(),
      events: [{ name: 'page_view' }],
    };
    const answer = await post('/v1/decide', body, { headers: { Origin: 'https://shop.example' } });
    return /fw_identity=([^;]+)/.exec(answer.headers.get('Set-Cookie') ?? '')?.[1] ?? '';
  };
  const bought = async (cookie: string, init: { visitorId?: string; origin?: string; key?: string } = {}) => {
    const headers = { Cookie: cookie, Origin: init.origin ?? 'https://shop.example' };
    const answer = await post(
      '/v1/decide',
      { visitorId: init.visitorId ?? visitorId, consent: 'personal', include },
      { headers, ...(init.key ? { key: init.key } : {}) },
    );
    return answer.text();
  };

  test('opens the history of its own login, for its own visitor, on the shop’s pages', async () => {
    const cookie = `fw_identity=${await login()}`;
    expect(await bought(cookie)).toContain(ITEM);
    expect(await bought(cookie, { visitorId: VISITOR })).not.toContain(`"recentlyBought":[{"itemId":"${ITEM}"`);
    expect(await bought(cookie, { visitorId: crypto.randomUUID() })).not.toContain(ITEM);
    expect(await bought(cookie, { origin: 'https://evil.example' })).not.toContain(
      `"recentlyBought":[{"itemId":"${ITEM}"`,
    );
    expect(await bought(cookie, { key: 'pk_other' })).not.toContain(ITEM);
  });

  test('that was forged opens nothing', async () => {
    const [said = '', signature = ''] = (await login()).split('.');
    const plain = { shop: 'demo', visitorId: VISITOR, customerId: CUSTOMER, login: 1, until: Date.now() + 1e9 };
    const forged = [
      `${part(plain)}.${signature}`,
      `${part(plain)}.${'0'.repeat(64)}`,
      `${part(plain)}.`,
      part(plain),
      `${said}.${'0'.repeat(64)}`,
      CUSTOMER,
      await token(),
    ];
    for (const value of forged) {
      const text = await bought(`fw_identity=${value}`, { visitorId: VISITOR });
      expect(text).not.toContain(ORDER);
      expect(text).toContain('"recentlyBought":[]');
    }
  });
});
