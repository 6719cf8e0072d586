/** What arrives at the tallies, and what is said of them. */

import * as z from 'zod';
import { MOST_DAYS_SINCE, SUMS } from '../experiments/schema-counts.ts';
import { ATTRIBUTED_METRICS, type Flush } from '../learning/schema.ts';
import { Sample } from '../personas/schema-sample.ts';
import { DAY_MS, isoDay } from '../shared/decay.ts';
import { documented } from '../shared/documented.ts';
import { ToldClaims, ToldMessages, ToldVisits } from './schema-told.ts';

const text = z.string().max(300);
const time = z.number().min(0).max(8.64e15);
const amount = z.number().min(0);
const source = z.enum(['browser', 'webhook', 'server']);
const Line = z.object({
  itemId: text.min(1),
  quantity: z.number(),
  price: amount.nullable(),
  repeat: z.union([z.literal(0), z.literal(1), z.literal(2)]).exactOptional(),
});
/** See `contextOf`. */
const Context = z
  .int()
  .min(0)
  .max(2 ** 17)
  .exactOptional();
const credited = { placement: text, strategy: text };
const counted = { experiment: text.min(1), phase: z.int().min(0), arm: text };

const Increment = z.object({
  ...counted,
  day: z.string().regex(/^(\d{4}-\d{2}-\d{2})?$/),
  since: z.int().min(0).max(MOST_DAYS_SINCE),
  metric: text,
  persona: text.exactOptional(),
  weights: z.int().min(0).exactOptional(),
  with: z.object(counted).exactOptional(),
  sums: z.partialRecord(z.enum(SUMS), z.number()),
});

/**
 * A message of the queue `interactions`, checked where it enters: what an older or broken sender left behind must not reach the learner.
 * The limits are those of the senders with room to spare; they bound the work, not the meaning.
 */
export const FlushMessage = z.object({
  flushId: z.string().regex(/^[^\s.]{1,100}\.[1-9]\d{0,14}$/, 'a flushId is <name>.<n>'),
  shop: z.string().regex(/^[a-z0-9-]{1,40}$/),
  sender: z.string().regex(/^[vc]:.{1,300}$/s, 'a sender is v:<visitorId> or c:<customerId>'),
  window: z.int().min(0).nullable(),
  first: z.int().min(1).exactOptional(),
  network: z.string().max(64).exactOptional(),
  persona: z.string().min(1).max(64).exactOptional(),
  before: z.string().min(1).max(64).exactOptional(),
  context: Context,
  views: z
    .array(
      z.object({
        itemId: text.min(1),
        at: time,
        previous: z.array(text.min(1)).max(10),
        length: z.number().min(1),
        own: z.boolean(),
        session: z.int().min(0).exactOptional(),
      }),
    )
    .max(1_000),
  orders: z
    .array(
      z.object({
        orderId: text.min(1),
        at: time,
        currency: z.string().max(10),
        value: amount,
        lines: z.array(Line).max(1_000),
        learn: z.boolean(),
        gift: z.boolean(),
        past: z
          .array(z.tuple([text.min(1), amount]))
          .max(100)
          .exactOptional(),
        source: source.exactOptional(),
        archivedAs: text.exactOptional(),
        attributed: z
          .array(z.object({ item: z.number(), ...credited, quantity: amount, value: amount }))
          .max(1_000)
          .exactOptional(),
        heard: z
          .array(z.object({ key: text.min(1), variant: text, isClicked: z.boolean() }))
          .max(20)
          .exactOptional(),
      }),
    )
    .max(1_000),
  refunds: z
    .array(
      z.object({
        orderId: text.min(1),
        refundId: text.min(1),
        currency: z.string().max(10),
        value: amount.nullable(),
        source,
        items: z
          .array(z.object({ item: z.number(), quantity: amount.nullable() }))
          .max(1_000)
          .exactOptional(),
      }),
    )
    .max(1_000)
    .exactOptional(),
  attributed: z
    .array(z.object({ at: time, ...credited, sums: z.partialRecord(z.enum(ATTRIBUTED_METRICS), amount) }))
    .max(100_000)
    .exactOptional(),
  counted: z.array(z.object({ name: z.string().min(1).max(100), at: time })).max(10_000),
  increments: z.array(Increment).max(10_000).exactOptional(),
  claims: ToldClaims.exactOptional(),
  archived: z
    .array(
      z.object({
        name: z.string().max(100),
        at: time,
        visitor: text,
        sequence: z.number(),
        items: z
          .array(
            z.object({
              itemId: text,
              quantity: z.number().exactOptional(),
              price: z.number().exactOptional(),
              own: z.literal(true).exactOptional(),
            }),
          )
          .max(1_000)
          .exactOptional(),
        order: text.exactOptional(),
        campaign: text.exactOptional(),
        learn: z.literal(false).exactOptional(),
        trusted: z.literal(true).exactOptional(),
        persona: z.string().min(1).max(64).exactOptional(),
        context: Context,
        taught: z.literal(true).exactOptional(),
        currency: z.string().max(10).exactOptional(),
        value: z.number().exactOptional(),
      }),
    )
    .max(10_000),
  visits: ToldVisits.exactOptional(),
  sample: Sample.exactOptional(),
  messages: ToldMessages.exactOptional(),
}) satisfies z.ZodType<Flush>;

