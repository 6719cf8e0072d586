import * as z from 'zod';
import { Consent } from '../events/schema.ts';
import { Audience, isInOrder, Key, Locale, Loose, named, Share, strict, When } from './schema-common.ts';

const Hour = z.number().int().min(0).max(24);

const Trigger = strict({
  on: z.enum(['page', 'event', 'idle', 'scroll', 'exit']),
  page: z.array(z.string().min(1).max(60)).max(50).optional(),
  event: z.string().min(1).max(100).optional(),
  afterSeconds: z.number().min(0).max(86_400).optional(),
  percent: z.number().min(0).max(100).optional(),
});

const Schedule = strict({
  from: When.nullable().optional(),
  until: When.nullable().optional(),
  hours: z.tuple([Hour, Hour]).optional(),
}).refine((schedule) => isInOrder(schedule.from, schedule.until), {
  path: ['until'],
  message: 'ends before it begins',
});

const cap = z.number().int().min(0).max(10_000).optional();

const Content = z.record(Locale, Loose);

export const HoldoutDraw = strict({ seed: z.string().min(1).max(200), coverage: Share });

export const Message = strict({
  placement: Key,
  type: z.string().min(1).max(60).optional(),
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
