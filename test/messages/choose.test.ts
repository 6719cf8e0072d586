import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/defaults.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { chooseMessages, type Moment } from '../../src/messages/choose.ts';
import { compileMessages } from '../../src/messages/compile.ts';
import { type Attention, noAttention, type Offer } from '../../src/messages/schema.ts';
import { mergeAttention, spend } from '../../src/messages/spend.ts';
import { DAY, MINUTE, NOON } from '../support/events.ts';

type Fields = Partial<NonNullable<SiteConfigInput['messages']>[string]>;

const message = (fields: Fields = {}) => ({ placement: 'top', content: { en: { headline: 'Hello' } }, ...fields });

function momentOf(config: ReturnType<typeof resolveConfig>, rest: Partial<Moment> = {}): Moment {
  return {
    facts: { persona: 'regular', cart: { value: 30 } },
    spent: noAttention(),
    budget: config.attention,
    consent: 'personal',
    now: NOON,
    hours: { visitor: 12, shop: 12 },
    hoursAway: null,
    since: NOON - 20 * MINUTE,
    page: 'cart',
    isPaying: false,
    placements: null,
    events: new Map(),
    unit: 'visitor-1',
    isComplete: () => true,
    ...rest,
  };
}

function chosen(
  messages: Record<string, Fields>,
  rest: Partial<Moment> & { attention?: SiteConfigInput['attention'] } = {},
) {
  const { attention, ...moment } = rest;
  const filled = Object.fromEntries(Object.entries(messages).map(([key, fields]) => [key, message(fields)]));
  const config = resolveConfig({ messages: filled, ...(attention === undefined ? {} : { attention }) });
  const { offers, heldBack } = chooseMessages(compileMessages(config), momentOf(config, moment));
  return {
    shown: offers.filter((one) => !one.isGhost).map((one) => one.message.key),
    held: Object.fromEntries(heldBack.map((one) => [one.message.key, one.why])),
  };
}

const offered = (key: string, at: number, rest: Partial<Offer> = {}): Attention =>
  spend(noAttention(), [{ key, kind: 'message', group: null, at, ...rest }]);

const LATER = NOON - 10 * MINUTE;
/** Before this session. */
const EARLIER = NOON - 60 * MINUTE;

describe('who is meant', () => {
  test.each<[string, Fields, Partial<Moment>, boolean]>([
    ['everybody', {}, {}, true],
    ['an audience', { audience: { 'cart.value': { $gte: 20 } } }, {}, true],
    ['another audience', { audience: { 'cart.value': { $lt: 20 } } }, {}, false],
    ['a persona', { audience: { persona: 'regular' } }, {}, true],
    ['those on a page', { trigger: { on: 'page', page: ['cart'] } }, {}, true],
    ['those on another page', { trigger: { on: 'page', page: ['home'] } }, {}, false],
    [
      'those whom an event of the shop is about',
      { trigger: { on: 'event', event: 'order.delayed' } },
      { events: new Map([['order.delayed', NOON]]) },
      true,
    ],
    [
      'those who were told already',
      { trigger: { on: 'event', event: 'order.delayed' } },
      { events: new Map([['order.delayed', EARLIER]]), spent: offered('a', LATER) },
      false,
    ],
    ['nobody without that event', { trigger: { on: 'event', event: 'order.delayed' } }, {}, false],
    ['those of today', { schedule: { from: '2026-11-22', until: '2026-11-22' } }, {}, true],
    ['those of tomorrow', { schedule: { from: '2026-11-23' } }, {}, false],
    ['those of yesterday', { schedule: { until: '2026-11-21' } }, {}, false],
    ['those of these hours', { schedule: { hours: [8, 22] } }, {}, true],
    ['night owls', { schedule: { hours: [22, 8] } }, { hours: { visitor: 23, shop: 12 } }, true],
    ['night owls, by day', { schedule: { hours: [22, 8] } }, {}, false],
    [
      'night owls, by the shop’s clock',
      { schedule: { hours: [22, 8], clock: 'shop' } },
      { hours: { visitor: 12, shop: 23 } },
      true,
    ],
    ['those who come back', { trigger: { on: 'return' } }, { hoursAway: 1 }, true],
    ['those who come back after a day', { trigger: { on: 'return', afterHours: 24 } }, { hoursAway: 30 }, true],
    ['nobody who was away for less', { trigger: { on: 'return', afterHours: 24 } }, { hoursAway: 2 }, false],
    ['nobody who is here for the first time', { trigger: { on: 'return' } }, {}, false],
    ['another placement', {}, { placements: new Set(['bottom']) }, false],
  ])('%s', (_what, fields, rest, isMeant) => {
    const { shown, held } = chosen({ a: fields }, rest);
    expect([shown, held]).toEqual([isMeant ? ['a'] : [], {}]);
  });
});

