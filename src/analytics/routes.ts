import { Hono } from 'hono';
import type * as z from 'zod';
import type { Catalogue } from '../catalog/catalogue.ts';
import { type AppEnv, directoryObject, learnerObject, tallyObject } from '../env.ts';
import { access } from '../http/access.ts';
import { query } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import { Problem } from '../http/problem.ts';
import { forget, snapshotOf } from '../snapshot.ts';
import { visitFigures } from './exits.ts';
import { recommendationFigures } from './figures.ts';
import { messageFigures } from './heard.ts';
import { assess, fallbacks, leaningOf, surveyCounts, tiersOf, unseenEvents } from './readiness.ts';
import { DaysQuery, daysOf, EventsCounted, PeriodQuery } from './schema.ts';
import { MessagesAnswer } from './schema-messages.ts';
import { Readiness } from './schema-readiness.ts';
import { RecommendationsAnswer } from './schema-recommendations.ts';
import { VisitsAnswer } from './schema-visits.ts';

function itemsOf(catalogue: Catalogue): number {
  let items = 0;
  for (let slot = 0; slot < catalogue.size; slot++) if (!catalogue.isRemoved(slot)) items += 1;
  return items;
}

/** The days that are asked for. @throws Problem `invalid` */
function periodOf(asked: z.infer<typeof DaysQuery>, now: number): { from: string; to: string } {
  const period = daysOf(asked, now);
  if (period === null) throw new Problem('invalid', 'From `from` to `to` are more than 366 days.');
  return period;
}

