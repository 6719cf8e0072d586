import { beforeAll, describe, expect, test } from 'vitest';
import { call, post } from '../support/http.ts';
import {
  Browser,
  exported,
  newCustomer,
  newcomer,
  publishIdentity,
  purchase,
  take,
  tokenOf,
  view,
  viewsOf,
} from '../support/identity.ts';

/** What is viewed here: lists show what the catalogue has. */
const ITEMS = ['on-phone', 'on-laptop', 'known', 'anonymous', 'a-1', 'b-1', 'b-2'];

beforeAll(async () => {
  await publishIdentity();
  const items = ITEMS.map((itemId) => ({ itemId, title: itemId, availability: 'in_stock' }));
  const answer = await call('/v1/catalog/items', { method: 'PUT', key: 'sk_demo', body: JSON.stringify(items) });
  expect(await answer.json()).toMatchObject({ accepted: ITEMS.length });
});

const viewed = async (query: string, headers: Record<string, string> = {}, key = 'pk_demo') => {
  const answer = await call(`/v1/recently-viewed?consent=personal&${query}`, { headers, key });
  expect(answer.status).toBe(200);
  const body: { recentlyViewed: { itemId: string }[]; notes?: string[] } = await answer.json();
  return { items: body.recentlyViewed.map((one) => one.itemId), notes: body.notes ?? [] };
};
const decided = async (body: object, key = 'pk_demo') => {
  const asked = { consent: 'personal', include: ['recentlyBought', 'recentlyViewed'], ...body };
  const answer = await post('/v1/decide', asked, { key });
  expect(answer.status).toBe(200);
  const got: { recentlyBought: { itemId: string }[]; recentlyViewed: { itemId: string }[]; notes?: string[] } =
    await answer.json();
  return {
    bought: got.recentlyBought.map((one) => one.itemId).toSorted(),
    viewed: got.recentlyViewed.map((one) => one.itemId).toSorted(),
    notes: got.notes ?? [],
  };
};

