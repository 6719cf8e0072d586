/** Messages for one visitor at one moment: what is offered, what is held back, and what is remembered of it. */
import * as z from 'zod';

/** Why a message that was meant for this visitor was not shown: the closed list. */
const HELD_BACK = [
  'dismissed',
  'cap_session',
  'cap_day',
  'cap_visitor',
  'group_session',
  'group_day',
  'budget_page',
  'budget_session',
  'budget_pause',
  'never_here',
  'placement_taken',
  'incomplete',
  'consent',
  'holdout',
] as const;
export type HeldBack = (typeof HELD_BACK)[number];

/** What was offered to a visitor and counts against caps and budget. Times are epoch milliseconds. */
export interface Offer {
  /** Name of the message, survey or guide. */
  key: string;
  kind: 'message' | 'survey' | 'guide';
  group: string | null;
  at: number;
  /** Held out: it takes its place and its caps, and is not shown. */
  ghost?: true;
}

/** A message that was handed to a page of this visitor, and what came of it. Times are epoch milliseconds. */
export interface Handed {
  /** Its impressionId. */
  id: string;
  key: string;
  /** '' for the message's own content. */
  variant: string;
  at: number;
  shownAt?: number;
  clickedAt?: number;
  dismissedAt?: number;
}

/** What of a visitor's attention has been spent. */
export interface Attention {
  /** The latest ones, oldest first. */
  offers: Offer[];
  /** How often each was ever offered. */
  totals: Record<string, number>;
  /** When each was last dismissed. */
  dismissed: Record<string, number>;
}

export const noAttention = (): Attention => ({ offers: [], totals: {}, dismissed: {} });

/** A message as it is answered. `trigger` is for whoever shows it: when the page has been open so long, at the end of it, and so on. */
export const MessageAnswer = z.object({
  messageId: z.string(),
  placement: z.string(),
  type: z.string(),
  content: z.record(z.string(), z.unknown()),
  variant: z.string().nullable(),
  trigger: z.object({ on: z.string(), afterSeconds: z.number().optional(), percent: z.number().optional() }),
  reason: z.string(),
  impressionId: z.string(),
});
export type MessageAnswer = z.infer<typeof MessageAnswer>;

export const SuppressedMessage = z.object({ messageId: z.string(), why: z.enum(HELD_BACK) });
export type SuppressedMessage = z.infer<typeof SuppressedMessage>;
