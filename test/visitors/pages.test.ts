import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHECKOUT_STEPS, type KeptEvent } from '../../src/events/schema.ts';
import type { Flush } from '../../src/learning/schema.ts';
import type { VisitMetric, VisitSums } from '../../src/learning/schema-visits.ts';
import { isoDay } from '../../src/shared/decay.ts';
import { key53 } from '../../src/shared/hash.ts';
import { type Sealed, seal } from '../../src/visitors/flush.ts';
import { endSessionIfOver, noChange, takeEvents } from '../../src/visitors/observe.ts';
import { pageStepOf, pagesOf } from '../../src/visitors/pages.ts';
import { freshState, type VisitorState } from '../../src/visitors/state.ts';
import type { Step } from '../../src/visitors/visits.ts';
import { DAY, kept, MINUTE, NOON, observationOf, SECOND, viewOf } from '../support/events.ts';

type Page = NonNullable<KeptEvent['page']>;
const at = (name: KeptEvent['name'], page?: Page, rest: Partial<KeptEvent> = {}): KeptEvent =>
  kept(name, NOON, { ...(page === undefined ? {} : { page }), ...rest });
const url = (path: string) => `https://shop.example${path}`;

function stepOf(event: KeptEvent): Step {
  const items = event.items?.map((item) => item.itemId);
  return { at: event.at, ...pageStepOf(event), ...(items === undefined ? {} : { items }) };
}

describe('the pages of a visit', () => {
  test.each<[string, KeptEvent[], string[]]>([
    [
      'are what page views say',
      [at('page_view', { type: 'home' }), at('page_view', { type: 'Cart ' })],
      ['home', 'cart'],
    ],
    [
      'are what events are about, where no type is said',
      [at('view_item'), at('view_cart'), at('begin_checkout')],
      ['item', 'cart', 'checkout'],
    ],
    [
      'are one for the view of a page and of its item',
      [at('page_view', { url: url('/p/1') }), at('view_item', { url: url('/p/1') })],
      ['item'],
    ],
    [
      'are two for two items',
      [at('view_item', { url: url('/p/1') }), at('view_item', { url: url('/p/2') })],
      ['item', 'item'],
    ],
    [
      'are two for two items without addresses, and one for a page and its item',
      [at('page_view', { type: 'item' }), viewOf('a', NOON), viewOf('a', NOON), viewOf('b', NOON)],
      ['item', 'item'],
    ],
    [
      'are one for a page that was loaded again',
      [at('page_view', { url: url('/') }), at('page_view', { url: url('/') })],
      ['other'],
    ],
    [
      'are steps at one address where their types are said',
      [
        at('begin_checkout', { url: url('/c'), type: 'checkout' }),
        at('add_payment_info', { url: url('/c'), type: 'payment' }),
      ],
      ['checkout', 'payment'],
    ],
    [
      'are not what happens on them',
      [at('page_view', { type: 'item' }), at('add_to_cart', { type: 'cart' }), at('impression')],
      ['item'],
    ],
    [
      'are those of lists and searches where their type is said',
      [at('search'), at('view_item_list', { type: 'category' })],
      ['category'],
    ],
    [
      'are none where only a server speaks',
      [at('purchase', undefined, { trusted: true }), at('custom', undefined, { trusted: true })],
      [],
    ],
  ])('%s', (_what, events, pages) => {
    expect(pagesOf(events.map(stepOf))).toEqual(pages.map((page) => `/${page}`));
  });
});

/** Counters by day, name and metric, without zeros. */
function sumOf(parts: readonly VisitSums[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const part of parts)
    for (const [day, names] of Object.entries(part))
      for (const [name, counters] of Object.entries(names))
        for (const [metric, by] of Object.entries(counters)) {
          const key = `${day} ${name} ${metric}`;
          sums.set(key, (sums.get(key) ?? 0) + by);
        }
  return new Map([...sums].filter(([, sum]) => sum !== 0));
}

