import { runDurableObjectAlarm } from 'cloudflare:test';
import { expect, test } from 'vitest';
import type { Flush } from '../../src/learning/schema.ts';
import { DAY, observationOf, purchaseOf, viewOf } from '../support/events.ts';
import { flushTexts, newcomer, SESSION, type Stub } from '../support/visitor.ts';

async function lastFlush(stub: Stub): Promise<Flush> {
  await runDurableObjectAlarm(stub);
  const flushes = (await flushTexts(stub)).map((text) => JSON.parse(text) as Flush);
  const numberOf = ({ flushId }: Flush) => Number(flushId.split('.')[1]);
  const [newest] = flushes.sort((a, b) => numberOf(b) - numberOf(a));
  if (newest === undefined) throw new Error('Nothing was flushed.');
  return newest;
}

/** Two orders make a regular customer: the shop configures no personas, so there are those of every trade. */
const regular = (at: number) => [
  purchaseOf(`first-${at}`, ['tea'], at - 20 * DAY, { trusted: true }),
  purchaseOf(`second-${at}`, ['tea'], at - 10 * DAY, { trusted: true }),
];

test('what is flushed carries the persona that the visitor has by then, the archived copy too', async () => {
  const { visitorId, stub } = newcomer();
  const now = Date.now();
  await stub.observe(observationOf(visitorId, [viewOf('tea', now - 30 * DAY, { trusted: true })]));
  const first = await lastFlush(stub);
  expect(first.views).toHaveLength(1);
  expect(first).not.toHaveProperty('persona');
  await stub.observe(observationOf(visitorId, regular(now)));
  const second = await lastFlush(stub);
  expect(second.persona).toBe('regular');
  expect(second.archived.map((event) => event.persona)).toEqual(['regular', 'regular']);
});

test('what is flushed carries the persona that was known before its first event', async () => {
  const { visitorId, stub } = newcomer();
  const now = Date.now();
  await stub.observe(observationOf(visitorId, regular(now)));
  expect(await lastFlush(stub)).not.toHaveProperty('before');
  await stub.observe(observationOf(visitorId, [viewOf('tea', now, { trusted: true })]));
  expect(await lastFlush(stub)).toMatchObject({ persona: 'regular', before: 'regular' });
});

test('a flush that is fixed keeps its persona, whoever the visitor becomes', async () => {
  const { visitorId, stub } = newcomer();
  const now = Date.now();
  await stub.observe(observationOf(visitorId, [viewOf('tea', now - 30 * DAY, { trusted: true })]));
  const before = await lastFlush(stub);
  await stub.observe(observationOf(visitorId, regular(now)));
  await lastFlush(stub);
  expect(await flushTexts(stub)).toContain(JSON.stringify(before));
});

test('with consent for the session only, nothing remembered from before speaks for a persona', async () => {
  const { visitorId, stub } = newcomer();
  const now = Date.now();
  await stub.observe(observationOf(visitorId, regular(now)));
  expect((await lastFlush(stub)).persona).toBe('regular');
  const today = viewOf('cup', now, { trusted: true });
  await stub.observe(observationOf(visitorId, [today], { consent: SESSION }));
  const session = await lastFlush(stub);
  expect(session.views).toHaveLength(1);
  expect(session).not.toHaveProperty('persona');
});
