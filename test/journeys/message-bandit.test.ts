import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runJob } from '../../src/cron.ts';
import { tallyObject } from '../../src/env.ts';
import type { Cell } from '../../src/experiments/schema-counts.ts';
import type { Results } from '../../src/experiments/schema-results.ts';
import { forget } from '../../src/snapshot.ts';
import { DAY } from '../support/events.ts';
import { type Journey, startJourney } from '../support/journey.ts';

const PERSONAS = ['tea', 'books'] as const;
type Persona = (typeof PERSONAS)[number];
/** Whom which variant brings to buy: the others hardly do. */
const LIKES: Record<Persona, string> = { tea: 'short', books: 'control' };

const CONFIG = {
  shop: { currency: 'GBP' },
  consent: { default: 'personal' },
  metrics: { conversion: { type: 'proportion', event: 'purchase', windowHours: 24 } },
  attention: { minutesBetween: 0, perSession: 100 },
  personas: Object.fromEntries(
    PERSONAS.map((category) => [
      category,
      { signals: [{ condition: { [`affinity.category.${category}`]: { $gt: 0.5 } }, weight: 3 }] },
    ]),
  ),
  messages: {
    hello: {
      placement: 'top',
      content: { en: { text: 'Good morning and welcome' } },
      variants: { short: { content: { en: { text: 'Hello' } } } },
      optimize: { by: 'bandit', metric: 'conversion', floor: 0.02, burnIn: 8, burnInConversions: 3 },
    },
  },
};

let shop: Journey;
beforeEach(async () => {
  shop = await startJourney(CONFIG, { events: ['cart.abandoned'] });
  const items = PERSONAS.map((itemId) => ({ itemId, title: itemId, price: 5, currency: 'GBP', categories: [itemId] }));
  await shop.call('/v1/catalog/items', { key: 'sk', method: 'PUT', body: items });
});
afterEach(() => shop.end());

interface Shown {
  persona: { key: string };
  messages: { messageId: string; variant: string | null; content: { text: string } }[];
}

/** A visit of somebody who seems to be of a persona. The page says that the message was seen. @returns its arm */
async function visit(visitorId: string, persona: Persona): Promise<string> {
  const viewed = { name: 'view_item', items: [{ itemId: persona }] };
  const body = { visitorId, include: ['persona', 'messages'], events: [viewed, viewed] };
  const { messages, ...answer } = await shop.call<Shown>('/v1/decide', { body });
  expect(answer.persona.key).toBe(persona);
  const [hello] = messages;
  expect(hello?.content.text).toBe(hello?.variant === 'short' ? 'Hello' : 'Good morning and welcome');
  const impression = { name: 'impression', messageId: hello?.messageId, variant: hello?.variant ?? undefined };
  await shop.call('/v1/events', { body: { visitorId, events: [impression] } });
  return hello?.variant ?? 'control';
}

const visitorsOf = (persona: Persona, which: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${which}-${persona}-visitor-${String(i).padStart(3, '0')}`);

async function delivered(visitors: readonly string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      const left = await Promise.all(visitors.map(async (one) => (await shop.visitor(one).wake()).undelivered));
      expect(left.flat()).toEqual([]);
    },
    { timeout: 30_000, interval: 100 },
  );
}

async function runCron(): Promise<void> {
  await runJob(createScheduledController(), { ...env, SHOP_KEYS: JSON.stringify([`sk_${shop.shop}_1`]) });
  forget(shop.shop, 'aggregates');
}

interface Logged {
  experiment: string;
  arm: string;
  persona?: string;
  weights?: number;
  propensity?: number;
}

async function logged(visitorId: string): Promise<Logged[]> {
  const kept = await shop.call<{ profile: { exposures?: Logged[] } }>(`/v1/visitors/${visitorId}/export`, {
    key: 'sk',
  });
  return kept.profile.exposures ?? [];
}

const results = () => shop.call<Results>('/v1/experiments/message:hello/results', { key: 'sk' });
const cells = async () =>
  (await tallyObject(env, shop.shop).experimentCells('message:hello', 0)) as unknown as Required<Cell>[];

test('a message is dealt to each persona by what its own visitors did: shown and bought, counted, weighed by the cron, dealt, logged and reported', async () => {
  const first = new Map<string, { persona: Persona; arm: string }>();
  const shares: Record<string, number> = {};
  for (const persona of PERSONAS)
    for (const [i, visitorId] of visitorsOf(persona, 'early', 48).entries()) {
      const arm = await visit(visitorId, persona);
      first.set(visitorId, { persona, arm });
      shares[`${persona} ${arm}`] = (shares[`${persona} ${arm}`] ?? 0) + 1;
      // Of those who are shown what they like nine of ten buy, of the others one of three.
      const buys = arm === LIKES[persona] ? i % 10 > 0 : i % 3 === 0;
      const order = { name: 'purchase', orderId: visitorId, currency: 'GBP', value: 5, items: [{ itemId: persona }] };
      if (buys) await shop.call('/v1/events', { body: { visitorId, events: [order] } });
    }
  await delivered([...first.keys()]);
  // As chance deals half and half.
  for (const count of Object.values(shares)) expect(Math.abs(count - 24)).toBeLessThan(12);
  expect(await results()).toMatchObject({ units: 96, weights: null });

  // Before the window of the last of them is over, nothing is known.
  await runCron();
  expect((await results()).weights).toBeNull();
  await shop.pass(3 * DAY);
  await runCron();
  const { weights } = await results();
  expect(weights?.version).toBe(1);
  expect(weights?.personas.tea?.short).toBeGreaterThan(0.95);
  expect(weights?.personas.books?.short).toBeLessThan(0.05);
  // All together they hardly differ.
  expect(Math.abs((weights?.arms.short ?? 0) - 0.5)).toBeLessThan(0.45);

  const late: string[] = [];
  for (const persona of PERSONAS) {
    const visitors = visitorsOf(persona, 'late', 16);
    late.push(...visitors);
    for (const visitorId of visitors) {
      const arm = await visit(visitorId, persona);
      const [log] = await logged(visitorId);
      const propensity = weights?.personas[persona]?.[arm] ?? 0;
      expect(log).toMatchObject({ experiment: 'message:hello', arm, persona, weights: 1 });
      expect(log?.propensity).toBeCloseTo(propensity, 6);
    }
  }
  await delivered(late);
  const dealt = (persona: Persona, arm: string, version: number) => async () =>
    (await cells())
      .filter((one) => one.metric === '' && one.persona === persona && one.arm === arm && one.weights === version)
      .reduce((sum, one) => sum + one.n, 0);
  expect(await dealt('tea', 'short', 1)()).toBeGreaterThan(13);
  expect(await dealt('books', 'control', 1)()).toBeGreaterThan(13);
  for (const persona of PERSONAS)
    for (const arm of ['control', 'short']) expect(await dealt(persona, arm, 0)()).toBe(shares[`${persona} ${arm}`]);
  expect(await results()).toMatchObject({ units: 128, type: 'message' });
  const { total } = await shop.call<{ total: { impressions: number } }>('/v1/analytics/messages', { key: 'sk' });
  expect(total.impressions).toBe(128);

  // Who was there before keeps what was given first.
  for (const [visitorId, { persona, arm }] of [...first].slice(0, 6)) expect(await visit(visitorId, persona)).toBe(arm);
});