/** What a tally reads of a flush. */
export type TalliedFlush = Omit<
  Flush,
  'shop' | 'sender' | 'window' | 'first' | 'network' | 'persona' | 'context' | 'before' | 'views' | 'sample'
>;

/** A flush window of a visitor's object, opened by its first unflushed event and settled by the delivery of the flush that closes it. */
export interface FlushWindow {
  /** `v:<visitorId>` or `c:<customerId>`. */
  sender: string;
  /** Counts upwards for this sender. */
  window: number;
  /** How many events opened it. */
  events: number;
}

const Day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'a day is written 2026-11-22')
  // 30 February would be read as 2 March.
  .refine((day) => Number.isFinite(Date.parse(day)) && isoDay(Date.parse(day)) === day, 'there is no such day');

export const DaysQuery = z.object({
  from: Day.optional().describe('First day (UTC), for example 2026-11-01.'),
  to: Day.optional().describe('Last day (UTC), included.'),
});

/** Days that one answer covers. */
const MOST_DAYS = 366;

export const PeriodQuery = DaysQuery.refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
  path: ['from'],
  message: 'from is not after to',
});

const USUAL_DAYS = 30;

/** The days that are asked for: to today, for 30 days, where that is not said; null for more than 366. */
export function daysOf(asked: z.infer<typeof DaysQuery>, now: number): { from: string; to: string } | null {
  const to = asked.to ?? isoDay(now);
  const from = asked.from ?? isoDay(Date.parse(to) - (USUAL_DAYS - 1) * DAY_MS);
  return Date.parse(to) - Date.parse(from) < MOST_DAYS * DAY_MS ? { from, to } : null;
}

export const EventsCounted = /* @__PURE__ */ documented(() =>
  z.object({
    total: z.number(),
    byName: z.record(z.string(), z.number()),
  }),
);
export type EventsCounted = z.infer<typeof EventsCounted>;

/** A value of the archive. */
export interface ArchivedValue {
  day: string;
  /** Two digits. */
  hour: string;
  /** Counts upwards for ever; it is the number of its first segment. */
  n: number;
}

export const ArchiveQuery = z.object({ cursor: z.string().min(1).max(2_000).optional() });

export const ArchiveParam = z.object({
  day: Day,
  hour: z.string().regex(/^\d{2}$/, 'an hour has two digits'),
  n: z
    .string()
    .regex(/^\d{1,15}$/, 'a number')
    .transform(Number),
});

export const ArchiveAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    items: z
      .array(z.object({ day: z.string(), hour: z.string(), n: z.number() }))
      .describe('Values, each to be had as NDJSON under /v1/archive/{day}/{hour}/{n}.'),
    cursor: z.string().nullable(),
  }),
);

export const CountsBody = z.strictObject({
  days: z
    .record(Day, z.record(z.string().min(1).max(100), z.int().min(0).max(1e12)))
    .describe('Events by day (UTC) and name.'),
});

export const CountsAnswer = /* @__PURE__ */ documented(() =>
  z.object({ raised: z.number().describe('Events that the counters did not know.') }),
);
