import * as z from 'zod';
import { Consent } from '../events/schema.ts';
import { Audience, isInOrder, Key, Locale, Loose, named, Share, strict, When } from './schema-common.ts';

const Hour = z.number().int().min(0).max(24);

/** `page` at once; `dwell` after some seconds on the page, `idle` after some seconds without a movement, `scroll` down to a part of it, `exit` when the pointer leaves; `return` on a later visit; `event` when the shop's server has told of it. */
const Trigger = strict({
  on: z.enum(['page', 'dwell', 'scroll', 'exit', 'idle', 'return', 'event']),
  page: z.array(z.string().min(1).max(60)).max(50).optional(),
  event: z.string().min(1).max(100).optional(),
  afterSeconds: z.number().min(0).max(86_400).optional(),
  percent: z.number().min(0).max(100).optional(),
  /** Of `return`: hours since the visit before; any when absent. */
  afterHours: z.number().min(0).max(10_000).optional(),
});

const Schedule = strict({
  from: When.nullable().optional(),
  until: When.nullable().optional(),
  hours: z.tuple([Hour, Hour]).optional(),
  /** Whose clock `hours` are of; the visitor's when absent. Days are the shop's. */
  clock: z.enum(['visitor', 'shop']).optional(),
}).refine((schedule) => isInOrder(schedule.from, schedule.until), {
  path: ['until'],
  message: 'ends before it begins',
});

const cap = z.number().int().min(0).max(10_000).optional();

const Content = z.record(Locale, Loose);

export const HoldoutDraw = strict({ seed: z.string().min(1).max(200), coverage: Share });

export const Message = strict({
  placement: Key,
  type: z.enum(['banner', 'bar', 'popup', 'inline']).optional(),
  priority: z.number().min(0).max(1000).optional(),
  audience: Audience.optional(),
  trigger: Trigger.optional(),
  schedule: Schedule.optional(),
  caps: strict({ perSession: cap, perDay: cap, perVisitor: cap }).optional(),
  group: Key.optional(),
  /** The least consent without which it is not shown; `session` when absent, since caps need a memory. */
  consent: Consent.optional(),
  content: Content,
  variants: named(strict({ content: Content })).optional(),
  optimize: strict({
    by: z.enum(['bandit']),
    metric: Key,
    floor: Share.optional(),
    burnIn: z.number().int().min(0).max(1_000_000).optional(),
    burnInConversions: z.number().int().min(0).max(1_000_000).optional(),
    halfLifeDays: z.number().gt(0).max(3650).optional(),
  })
    .nullable()
    .optional(),
  holdout: HoldoutDraw.nullable().optional(),
});

export const Messages = named(Message);

export const Attention = strict({
  perPage: z.number().int().min(0).max(100).optional(),
  perSession: z.number().int().min(0).max(1000).optional(),
  minutesBetween: z.number().min(0).max(1440).optional(),
  never: z.array(z.string().min(1).max(60)).max(50).optional(),
  /** Caps of groups of messages. */
  groups: named(strict({ perSession: cap, perDay: cap })).optional(),
});
