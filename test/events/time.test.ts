import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TimeFlag } from '../../src/events/schema.ts';
import { type Clock, LATEST_BACKLOG_MS, settleTime, TOLERANCE_MS } from '../../src/events/time.ts';
import { DAY, MINUTE, NOON, SECOND } from '../support/events.ts';
import { call, post } from '../support/http.ts';

const HOUR = 60 * MINUTE;
const browser = (sentAt: number | null = null): Clock => ({ receivedAt: NOON, sentAt, trusted: false });
const server = (sentAt: number | null = null): Clock => ({ receivedAt: NOON, sentAt, trusted: true });

describe('the time of an event', () => {
  const cases: [string, number | undefined, Clock, number, TimeFlag[]][] = [
    ['none was said: when it was received', undefined, browser(), NOON, []],
    ['none was said, by a clock that is off', undefined, browser(NOON - 5 * HOUR), NOON, []],
    ['a minute ago', NOON - MINUTE, browser(), NOON - MINUTE, []],
    ['two seconds on the way move nothing', NOON - 5 * SECOND, browser(NOON - 2 * SECOND), NOON - 5 * SECOND, []],
    ['half a minute on the way moves nothing', NOON - HOUR, browser(NOON - 30 * SECOND), NOON - HOUR, []],
    ['three hours fast', NOON + 3 * HOUR - MINUTE, browser(NOON + 3 * HOUR), NOON - MINUTE, ['skew']],
    ['three hours slow', NOON - 3 * HOUR - MINUTE, browser(NOON - 3 * HOUR), NOON - MINUTE, ['skew']],
    ['two days fast', NOON + 2 * DAY - MINUTE, browser(NOON + 2 * DAY), NOON - MINUTE, ['skew']],
    [
      'a month slow: beyond what is believed',
      NOON - 30 * DAY,
      browser(NOON - 30 * DAY),
      NOON - 7 * DAY,
      ['clamped_past'],
    ],
    ['a year fast: beyond what is believed', NOON + 365 * DAY, browser(NOON + 365 * DAY), NOON, ['clamped_future']],
    ['a clock from 1970 does not move a time that fits', NOON - HOUR, browser(0), NOON - HOUR, []],
    ['later than it was sent, by a slow clock', NOON, browser(NOON - HOUR), NOON, ['skew', 'clamped_future']],
    ['tomorrow, without sentAt', NOON + DAY, browser(), NOON, ['clamped_future']],
    ['a few seconds in the future are nobody’s fault', NOON + 20 * SECOND, browser(), NOON, []],
    ['a month ago, from a browser', NOON - 30 * DAY, browser(), NOON - 7 * DAY, ['clamped_past']],
    ['corrected, and a fortnight old', NOON - 14 * DAY, browser(NOON - HOUR), NOON - 7 * DAY, ['skew', 'clamped_past']],
    ['ten years ago, from a server', NOON - 3650 * DAY, server(), NOON - 3650 * DAY, []],
    ['a server’s clock is not corrected', NOON - 3 * HOUR, server(NOON - HOUR), NOON - 3 * HOUR, []],
    ['tomorrow, from a server', NOON + DAY, server(), NOON, ['clamped_future']],
  ];
  test.each(cases)('%s', (_name, said, clock, at, flags) => {
    expect(settleTime(said === undefined ? undefined : new Date(said).toISOString(), clock)).toEqual({ at, flags });
    expect(settleTime(said, clock)).toEqual({ at, flags });
  });

  test('however far a clock is off, up to a week, an event comes out where it happened', () => {
    const off = fc.integer({ min: -7 * DAY, max: 7 * DAY }).filter((skew) => Math.abs(skew) > TOLERANCE_MS);
    fc.assert(
      fc.property(off, fc.nat(6 * DAY), (skew, ago) => {
        expect(settleTime(NOON - ago - skew, browser(NOON - skew))).toEqual({ at: NOON - ago, flags: ['skew'] });
      }),
    );
  });

  test('whatever a browser says, the time is of the last week and keeps the order', () => {
    const time = fc.integer({ min: 0, max: 8.64e12 });
    fc.assert(
      fc.property(time, time, fc.option(time), (one, other, sentAt) => {
        const [early, late] = [Math.min(one, other), Math.max(one, other)].map(
          (at) => settleTime(at, browser(sentAt)).at,
        );
        expect(early).toBeLessThanOrEqual(late ?? 0);
        expect(early).toBeGreaterThanOrEqual(NOON - LATEST_BACKLOG_MS);
        expect(late).toBeLessThanOrEqual(NOON);
      }),
    );
  });
});

test('what was done to a time is in the export, beside the time; a sequence is the object’s own', async () => {
  const visitorId = crypto.randomUUID();
  const now = Date.now();
  const iso = (at: number) => new Date(at).toISOString();
  const view = (eventId: string, at: number) => ({
    eventId,
    name: 'view_item',
    timestamp: iso(at),
    items: [{ itemId: 'a' }],
  });
  const send = (events: object[], sentAt?: number) =>
    post('/v1/events', { visitorId, consent: 'personal', ...(sentAt ? { sentAt: iso(sentAt) } : {}), events });
  await send([view('skewed', now - 5 * HOUR - MINUTE)], now - 5 * HOUR);
  await send([view('ahead', now + DAY), view('old', now - 40 * DAY), view('plain', now - HOUR)]);
  const history = { ...view('history', now - 400 * DAY), visitorId, learn: false };
  await post('/v1/events', { consent: 'personal', events: [history] }, { key: 'sk_demo' });
  const answer = await call(`/v1/visitors/me/export?visitorId=${visitorId}`);
  const { events } = await answer.json<{
    events: { eventId: string; sequence: number; timestamp: string; flags?: string[] }[];
  }>();
  expect(events.map(({ eventId, sequence, flags = [] }) => [sequence, eventId, flags])).toEqual([
    [1, 'skewed', ['skew']],
    [2, 'ahead', ['clamped_future']],
    [3, 'old', ['clamped_past']],
    [4, 'plain', []],
    [5, 'history', []],
  ]);
  const at = events.map(({ timestamp }) => Date.parse(timestamp));
  expect(Math.abs((at[0] ?? 0) - (now - MINUTE))).toBeLessThan(30 * SECOND);
  expect(at.slice(3)).toEqual([now - HOUR, now - 400 * DAY]);
});
