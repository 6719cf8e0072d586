/** What visitors' objects tell the counters of messages. Plain data. */

/** `offers`: handed to a page; `ghosts`: held out, and taking their place. */
export const MESSAGE_METRICS = ['offers', 'ghosts', 'impressions', 'clicks', 'dismissals'] as const;
export type MessageMetric = (typeof MESSAGE_METRICS)[number];

/** Sums by day (UTC) and `<message> <variant>`; of the message's own content the variant is ''. */
export type MessageSums = Record<string, Record<string, Partial<Record<MessageMetric, number>>>>;

/** A message that an order came after. */
export interface CreditedMessage {
  key: string;
  /** '' for the message's own content. */
  variant: string;
  isClicked: boolean;
}
