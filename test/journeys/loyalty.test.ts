import { beforeAll, describe, expect, test } from 'vitest';
import { send, visitor } from '../decide/http.ts';

const GOLD = { 'loyalty.tier': { $ini: ['gold'] } };
const CONFIG = {
  consent: { default: 'personal' },
  identity: { traits: ['loyalty'] },
  attention: { perSession: 100, minutesBetween: 0 },
  personas: { treasured: { signals: [{ condition: { 'loyalty.points': { $gte: 1000, $exists: true } }, weight: 3 }] } },
  messages: {
    thanks: { placement: 'top', audience: GOLD, content: { en: { text: 'You have {{loyalty.points}} points' } } },
    join: {
      placement: 'bottom',
      audience: { 'loyalty.tier': { $exists: false } },
      content: { en: { text: 'Join us' } },
    },
  },
};

beforeAll(async () => {
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: CONFIG });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
}, 60_000);

let sent = 0;
const view = () => ({ eventId: `l${++sent}`, name: 'page_view' });
const state = async (body: object, key = 'pk_demo'): Promise<number> =>
  (await send('/v1/events', { key, body: { events: [view()], ...body } })).status;

/** What is said to a visitor, and who they seem to be. */
async function met(
  visitorId: string,
  more: object = {},
  key = 'pk_demo',
): Promise<{ said: unknown[]; persona: string }> {
  const { status, body } = await send('/v1/decide', {
    key,
    body: { visitorId, include: ['messages', 'persona'], ...more },
  });
  expect(status, JSON.stringify(body)).toBe(200);
  const { messages, persona } = body as { messages: { content: { text: string } }[]; persona: { key: string } };
  return { said: messages.map((one) => one.content.text), persona: persona.key };
}

describe('a member of the shop’s programme of loyalty', () => {
  test('gets the message that is for gold, with the points in it, and the persona of who has many; somebody else does not', async () => {
    const [gold, silver, nobody] = [visitor('gold'), visitor('silver'), visitor('nobody')];
    expect(await state({ visitorId: gold, traits: { loyalty: { tier: 'Gold', points: 1200 } } })).toBe(202);
    expect(await state({ visitorId: silver, traits: { loyalty: { tier: 'Silver', points: 20 } } })).toBe(202);
    expect(await state({ visitorId: nobody, traits: { age: 31 } })).toBe(202);
    expect(await met(gold)).toEqual({ said: ['You have 1,200 points'], persona: 'treasured' });
    expect(await met(silver)).toEqual({ said: [], persona: 'unknown' });
    expect(await met(nobody)).toEqual({ said: ['Join us'], persona: 'unknown' });
  });

  test('is known by what Segment’s identify says, flat or in an object', async () => {
    const identify = async (traits: object): Promise<string> => {
      const anonymousId = visitor('segment');
      const body = { anonymousId, messageId: `i${++sent}`, traits };
      expect((await send('/v1/identify?writeKey=pk_demo', { body })).status).toBe(200);
      return anonymousId;
    };
    for (const traits of [
      { loyalty: { tier: 'gold', points: 7 } },
      { 'Smile VIP Tier Name': 'Gold', 'Smile Points Balance': 7 },
      { vip_tier: { id: 1, name: 'Gold' }, points_tally: 7 },
    ])
      expect((await met(await identify(traits))).said).toEqual(['You have 7 points']);
  });

  test('is what the shop’s server says of the customer, whatever a browser claims, on every device, until it is taken back', async () => {
    const [customerId, phone, laptop] = [visitor('customer'), visitor('phone'), visitor('laptop')];
    const claim = { visitorId: phone, traits: { loyalty: { tier: 'gold', points: 9999 } } };
    expect(await state({ customerId, traits: { loyalty: { tier: 'silver', points: 10 } } }, 'sk_demo')).toBe(202);
    expect(await state(claim)).toBe(202);
    for (const visitorId of [phone, laptop]) await state({ visitorId, customerId }, 'sk_demo');
    for (const visitorId of [phone, laptop]) expect((await met(visitorId, { customerId }, 'sk_demo')).said).toEqual([]);
    await state({ customerId, traits: { loyalty: { tier: 'gold', points: 600 } } }, 'sk_demo');
    expect((await met(laptop, { customerId }, 'sk_demo')).said).toEqual(['You have 600 points']);
    await state({ customerId, traits: { loyalty: { tier: null } } }, 'sk_demo');
    expect((await met(phone, { customerId }, 'sk_demo')).said).toEqual(['Join us']);
  });

  test('is nobody to the shop without consent to be remembered', async () => {
    const visitorId = visitor('brief');
    expect(await state({ visitorId, consent: 'none', traits: { loyalty: { tier: 'gold' } } })).toBe(202);
    expect((await met(visitorId)).said).toEqual(['Join us']);
  });

  test('is exported and erased with everything else', async () => {
    const visitorId = visitor('leaves');
    await state({ visitorId, traits: { loyalty: { tier: 'gold', points: 5, wallet: 'x' } } });
    const held = (await send(`/v1/visitors/me/export?visitorId=${visitorId}`)).body as { profile: { traits: object } };
    expect(held.profile.traits).toEqual({ loyaltyTier: 'gold', loyaltyPoints: 5 });
    expect((await send(`/v1/visitors/me?visitorId=${visitorId}`, { method: 'DELETE' })).status).toBe(200);
    expect((await met(visitorId)).said).toEqual(['Join us']);
  });

  test('cannot be told in any other object of traits', async () => {
    const traits = { address: { city: 'Bath' } };
    const answer = await send('/v1/events', { body: { visitorId: visitor('odd'), traits, events: [view()] } });
    expect(answer.status).toBe(422);
    expect(JSON.stringify(answer.body)).toContain('only `loyalty` may be an object');
  });
});