describe('what is held back', () => {
  test.each<[string, Fields, Partial<Moment> & { attention?: SiteConfigInput['attention'] }, string]>([
    ['after its cap in the session', { caps: { perSession: 1 } }, { spent: offered('a', LATER) }, 'cap_session'],
    ['after its cap of the day', { caps: { perDay: 1 } }, { spent: offered('a', EARLIER) }, 'cap_day'],
    [
      'for good after its cap of a visitor',
      { caps: { perVisitor: 1 } },
      { spent: offered('a', NOON - 90 * DAY) },
      'cap_visitor',
    ],
    ['where it was dismissed', {}, { spent: { ...noAttention(), dismissed: { a: LATER } } }, 'dismissed'],
    [
      'where its group had its say',
      { group: 'g' },
      { spent: offered('b', LATER, { group: 'g' }), attention: { groups: { g: { perSession: 1 } } } },
      'group_session',
    ],
    [
      'where its group had its say today',
      { group: 'g' },
      { spent: offered('b', EARLIER, { group: 'g' }), attention: { groups: { g: { perDay: 1 } } } },
      'group_day',
    ],
    ['where somebody is paying', {}, { page: 'payment', attention: { never: ['payment'] } }, 'never_here'],
    ['where somebody pays without saying on which page', {}, { page: null, isPaying: true }, 'never_here'],
    [
      'when the session’s attention is spent',
      {},
      { spent: offered('b', LATER), attention: { perSession: 1 } },
      'budget_session',
    ],
    ['shortly after another one', {}, { spent: offered('b', NOON - MINUTE) }, 'budget_pause'],
    ['with a hole in its text', {}, { isComplete: () => false }, 'incomplete'],
    ['without consent', {}, { consent: 'none' }, 'consent'],
    ['without enough consent', { consent: 'personal' }, { consent: 'session' }, 'consent'],
    ['from those who are held out', { holdout: { seed: 'h', coverage: 1 } }, {}, 'holdout'],
  ])('%s', (_what, fields, rest, why) => {
    expect(chosen({ a: fields }, rest)).toEqual({ shown: [], held: { a: why } });
  });

  test('texts are filled of those only that would be shown', () => {
    const filled: string[] = [];
    const isComplete = ({ key }: { key: string }) => filled.push(key) > 0;
    const messages = { a: { priority: 9 }, b: { priority: 8 }, c: { priority: 7, placement: 'cart' } };
    const attention = { perPage: 1 };
    expect(chosen(messages, { isComplete, attention }).shown).toEqual(['a']);
    expect(filled).toEqual(['a']);
  });

  test('a ghost takes its place: what came instead is not shown', () => {
    const two = { a: { priority: 9, holdout: { seed: 'h', coverage: 1 } }, b: {} };
    expect(chosen(two)).toEqual({ shown: [], held: { a: 'holdout', b: 'budget_page' } });
  });

  test('the more important one is shown, one a placement', () => {
    const three = { a: {}, b: { priority: 1 }, c: { placement: 'bottom' } };
    expect(chosen(three)).toEqual({ shown: ['b'], held: { a: 'budget_page', c: 'budget_page' } });
    expect(chosen(three, { attention: { perPage: 2 } })).toEqual({ shown: ['b', 'c'], held: { a: 'placement_taken' } });
  });
});

describe('caps and budget', () => {
  const keys = ['a', 'b', 'c', 'd'];
  const fields: fc.Arbitrary<Fields> = fc.record({
    priority: fc.nat(5),
    group: fc.constantFrom('g', 'h'),
    placement: fc.constantFrom('top', 'bottom'),
    caps: fc.record({ perSession: fc.nat(2), perDay: fc.nat(3), perVisitor: fc.nat(4) }),
    holdout: fc.constantFrom(null, { seed: 'h', coverage: 0.5 }),
  });
  const step = fc.record({ minutes: fc.nat(600), newSession: fc.boolean(), unit: fc.constantFrom('x', 'y') });

  test('hold whatever the order of requests and devices', () => {
    fc.assert(
      fc.property(
        fc.array(fields, { minLength: 1, maxLength: 4 }),
        fc.record({ perPage: fc.integer({ min: 1, max: 3 }), perSession: fc.nat(4), minutesBetween: fc.nat(30) }),
        fc.array(step, { maxLength: 30 }),
        (all, attention, steps) => {
          const messages = Object.fromEntries(all.map((one, i) => [keys[i] ?? '', message(one)]));
          const groups = { g: { perSession: 1, perDay: 2 } };
          const config = resolveConfig({ messages, attention: { ...attention, groups } });
          const compiled = compileMessages(config);
          let spent = noAttention();
          let [now, since, session] = [NOON, NOON, 0];
          const sessions: { offer: Offer; session: number }[] = [];
          for (const { minutes, newSession, unit } of steps) {
            now += minutes * MINUTE;
            if (newSession) {
              since = now;
              session++;
            }
            const { offers } = chooseMessages(compiled, momentOf(config, { spent, now, since, unit }));
            expect(offers.length).toBeLessThanOrEqual(attention.perPage);
            const made = offers.map(({ message: { key, group } }): Offer => ({ key, kind: 'message', group, at: now }));
            spent = spend(spent, made);
            for (const offer of made) sessions.push({ offer, session });
          }
          for (const one of compiled) {
            const own = spent.offers.filter((offer) => offer.key === one.key);
            expect(own.length).toBeLessThanOrEqual(one.caps.perVisitor ?? 99);
            for (const offer of own) {
              const day = own.filter((other) => other.at > offer.at - DAY && other.at <= offer.at);
              expect(day.length).toBeLessThanOrEqual(one.caps.perDay ?? 99);
            }
          }
          for (const own of Map.groupBy(sessions, (one) => one.session).values()) {
            expect(own.length).toBeLessThanOrEqual(attention.perSession);
            expect(own.filter(({ offer }) => offer.group === 'g').length).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  test('of two devices add up, in either order', () => {
    const a = offered('a', LATER);
    const b = offered('a', NOON);
    expect(mergeAttention(a, b)).toEqual(mergeAttention(b, a));
    expect(mergeAttention(a, b).totals).toEqual({ a: 2 });
    expect(
      chosen({ a: { caps: { perVisitor: 2 } } }, { spent: mergeAttention(a, b), now: NOON + DAY, since: NOON + DAY })
        .held,
    ).toEqual({
      a: 'cap_visitor',
    });
  });
});
