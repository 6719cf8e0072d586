import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { customerObject, visitorObject } from '../../src/env.ts';
import { noAttention, type Offer } from '../../src/messages/schema.ts';
import type { Offerable, OfferRequest } from '../../src/visitors/attention.ts';
import { kept, MINUTE, NOON, observationOf } from '../support/events.ts';

const caps = { perSession: 2, perDay: 3, perVisitor: 4 };
const groups = { g: { perSession: 2, perDay: 3 } };
const budget = { perPage: 1, perSession: 3, minutesBetween: 1, never: ['thanks'], groups };
const KEYS = ['a', 'b', 'c'];

interface Asked {
  device: number;
  key: string;
  minutes: number;
  kind: Offer['kind'];
  page: string;
  together: boolean;
  given: 'none' | 'session' | 'personal';
}

const asked = fc.record({
  device: fc.nat(1),
  key: fc.constantFrom(...KEYS),
  minutes: fc.integer({ min: 0, max: 90 }),
  kind: fc.constantFrom('message', 'survey', 'guide'),
  page: fc.constantFrom('home', 'home', 'cart', 'thanks'),
  together: fc.boolean(),
  given: fc.constantFrom('personal', 'personal', 'personal', 'none'),
}) satisfies fc.Arbitrary<Asked>;

let drawn = 0;

/** Asks the real objects of two devices of one customer, some requests at the same time. @returns what was granted, and when the visit of it began */
async function play(
  steps: readonly Asked[],
  customerId: string | null,
): Promise<{ offer: Offer; since: number; page: string; given: string }[]> {
  const devices = [0, 1].map((n) => `device-${++drawn}-${n}-${crypto.randomUUID()}`);
  const proof = customerId === null ? null : { customerId, login: null };
  let [now, since] = [NOON, NOON];
  const granted: { offer: Offer; since: number; page: string; given: string }[] = [];
  for (const visitorId of devices) {
    const identified = proof === null ? {} : { proof };
    await visitorObject(env, 'demo', visitorId).observe(
      observationOf(visitorId, [kept('page_view', now)], { now, ...identified }),
    );
  }
  let waiting: Promise<void>[] = [];
  for (const step of steps) {
    if (!step.together) {
      await Promise.all(waiting);
      waiting = [];
      now += step.minutes * MINUTE;
      if (step.minutes > 30) since = now;
    }
    const visitorId = devices[customerId === null ? 0 : step.device] ?? '';
    const offers: Offerable[] = [step.key, ...KEYS.filter((key) => key !== step.key)].map((key) => ({
      ...{
        key,
        kind: step.kind,
        group: key === 'c' ? null : 'g',
        caps,
        isGhost: key === 'b',
        id: `i_${++drawn}`,
        variant: '',
      },
    }));
    const request: OfferRequest = {
      ...{ budget, now, since, page: step.page, isPaying: false, offers, proof },
      ...{ shop: 'demo', sender: `v:${visitorId}`, sessionMinutes: 30, flushSeconds: 10 },
      consent: { given: step.given, cap: null, fallback: 'session' },
      retention: { eventsDays: 90, profileDays: 400 },
    };
    const { page, given } = step;
    const at = { since, page, given };
    waiting.push(
      visitorObject(env, 'demo', visitorId)
        .offer(request)
        .then((answer) => void granted.push(...answer.granted.map((offer) => ({ offer, ...at })))),
    );
  }
  await Promise.all(waiting);
  return granted;
}

describe('the attention of a visitor, kept by the objects themselves', () => {
  test.each([
    ['one device', false],
    ['two devices of a customer', true],
  ])('is never spent beyond caps and budget, whatever the order of requests, on %s', async (_what, isCustomer) => {
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { maxLength: 14 }), async (steps) => {
        const customerId = isCustomer ? `customer-${++drawn}` : null;
        const granted = await play(steps, customerId);
        const offers = granted.map((one) => one.offer);
        expect(granted.filter((one) => one.given === 'none' || one.page === 'thanks')).toEqual([]);
        for (const own of Map.groupBy(granted, (one) => one.since).values()) {
          expect(own.length).toBeLessThanOrEqual(budget.perSession);
          expect(own.filter(({ offer }) => offer.group === 'g').length).toBeLessThanOrEqual(groups.g.perSession);
          for (const of of Map.groupBy(own, (one) => one.offer.key).values())
            expect(of.length).toBeLessThanOrEqual(caps.perSession);
        }
        for (const { at } of offers) {
          const inDay = offers.filter((one) => one.at > at - 24 * 60 * MINUTE && one.at <= at);
          expect(inDay.filter((one) => one.group === 'g').length).toBeLessThanOrEqual(groups.g.perDay);
          for (const of of Map.groupBy(inDay, (one) => one.key).values())
            expect(of.length).toBeLessThanOrEqual(caps.perDay);
        }
        for (const of of Map.groupBy(offers, (one) => one.key).values())
          expect(of.length).toBeLessThanOrEqual(caps.perVisitor);
        // Nothing is said within a minute of something else.
        const times = offers.map((one) => one.at).sort((a, b) => a - b);
        for (const [i, at] of times.entries())
          if (i > 0) expect(at - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(MINUTE);
        // What was granted is what is remembered.
        if (customerId !== null) {
          const consent = { given: 'personal', cap: null, fallback: 'session' } as const;
          const { memory } = await customerObject(env, 'demo', customerId).recall({
            shop: 'demo',
            consent,
            orders: false,
            now: NOON,
          });
          const remembered =
            (memory as { profile: { attention?: { offers: Offer[] } } | null }).profile?.attention ?? noAttention();
          expect(remembered.offers).toHaveLength(offers.length);
        }
      }),
      { numRuns: 25 },
    );
  });
});
