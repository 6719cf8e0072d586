/** Orders and refunds that several report: what counts does not depend on who was heard first, or how often. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tallyObject } from '../../src/env.ts';
import { kept, purchaseOf, SECOND } from '../support/events.ts';
import { learntCards } from './truth.ts';
import { createWorld, type World } from './world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world.end());

const BROWSER = 'a-visitor-with-a-browser';
const SERVER = 'the-shop-s-own-server';

const orders = () => tallyObject(world.real, world.shop).orders();

async function flush(...visitorIds: string[]): Promise<void> {
  world.pass(11 * SECOND);
  for (const visitorId of visitorIds) await world.ring(world.visitor(visitorId));
}

/** The browser says 5, the server 12, of which 4 are given back; the browser would like everything back. */
async function reports(by: { browser: string; server: string }): Promise<void> {
  const at = Date.now();
  const said = purchaseOf('o-1', ['cup', 'pot'], at);
  await world.post(by.browser, [said]);
  if (by.browser !== by.server) await flush(by.browser);
  await world.post(by.server, [purchaseOf('o-1', ['cup', 'pot'], at, { value: 12, trusted: true })]);
  await world.post(by.server, [
    kept('refund', at + SECOND, { orderId: 'o-1', value: 4, currency: 'GBP', trusted: true }),
  ]);
  await world.post(by.browser, [kept('refund', at + SECOND, { orderId: 'o-1', currency: 'GBP' })]);
  await flush(by.browser, by.server);
}

test.each([
  ['two visitors', { browser: BROWSER, server: SERVER }],
  ['the same visitor', { browser: BROWSER, server: BROWSER }],
])('an order counts as the server says, less what the server gives back, reported by %s', async (_, by) => {
  await reports(by);
  await world.deliver();
  expect(await orders()).toEqual({ claimed: { GBP: 1 }, revenue: { GBP: 8 } });
  expect(await world.rest()).toBe(true);
  expect(await orders()).toEqual({ claimed: { GBP: 1 }, revenue: { GBP: 8 } });
});

test('in whatever order, and however often, the reports are delivered', async () => {
  await reports({ browser: BROWSER, server: SERVER });
  const messages = [...world.faults.queue];
  world.faults.queue.push(...messages.map((message) => ({ ...message, id: `${message.id} again` })));
  world.faults.queue.reverse();
  world.faults.next('learner.apply', 'before', 'after');
  for (let n = 0; n < 4; n++) await world.deliver((_one, at) => at % 2 === 0);
  expect(await world.rest()).toBe(true);
  expect(await orders()).toEqual({ claimed: { GBP: 1 }, revenue: { GBP: 8 } });
  const { items } = await learntCards(world);
  // The basket taught once; the browser's report alone would not have taught.
  const bought = (items as { bought: number }[]).map((item) => item.bought);
  expect(bought.filter((orders) => orders > 0)).toEqual([1, 1]);
});

test('what recommendations brought about counts once, whatever is lost, repeated or killed on its way', async () => {
  const [at, day] = [Date.now(), new Date().toISOString().slice(0, 10)];
  const shown = { recommendation: 7, placement: 'home', strategy: 'for_you' };
  const events = [
    kept('impression', at, { impressed: [shown] }),
    kept('select_item', at + 1, { items: [{ itemId: 'cup', shown }] }),
    kept('add_to_cart', at + 2, { items: [{ itemId: 'cup' }] }),
    purchaseOf('o-1', ['cup', 'pot'], at + 3),
  ];
  world.faults.next('tally.apply', 'before', 'after');
  await world.post(BROWSER, events);
  await world.post(SERVER, [purchaseOf('o-1', ['cup', 'pot'], at + 3, { trusted: true })]);
  await flush(BROWSER, SERVER);
  world.faults.queue.push(...world.faults.queue.map((message) => ({ ...message, id: `${message.id} again` })));
  world.faults.queue.reverse();
  await world.deliver((_one, place) => place % 2 === 0);
  await world.crash('tally');
  await world.crash(world.visitor(BROWSER));
  expect(await world.rest()).toBe(true);
  expect(await tallyObject(world.real, world.shop).recommendations(day, day)).toEqual([
    {
      day,
      slots: {
        '': { orders: 1 },
        'home for_you': { impressions: 1, clicks: 1, baskets: 1, orders: 1, units: 1, 'revenue GBP': 2.5 },
      },
    },
  ]);
});