describe('identification', () => {
  test.each([
    [
      'a token with events',
      async (visitorId: string, customerId: string) =>
        void (await take({ visitorId, identityToken: await tokenOf(customerId), events: [view('login')] })),
    ],
    [
      'a token with a decision',
      async (visitorId: string, customerId: string) =>
        void (await decided({ visitorId, identityToken: await tokenOf(customerId) })),
    ],
    [
      'a token with consent',
      async (visitorId: string, customerId: string) => {
        const body = { visitorId, consent: 'personal', identityToken: await tokenOf(customerId) };
        expect((await call('/v1/consent', { method: 'PUT', body: JSON.stringify(body) })).status).toBe(200);
      },
    ],
    [
      'the secret key',
      async (visitorId: string, customerId: string) =>
        void (await take({ visitorId, customerId, events: [view('login')] }, 'sk_demo')),
    ],
    [
      'the secret key, event by event',
      async (visitorId: string, customerId: string) =>
        void (await take({ events: [{ ...view('login'), visitorId, customerId }] }, 'sk_demo')),
    ],
  ])('by %s merges what the visitor did into the customer’s history', async (_name, identify) => {
    const [visitorId, customerId] = [newcomer(), newCustomer()];
    await take({ visitorId, events: [view('before'), purchase(`o-${visitorId}`, 'bought')] });
    await take({ customerId, events: [purchase(`p-${visitorId}`, 'in-store')] }, 'sk_demo');
    await identify(visitorId, customerId);
    await take({ visitorId, events: [view('after')] });
    const held = await exported('customers', customerId);
    expect(viewsOf(held)).toEqual(expect.arrayContaining(['before', 'bought', 'after', 'in-store']));
    expect(held?.profile?.orders.map((order) => order.orderId).toSorted()).toEqual([
      `o-${visitorId}`,
      `p-${visitorId}`,
    ]);
    expect(held?.visitors).toMatchObject([{ visitorId, isClosed: false }]);
    const known = await decided({ visitorId, identityToken: await tokenOf(customerId) });
    expect(known.bought).toEqual(['bought', 'in-store']);
    expect(known.notes).toEqual([]);
  });

  test('a bare visitorId opens what that visitor itself sent, and says that there is more', async () => {
    const [phone, laptop, customerId] = [newcomer(), newcomer(), newCustomer()];
    const identityToken = await tokenOf(customerId);
    await take({ visitorId: phone, identityToken, events: [view('on-phone'), purchase(`q-${phone}`, 'secret')] });
    await take({ visitorId: laptop, identityToken, events: [view('on-laptop')] });
    const bare = await decided({ visitorId: laptop });
    expect(bare).toMatchObject({ bought: [], viewed: ['on-laptop'] });
    expect(bare.notes.join()).toContain('own part');
    expect((await decided({ visitorId: laptop, customerId })).bought).toEqual([]);
    expect((await viewed(`visitorId=${laptop}`)).items).toEqual(['on-laptop']);
    const both = await viewed(`visitorId=${laptop}`, { 'X-Identity-Token': identityToken });
    expect(both.items.toSorted()).toEqual(['on-laptop', 'on-phone']);
    const own = await (await call(`/v1/visitors/me/export?visitorId=${laptop}`)).json();
    expect(own).toMatchObject({ belongsToCustomer: true, customer: null });
    expect(JSON.stringify(own)).not.toMatch(/on-phone|secret/);
    expect(JSON.stringify(own)).not.toContain(customerId);
  });

  test('without proof a customerId merges nothing, whatever it is', async () => {
    const [visitorId, customerId] = [newcomer(), newCustomer()];
    await take({ customerId, events: [purchase(`r-${visitorId}`, 'secret')] }, 'sk_demo');
    await take({ visitorId, customerId, events: [view('a')] });
    expect((await exported('customers', customerId))?.visitors).toEqual([]);
    expect((await decided({ visitorId, customerId })).bought).toEqual([]);
  });

  test('reading with a token does not make a visitor the customer’s', async () => {
    const [visitorId, customerId] = [newcomer(), newCustomer()];
    await take({ customerId, events: [view('known')] }, 'sk_demo');
    await take({ visitorId, events: [view('anonymous')] });
    const headers = { 'X-Identity-Token': await tokenOf(customerId) };
    expect((await viewed(`visitorId=${visitorId}`, headers)).items).toEqual(['known']);
    expect((await exported('customers', customerId))?.visitors).toEqual([]);
    const dry = { visitorId, dryRun: true, identityToken: headers['X-Identity-Token'] };
    expect((await decided(dry)).viewed).toEqual(['known']);
    expect((await exported('customers', customerId))?.visitors).toEqual([]);
  });

  test.each(['session', 'none'])('with %s consent nothing is merged or read', async (consent) => {
    const [visitorId, customerId] = [newcomer(), newCustomer()];
    await take({ customerId, events: [purchase(`s-${visitorId}`, 'secret')] }, 'sk_demo');
    const identityToken = await tokenOf(customerId);
    await take({ visitorId, identityToken, consent, events: [view('a')] });
    expect((await decided({ visitorId, identityToken, consent })).bought).toEqual([]);
    expect((await exported('customers', customerId))?.visitors).toEqual([]);
  });

  test('an event counts once, under whichever of the ids it comes', async () => {
    const [visitorId, customerId] = [newcomer(), newCustomer()];
    const [one, two, three] = ['1', '2', '3'].map((n) => view(n, { eventId: `${visitorId}-${n}` }));
    await take({ visitorId, events: [one] });
    await take({ customerId, events: [two] }, 'sk_demo');
    const identityToken = await tokenOf(customerId);
    expect(await take({ visitorId, identityToken, events: [one, two, three] })).toMatchObject({
      accepted: 1,
      duplicates: 2,
    });
    expect(await take({ customerId, events: [one, two, three] }, 'sk_demo')).toMatchObject({
      accepted: 0,
      duplicates: 3,
    });
    expect(await take({ visitorId, events: [two] })).toMatchObject({ accepted: 0, duplicates: 1 });
    expect(viewsOf(await exported('customers', customerId)).toSorted()).toEqual(['1', '2', '3']);
  });

  test('two devices identified at the same time are both merged', async () => {
    const customerId = newCustomer();
    const identityToken = await tokenOf(customerId);
    const devices = Array.from({ length: 8 }, newcomer);
    await Promise.all(devices.map((visitorId, i) => take({ visitorId, identityToken, events: [view(`item-${i}`)] })));
    const held = await exported('customers', customerId);
    expect(held?.visitors.map((one) => one.visitorId).toSorted()).toEqual(devices.toSorted());
    expect(viewsOf(held).toSorted()).toEqual(devices.map((_, i) => `item-${i}`));
  });
});