/** What was counted, and what still waits. */
export const analyticsRoutes = new Hono<AppEnv>()
  .get(
    '/v1/analytics/events',
    describe(
      DESCRIBED && {
        summary: 'How many events were counted, in all and by name',
        description:
          'Events are counted when their visitor’s flush is delivered, some seconds after they were acknowledged; then the total is exactly the number of events accepted. With from or to, only events of those days (UTC).',
        tag: 'Analytics',
        key: 'secret',
        query: DaysQuery,
        answers: { 200: EventsCounted },
        problems: ['invalid'],
      },
    ),
    access('secret'),
    query(DaysQuery),
    async (c) => c.json(await tallyObject(c.env, c.var.shop).events(c.req.valid('query'))),
  )
  .get(
    '/v1/analytics/recommendations',
    describe(
      DESCRIBED && {
        summary: 'What recommendations brought about, by placement, strategy and day',
        description:
          'Click-through attribution: an item that a visitor reached by a recommendation is attributed to it, in the basket and in orders, for `attribution.windowHours`; where several recommendations led to it, to the last one, unless the line of the order echoes one itself. Each line of an order counts once, and so does each order, whoever reports it. Without from and to the last 30 days (UTC); at most 366.',
        tag: 'Analytics',
        key: 'secret',
        query: PeriodQuery,
        answers: { 200: RecommendationsAnswer },
        problems: ['invalid'],
      },
    ),
    access('secret'),
    query(PeriodQuery),
    async (c) => {
      const { shop, now } = c.var;
      const { from, to } = periodOf(c.req.valid('query'), now);
      const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
      const [{ config }, days] = await Promise.all([
        snapshotOf(c.env, shop, { now, waitUntil }),
        tallyObject(c.env, shop).recommendations(from, to),
      ]);
      const { windowHours } = config.attribution;
      return c.json({ from, to, windowHours, ...recommendationFigures(days) } satisfies RecommendationsAnswer);
    },
  )
  .get(
    '/v1/analytics/visits',
    describe(
      DESCRIBED && {
        summary:
          'Which pages visits saw and where they ended: exits and bounces by type of page and step of the checkout',
        description:
          'A visit ends by `learning.sessionMinutes` without an event, or where another campaign begins; its last page is its exit, a visit of one page a bounce. Each visit counts once, on the day (UTC) on which it began; what arrives late corrects what was counted. A visit that goes on counts as left on its latest page until the next one. Visits of visitors without any consent are not known. Without from and to the last 30 days; at most 366.',
        tag: 'Analytics',
        key: 'secret',
        query: PeriodQuery,
        answers: { 200: VisitsAnswer },
        problems: ['invalid'],
      },
    ),
    access('secret'),
    query(PeriodQuery),
    async (c) => {
      const period = periodOf(c.req.valid('query'), c.var.now);
      const days = await tallyObject(c.env, c.var.shop).daily('pages', period);
      return c.json({ ...period, ...visitFigures(days) } satisfies VisitsAnswer);
    },
  )
  .get(
    '/v1/analytics/messages',
    describe(
      DESCRIBED && {
        summary: 'What came of messages, by message, variant and day',
        description:
          'Impressions, clicks and dismissals are what events say that echo the `impressionId` of a message (or its `messageId`): each counts once for each time that the message was handed to that visitor, and not at all where it was not. An order counts for every message that was shown or clicked within `attribution.windowHours` before it on the same device (of a customer whom the shop’s server names: on any), once, by the variant that was last; what is given back is taken off. Coming after is not the same as coming because of it: that is what hold-outs are for. Without from and to the last 30 days (UTC); at most 366.',
        tag: 'Analytics',
        key: 'secret',
        query: PeriodQuery,
        answers: { 200: MessagesAnswer },
        problems: ['invalid'],
      },
    ),
    access('secret'),
    query(PeriodQuery),
    async (c) => {
      const { shop, now } = c.var;
      const period = periodOf(c.req.valid('query'), now);
      const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
      const [{ config }, days] = await Promise.all([
        snapshotOf(c.env, shop, { now, waitUntil }),
        tallyObject(c.env, shop).daily('messages', period),
      ]);
      const { windowHours } = config.attribution;
      return c.json({ ...period, windowHours, ...messageFigures(days) } satisfies MessagesAnswer);
    },
  )
  .get(
    '/v1/readiness',
    describe(
      DESCRIBED && {
        summary: 'What works already, and what the rest still needs',
        tag: 'Analytics',
        key: 'secret',
        answers: { 200: Readiness },
      },
    ),
    access('secret'),
    async (c) => {
      const { shop, now } = c.var;
      const tally = tallyObject(c.env, shop);
      const options = { now, waitUntil: (work: Promise<unknown>) => c.executionCtx.waitUntil(work) };
      const [held, delivery, { byName }, { claimed }] = await Promise.all([
        snapshotOf(c.env, shop, options),
        directoryObject(c.env, shop).delivery(now),
        tally.events(),
        tally.orders(),
      ]);
      // After the directory: a flush on its way is with one of them, or with both, never with none.
      const unpublished = await learnerObject(c.env, shop).unpublished();
      // Who is told that nothing is pending asks for recommendations next: they must be of the cards that this answer speaks of.
      if (unpublished.version !== held.versions.cards) forget(shop, 'cards');
      const snapshot = await snapshotOf(c.env, shop, options);
      const { catalogue, config } = snapshot;
      const survey = surveyCounts(snapshot.counts, (key) =>
        catalogue.membersOf(key).some((slot) => !catalogue.isRemoved(slot)),
      );
      const orders = Object.values(claimed).reduce((sum, one) => sum + one, 0);
      const { buyers: leastBuyers } = config.recentlyBought;
      const { views, bought } = survey;
      const needs = assess({ items: itemsOf(catalogue), views, bought, byName, orders, leastBuyers });
      const { persona: personaTrials, ...contexts } = unpublished.contexts;
      return c.json({
        live: Object.values(needs).every((missing) => missing === null),
        capabilities: Object.fromEntries(
          Object.entries(needs).map(([name, missing]) => [name, { live: missing === null, needs: missing }]),
        ),
        learning: {
          pending: delivery.pending + unpublished.events,
          published: snapshot.versions.cards,
          waiting: { visitors: delivery.pending, learner: unpublished.events },
          bigBaskets: unpublished.bigBaskets,
          buyAgain: unpublished.buyAgain,
          contexts,
          blend: {
            setting: config.learning.blend,
            on: snapshot.reader.manifest?.sessions !== undefined,
            ...snapshot.reader.manifest?.blend,
          },
        },
        personas: {
          tiers: tiersOf(delivery.customers),
          popularity: leaningOf(config.learning.personas, personaTrials),
        },
        delivery: {
          lagSeconds: delivery.oldestAt === null ? 0 : Math.max(0, Math.round((now - delivery.oldestAt) / 1000)),
          undelivered: delivery.windows,
          deadLetters: delivery.deadLetters,
          losses: delivery.losses,
        },
        fallbacks: fallbacks(config.placements, needs),
        unknownItems: { count: survey.unknown, of: survey.items },
        unseenEvents: unseenEvents(byName),
      } satisfies Readiness);
    },
  );
