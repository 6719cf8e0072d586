import * as z from 'zod';
import { documented } from '../shared/documented.ts';

const figures = /* @__PURE__ */ documented(() => ({
  offers: z.number().describe('Times that it was handed to a page'),
  ghosts: z.number().describe('Times that it would have been, to visitors who are held out of it'),
  impressions: z
    .number()
    .describe('Times that a page reported it as shown, at most once for each time it was handed out'),
  clicks: z.number().describe('Likewise, of clicks'),
  dismissals: z.number().describe('Likewise, of dismissals'),
  clickRate: z.number().nullable().describe('clicks / impressions, null without impressions'),
  dismissalRate: z.number().nullable().describe('dismissals / impressions, null without impressions'),
  orders: z
    .number()
    .describe('Orders within the attribution window after it was shown or clicked; it need not have caused them'),
  ordersAfterClick: z.number().describe('Of those, after a click'),
  revenue: z.record(z.string(), z.number()).describe('Of those orders, by currency, less what was given back'),
}));
export const MessageFigures = /* @__PURE__ */ documented(() => z.object(figures));
export type MessageFigures = z.infer<typeof MessageFigures>;

export const MessagesAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    from: z.string(),
    to: z.string(),
    windowHours: z.number().describe('The attribution window, as it is configured now'),
    total: MessageFigures.describe('An order after several messages counts once'),
    messages: z.record(
      z.string(),
      z.object({
        ...figures,
        variants: z.record(z.string(), MessageFigures).describe('By variant; the message’s own content is ""'),
      }),
    ),
    days: z.record(z.string(), MessageFigures),
    rows: z.array(z.object({ day: z.string(), message: z.string(), variant: z.string(), ...figures })),
  }),
);
export type MessagesAnswer = z.infer<typeof MessagesAnswer>;