describe('a device that changes hands', () => {
  test('without a logout: the next customer gets nothing of the former, who keeps all of it', async () => {
    const [visitorId, ann, bea] = [newcomer(), newCustomer(), newCustomer()];
    await take({
      visitorId,
      identityToken: await tokenOf(ann),
      events: [view('a-1'), purchase(`t-${visitorId}`, 'a-2')],
    });
    await take({ visitorId, identityToken: await tokenOf(bea), events: [view('b-1')] });
    await take({ visitorId, events: [view('b-2')] });
    expect(viewsOf(await exported('customers', bea)).toSorted()).toEqual(['b-1', 'b-2']);
    expect(viewsOf(await exported('customers', ann)).toSorted()).toEqual(['a-1', 'a-2']);
    expect((await exported('customers', ann))?.visitors).toMatchObject([{ visitorId, isClosed: true }]);
    expect(await decided({ visitorId, identityToken: await tokenOf(bea) })).toMatchObject({
      bought: [],
      viewed: ['b-1', 'b-2'],
    });
    expect(JSON.stringify(await exported('visitors', visitorId))).not.toMatch(/"a-[12]"/);
    const back = await decided({ visitorId, identityToken: await tokenOf(ann) });
    expect(back).toMatchObject({ bought: ['a-2'], viewed: ['a-1'] });
    expect(viewsOf(await exported('customers', bea)).toSorted()).toEqual(['b-1', 'b-2']);
  });

  test('with a logout: a new visitor, and the former one’s id and cookies open nothing', async () => {
    const customerId = newCustomer();
    const browser = new Browser();
    const first = await browser.post('/v1/events', {
      ...{ consent: 'personal', identityToken: await tokenOf(customerId) },
      events: [purchase(`u-${customerId}`, 'tea')],
    });
    expect([...browser.cookies.keys()].toSorted()).toEqual(['fw_identity', 'fw_visitor']);
    const bought = async () => {
      const got = await browser.post('/v1/decide', { consent: 'personal', include: ['recentlyBought'] });
      return (got.recentlyBought as { itemId: string }[]).map((one) => one.itemId);
    };
    expect(await bought()).toEqual(['tea']);
    const former = new Map(browser.cookies);
    const after = await browser.post('/v1/logout', {});
    expect(after).toMatchObject({ loggedOut: true });
    expect(after.visitorId).not.toBe(first.visitorId);
    expect(browser.cookies.get('fw_visitor')).toBe(after.visitorId);
    expect(browser.cookies.has('fw_identity')).toBe(false);
    expect(await bought()).toEqual([]);
    for (const [name, value] of former) browser.cookies.set(name, value);
    expect(await bought()).toEqual([]);
    expect((await decided({ visitorId: first.visitorId })).bought).toEqual([]);
    expect((await exported('customers', customerId))?.profile?.orders).toHaveLength(1);
  });
});

describe('the identity cookie', () => {
  async function loggedIn() {
    const customerId = newCustomer();
    const browser = new Browser();
    await take({ customerId, events: [purchase(`v-${customerId}`, 'coffee')] }, 'sk_demo');
    const answer = await browser.send('/v1/decide', {
      method: 'POST',
      body: JSON.stringify({ consent: 'personal', identityToken: await tokenOf(customerId) }),
    });
    return { customerId, browser, answer };
  }
  const bought = async (answer: Response): Promise<unknown[]> =>
    ((await answer.json()) as { recentlyBought: unknown[] }).recentlyBought;

  test('is signed, hidden from scripts, and opens the merged history without the token', async () => {
    const { browser, answer, customerId } = await loggedIn();
    const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('fw_identity'));
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/', 'Max-Age='])
      expect(cookie).toContain(attribute);
    expect(await bought(await browser.send('/v1/recently-bought?consent=personal'))).toHaveLength(1);
    const held: { customerId: string } = await (await browser.send('/v1/visitors/me/export')).json();
    expect(held.customerId).toBe(customerId);
  });

  test('counts for neither another visitor, another shop, nor a page of a foreign origin, and not when it was touched', async () => {
    const { browser } = await loggedIn();
    const visitorId = browser.cookies.get('fw_visitor') ?? '';
    const identity = browser.cookies.get('fw_identity') ?? '';
    const path = `/v1/recently-bought?consent=personal&visitorId=${visitorId}`;
    const read = async (query: string, headers: Record<string, string>, key = 'pk_demo') =>
      bought(await call(query, { headers, key }));
    const Origin = 'https://floorwalker.test';
    expect(await read(path, { Origin, Cookie: `fw_identity=${identity}` })).toHaveLength(1);
    expect(await read(path, { Origin: 'https://evil.example', Cookie: `fw_identity=${identity}` })).toEqual([]);
    expect(await read(path, { Cookie: `fw_identity=${identity}` })).toEqual([]);
    expect(await read(path, { Origin, Cookie: `fw_identity=${identity}` }, 'pk_other')).toEqual([]);
    const other = path.replace(visitorId, newcomer());
    expect(await read(other, { Origin, Cookie: `fw_identity=${identity}` })).toEqual([]);
    const [text = '', signature = ''] = identity.split('.');
    const forged = btoa(atob(text).replace(/customer\/.{8}/, 'customer/00000000')).replace(/=+$/, '');
    for (const value of [`${forged}.${signature}`, `${text}.${'0'.repeat(64)}`, text, `${text}.`])
      expect(await read(path, { Origin, Cookie: `fw_identity=${value}` })).toEqual([]);
  });

  test('states no customer: a visitor who was taken over by another one is not brought back by it', async () => {
    const { browser } = await loggedIn();
    const former = browser.cookies.get('fw_identity') ?? '';
    const next = newCustomer();
    await browser.post('/v1/events', { consent: 'personal', identityToken: await tokenOf(next), events: [view('n')] });
    browser.cookies.set('fw_identity', former);
    expect(await bought(await browser.send('/v1/recently-bought?consent=personal'))).toEqual([]);
    await browser.post('/v1/events', { consent: 'personal', events: [view('m')] });
    expect(viewsOf(await exported('customers', next)).toSorted()).toEqual(['m', 'n']);
  });
});
