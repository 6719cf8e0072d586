/** Any combination of faults, drawn at random: after everything has come to rest, the truth of truth.ts holds. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventName, KeptEvent } from '../../src/events/schema.ts';
import { kept, SECOND } from '../support/events.ts';
import type { Fault } from './faults.ts';
import { expectTruth } from './truth.ts';
import { createWorld, type Place, type World } from './world.ts';

/** Nothing is known of the shop but that it must come to rest. */
type Model = Record<string, never>;
type Act = fc.AsyncCommand<Model, World>;

const VISITORS = ['first-of-three-visitors', 'second-of-three-visitors', 'third-who-wants-a-session-only'];
const consentOf = (visitor: number) => (visitor === 2 ? 'session' : 'personal');
const OBJECTS = ['tally', 'learner', 'directory'] as const;

/** Calls that may fail, and the ways in which they do. */
const CALLS = [
  'tally.apply',
  'tally.lacking',
  'learner.apply',
  'learner.lacking',
  'directory.opened',
  'directory.settled',
  'directory.keepLetters',
  'queue.send',
  'archive.put',
  'cards.put',
  'config.get',
];

function act(said: string, run: (world: World) => Promise<unknown>): Act {
  return { check: () => true, run: async (_model, world) => void (await run(world)), toString: () => said };
}

function placeOf(world: World, place: number): Place {
  return OBJECTS[place] ?? world.visitor(VISITORS[place - OBJECTS.length] ?? '');
}

let issued = 0;

interface Drawn {
  name: EventName;
  item: number;
  order: number;
  trusted: boolean;
}

function eventOf({ name, item, order, trusted }: Drawn, at: number): KeptEvent {
  const items = [
    { itemId: `item-${item}`, price: 2 },
    { itemId: `item-${(item + 1) % 5}`, price: 3 },
  ];
  const eventId = `drawn-${++issued}`;
  if (name !== 'purchase') return kept(name, at, { eventId, items: items.slice(0, 1), trusted });
  // An order is the same, whoever reports it.
  const lines = [0, 1].map((n) => ({ itemId: `item-${(order + n) % 5}`, price: 2 + n }));
  return kept(name, Date.UTC(2026, 10, 1, order), {
    eventId,
    orderId: `order-${order}`,
    currency: 'GBP',
    items: lines,
    trusted: true,
  });
}

const drawn = fc.record<Drawn>({
  name: fc.constantFrom('view_item', 'view_item', 'view_item', 'search', 'purchase', 'add_to_cart'),
  item: fc.nat(4),
  order: fc.nat(3),
  trusted: fc.boolean(),
});

const posting = fc
  .record({ visitor: fc.nat(2), events: fc.array(drawn, { minLength: 1, maxLength: 4 }), twice: fc.boolean() })
  .map(({ visitor, events, twice }) =>
    act(`post ${visitor} ${events.map((event) => event.name).join(' ')}${twice ? ' twice' : ''}`, async (world) => {
      const now = Date.now();
      const taken = events.map((event, n) => eventOf(event, now + n * SECOND));
      await world.post(VISITORS[visitor] ?? '', taken, consentOf(visitor));
      if (twice) await world.post(VISITORS[visitor] ?? '', taken, consentOf(visitor));
    }),
  );

const passing = fc
  .constantFrom(5, 11, 11, 70, 700, 3700)
  .map((seconds) => act(`pass ${seconds} s`, async (world) => world.pass(seconds * SECOND)));

const ringing = fc.nat(5).map((place) => act(`ring ${place}`, (world) => world.ring(placeOf(world, place))));

const delivering = fc
  .array(fc.boolean(), { minLength: 1, maxLength: 6 })
  .map((pattern) =>
    act(`deliver ${pattern.map(Number).join('')}`, (world) =>
      world.deliver((_, at) => pattern[at % pattern.length] ?? true),
    ),
  );

const forgetting = fc.nat(5).map((at) => act(`forget ${at}`, async (world) => world.faults.queue.splice(at, 1)));

const repeating = fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 4 })).map(([at, times]) =>
  act(`repeat ${at} × ${times}`, async ({ faults }) => {
    const message = faults.queue[at];
    if (message === undefined) return;
    for (let n = 0; n < times; n++) faults.queue.unshift({ ...message, id: `${message.id}-${faults.queue.length}` });
  }),
);

const wearing = fc.nat(5).map((at) =>
  act(`wear ${at} out`, async ({ faults }) => {
    const message = faults.queue[at];
    if (message !== undefined) message.attempts = 11;
  }),
);

const evicting = fc.nat(5).map((place) => act(`evict ${place}`, (world) => world.evict(placeOf(world, place))));

const failing = fc
  .tuple(fc.constantFrom(...CALLS), fc.array(fc.constantFrom<Fault>('before', 'after'), { minLength: 1, maxLength: 3 }))
  .map(([call, list]) => act(`fail ${call} ${list.join(' ')}`, async ({ faults }) => faults.next(call, ...list)));

const lagging = fc.boolean().map((behind) =>
  act(behind ? 'KV falls behind' : 'KV catches up', async ({ faults }) => {
    faults.behind = behind;
  }),
);

const sweeping = fc.constant(act('sweep', (world) => world.sweep()));
const redriving = fc.constant(
  act('redrive', (world) =>
    world.ask('/v1/dead-letters/redrive', { method: 'POST', body: '{}' }).catch(() => undefined),
  ),
);

test('whatever fails, in whatever combination, every acknowledged event is held, counted, learnt and archived once', async () => {
  const acts = [
    posting,
    posting,
    posting,
    passing,
    passing,
    ringing,
    ringing,
    delivering,
    delivering,
    forgetting,
    repeating,
    wearing,
    evicting,
    failing,
    failing,
    lagging,
    sweeping,
    redriving,
  ];
  await fc.assert(
    fc.asyncProperty(fc.commands(acts, { maxCommands: 60, size: 'max' }), async (commands) => {
      const world = createWorld();
      try {
        await fc.asyncModelRun(() => ({ model: {}, real: world }), commands);
        expect(await world.rest()).toBe(true);
        await expectTruth(world);
      } finally {
        world.end();
      }
    }),
    { numRuns: 100, interruptAfterTimeLimit: 12_000, markInterruptAsFailure: false },
  );
}, 60_000);
