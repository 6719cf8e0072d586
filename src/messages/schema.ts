/** Messages for one visitor at one moment: what is offered, what is held back, and what is remembered of it. */
import * as z from 'zod';
import { documented } from '../shared/documented.ts';

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
  /**
   * It is shown when the page finds the moment: until then it is held a place among caps and budget under its impressionId, and from this time on no more.
   * Absent: it counts for good.
   */
  waits?: { id: string; lapsesAt: number };
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
  /** Held out, of a message whose moment the page finds: the page says when it would have been shown. */
  ghost?: true;
}

/** What of a visitor's attention has been spent. */
export interface Attention {
  /** The latest ones, oldest first. */
  offers: Offer[];
  /** How often each was ever offered; not in it is what waits for its moment. */
  totals: Record<string, number>;
  /** When each was last dismissed. */
  dismissed: Record<string, number>;
}

export const noAttention = (): Attention => ({ offers: [], totals: {}, dismissed: {} });

const Trigger = /* @__PURE__ */ documented(() =>
  z.object({
    on: z.string(),
    afterSeconds: z.number().optional(),
    percent: z.number().optional(),
    withinSeconds: z
      .number()
      .optional()
      .describe('For so long a place is held for it among caps and budget: after that it is not to be shown any more.'),
  }),
);
export type Trigger = z.infer<typeof Trigger>;

/** A message as it is answered. `trigger` is for whoever shows it: when the page has been open so long, at the end of it, and so on. */
export const MessageAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    messageId: z.string(),
    placement: z.string(),
    type: z.string(),
    content: z.record(z.string(), z.unknown()),
    variant: z.string().nullable(),
    trigger: Trigger,
    reason: z.string(),
    impressionId: z.string(),
  }),
);
export type MessageAnswer = z.infer<typeof MessageAnswer>;

export const SuppressedMessage = /* @__PURE__ */ documented(() =>
  z.object({
    messageId: z.string(),
    why: z.enum(HELD_BACK),
    trigger: Trigger.optional().describe(
      'Of a message that is held out, whose moment the page finds: at that moment it reports `impression`, and shows nothing.',
    ),
    impressionId: z.string().optional(),
  }),
);
export type SuppressedMessage = z.infer<typeof SuppressedMessage>;