/** The same, counted by looking at everything at once. */
function truth(events: readonly KeptEvent[]): Map<string, number> {
  const visits: KeptEvent[][] = [];
  let campaign: string | undefined;
  for (const event of events.toSorted((a, b) => a.at - b.at)) {
    const visit = visits.at(-1);
    const last = visit?.at(-1);
    const other = event.page?.campaign !== undefined && event.page.campaign !== campaign;
    if (visit === undefined || last === undefined || event.at - last.at > 30 * MINUTE || other) {
      visits.push([event]);
      campaign = event.page?.campaign;
    } else visit.push(event);
  }
  const sums = new Map<string, number>();
  for (const visit of visits) {
    const types = visit.map((event) => event.page?.type ?? '');
    const pages = types.filter((type, i) => type !== types[i - 1]);
    const add = (name: string, metric: VisitMetric) => {
      const key = `${isoDay(visit[0]?.at ?? 0)} ${name} ${metric}`;
      sums.set(key, (sums.get(key) ?? 0) + 1);
    };
    for (const page of pages) add(`/${page}`, 'views');
    add(`/${pages[0]}`, 'entries');
    add(`/${pages.at(-1)}`, 'exits');
    if (pages.length === 1) add(`/${pages[0]}`, 'bounces');
    const steps = CHECKOUT_STEPS.filter((step) => visit.some((event) => event.name === step));
    for (const step of steps) add(`@${step}`, 'visits');
    if (steps.length > 0 && !steps.includes('purchase')) add(`@${steps.at(-1)}`, 'exits');
  }
  return sums;
}

const toldIn = (sealed: readonly Sealed[]): VisitSums[] =>
  sealed.flatMap(({ batches }) =>
    batches.flatMap(({ flush }) => {
      const { visits } = JSON.parse(flush) as Flush;
      return visits === undefined ? [] : [visits];
    }),
  );

const visited = (state: VisitorState): VisitSums[] => toldIn([seal(state, NOON, 0, key53)]);

describe('what the counters are told', () => {
  const events = fc.array(
    fc.record({
      name: fc.constantFrom<KeptEvent['name']>('page_view', 'view_item', ...CHECKOUT_STEPS.slice(0, 4)),
      type: fc.constantFrom('home', 'item', 'cart', 'constructor', '__proto__'),
      gap: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 25, max: 3_000 })),
      campaign: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      place: fc.integer(),
      sealed: fc.boolean(),
    }),
    { maxLength: 25 },
  );

  test('adds up to what there was, in whatever order it arrives and however it is cut', () => {
    fc.assert(
      fc.property(events, (steps) => {
        let time = NOON - 20 * DAY;
        const all = steps.map(({ name, type, gap, campaign, place, sealed }) => {
          time += gap * MINUTE;
          const page = { type, ...(campaign === undefined ? {} : { campaign }) };
          return { event: kept(name, time, { page }), place, sealed };
        });
        const state = freshState(() => 'drawn');
        const told: VisitSums[] = [];
        for (const { event, sealed } of all.toSorted((a, b) => a.place - b.place)) {
          takeEvents(state, observationOf('v', [event], { now: NOON }), { orderKeys: new Map(), counting: null });
          if (sealed) told.push(...visited(state));
        }
        told.push(...visited(state));
        expect(sumOf(told)).toEqual(truth(all.map(({ event }) => event)));
      }),
    );
  });

  test('stands when the steps that it was told of are forgotten', () => {
    const state = freshState(() => 'drawn');
    const pages = Array.from({ length: 1_000 }, (_, i) =>
      kept('page_view', NOON + i * 20 * MINUTE + Math.floor(i / 3) * 20 * MINUTE, {
        page: { type: ['home', 'item', 'cart'][i % 3] ?? '' },
      }),
    );
    const told: VisitSums[] = [];
    for (const [i, page] of pages.entries()) {
      takeEvents(state, observationOf('v', [page], { now: page.at }), { orderKeys: new Map(), counting: null });
      if (i % 7 === 0) told.push(...visited(state));
    }
    told.push(...visited(state));
    expect(state.profile?.visits?.steps.length).toBeLessThan(500);
    expect(sumOf(told)).toEqual(truth(pages));
  });

  test('stands when what was kept for a session is dropped, and is not told again', () => {
    const state = freshState(() => 'drawn');
    const told: VisitSums[] = [];
    const take = (given: 'session' | 'personal', event: KeptEvent) => {
      const change = noChange();
      endSessionIfOver(state, event.at, { change, counting: null });
      told.push(...toldIn(change.sealed));
      const consent = { given, cap: null, fallback: 'session' } as const;
      takeEvents(state, observationOf('v', [event], { now: event.at, consent }), {
        orderKeys: new Map(),
        counting: null,
      });
      if (event.name === 'view_item') told.push(...visited(state));
    };
    const pages = [0, 1, 2, 60, 61, 200, 201].map((minutes, i) =>
      kept(i % 2 === 0 ? 'page_view' : 'view_item', NOON + minutes * MINUTE + SECOND, { page: { type: `p${i}` } }),
    );
    for (const [i, page] of pages.entries()) take(i === 1 || i === 3 || i === 6 ? 'personal' : 'session', page);
    told.push(...visited(state));
    expect(sumOf(told)).toEqual(truth(pages));
  });
});
