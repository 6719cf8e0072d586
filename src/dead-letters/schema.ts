/** Flushes that could not be delivered after all attempts. */
import * as z from 'zod';
import { documented } from '../shared/documented.ts';

/** A dead letter as it is kept. It names no visitor: who sent it is struck out before. */
export interface DeadLetter {
  /** The flushId; of a message that is no flush, the queue's own id. */
  letterId: string;
  /** How many events it tells of; 0 where nobody can tell. */
  events: number;
  /** Why it could not be delivered, null where nobody noted it. */
  why: string | null;
  /** The flush as JSON; null when the message is no flush, or has not arrived yet. */
  body: string | null;
}

/** A dead letter as it is listed. */
export interface ListedLetter {
  letterId: string;
  events: number;
  why: string | null;
  /** Epoch milliseconds of its first death. */
  diedAt: number;
  /** How often it died. */
  deaths: number;
  /** Whether there is a flush to be sent again. */
  hasBody: boolean;
}

export const LettersQuery = z.object({
  after: z.string().min(1).max(200).optional().describe('The `cursor` of the page before.'),
});

export const LettersAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    total: z.number(),
    items: z.array(
      z.object({
        shop: z.string(),
        flushId: z.string(),
        events: z.number().describe('How many events it tells of.'),
        diedAt: z.string(),
        ageSeconds: z.number(),
        deaths: z.number().describe('How often it ended here.'),
        why: z.string().nullable().describe('Why it could not be delivered, where that is known.'),
        delivered: z
          .boolean()
          .describe('It was delivered meanwhile: its visitor had sent it again. To be struck off by re-driving.'),
        redrivable: z.boolean().describe('False for a message that is no flush.'),
      }),
    ),
    cursor: z.string().nullable(),
  }),
);

export const RedriveBody = z.strictObject({
  flushIds: z.array(z.string().min(1).max(200)).min(1).max(1000).optional().describe('Only these; all when absent.'),
});

export const RedriveAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    redriven: z.number().describe('Sent into the queue again.'),
    delivered: z.number().describe('Had been delivered meanwhile, and were struck off.'),
    unreadable: z.number().describe('Are no flushes and stay where they are.'),
    unknown: z.array(z.string()).describe('Of the flushIds asked for: those that are not there.'),
    left: z.number().describe('Were not looked at in this call: ask again.'),
  }),
);
