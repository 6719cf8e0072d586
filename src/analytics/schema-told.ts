/** What visitors' objects tell of visits, messages and orders, checked where it enters. */
import * as z from 'zod';
import { MESSAGE_METRICS } from '../learning/schema-messages.ts';
import { VISIT_METRICS } from '../learning/schema-visits.ts';

const MOST = 1_000_000;
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** What changes about visits may be below zero. */
export const ToldVisits = z.record(
  day,
  z.record(z.string().min(1).max(60), z.partialRecord(z.enum(VISIT_METRICS), z.int().min(-MOST).max(MOST))),
);

export const ToldMessages = z.record(
  day,
  z.record(z.string().min(1).max(200), z.partialRecord(z.enum(MESSAGE_METRICS), z.int().min(0).max(MOST))),
);

/** Orders that are asked for in experiments, and the parts of the asker's history that hold them. */
export const ToldClaims = z
  .array(
    z.object({ orderId: z.string().min(1).max(300), parts: z.array(z.string().min(1).max(300)).min(1).max(10_000) }),
  )
  .max(10_000);
