import * as z from 'zod';
import { DecideAnswer, DecideRequest } from '../decide/schema.ts';
import { Time } from '../events/wire.ts';
import { RecommendedItem } from '../recommendations/schema.ts';
import { documented } from '../shared/documented.ts';

export const ReplayRequest = z.object({
  recommendationId: z.string().min(1).max(512),
  request: DecideRequest.describe(
    'The body of the decide request that it answered. What came in headers has to be stated in it: consent, and the customer where a cookie proved who it was',
  ),
  at: Time.optional().describe(
    'When it was asked. Only needed where the request had a `seed`: the id then tells the day alone. Without it, the end of that day or now',
  ),
});
export type ReplayRequest = z.infer<typeof ReplayRequest>;

export const ReplayAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    identical: z.boolean().describe('Whether the same items come out in the same order by the same strategy'),
    placement: z.string(),
    strategy: z.string(),
    fallback: z.boolean(),
    decidedAt: z.string().describe('As of when it was decided again'),
    versions: DecideAnswer.shape.versions.describe('Those that the id names'),
    items: z.array(RecommendedItem).describe('What comes out now; in place of what has gone is what there is today'),
    gone: z
      .array(z.string())
      .describe('Inputs that are not what they were, such as `catalog c8f1`, `config 17`, `cards k204`, `visitor`'),
    differs: z.array(z.number()).describe('Positions, from 0, at which another item stands, or none'),
  }),
);
export type ReplayAnswer = z.infer<typeof ReplayAnswer>;
