/** What `GET /v1/readiness` says. Plain data. */
import * as z from 'zod';
import { BlendFigures, HoldOut } from '../learning/schema-published.ts';
import { PersonasReadiness } from '../personas/schema-readiness.ts';
import { documented } from '../shared/documented.ts';

const Capability = /* @__PURE__ */ documented(() =>
  z.object({
    live: z.boolean(),
    needs: z.string().nullable().describe('What it still needs, null when it is live.'),
  }),
);

export const Readiness = /* @__PURE__ */ documented(() =>
  z.object({
    live: z.boolean().describe('Whether every capability is live.'),
    capabilities: z.record(z.string(), Capability),
    learning: z.object({
      pending: z.number().describe('Events that are not yet in published cards.'),
      published: z.string().describe('Version of the cards that decisions read.'),
      waiting: z.object({
        visitors: z.number().describe('Of the pending: in windows that are still open.'),
        learner: z.number().describe('Of the pending: learnt, but not yet published.'),
      }),
      bigBaskets: HoldOut.describe(
        'Whether companions are weighed against each other (`learning.bigBaskets`), and what the hold-out says.',
      ),
      buyAgain: HoldOut.describe(
        'Whether `buy_again` reads who comes back for what, and what the hold-out says: each order of somebody who bought before is tried before it is learnt, and so are the latest of an import.',
      ),
      contexts: z
        .record(
          z.string(),
          z.object({
            isOn: z.boolean(),
            trials: z.number().describe('First views and orders that were asked about before they were learnt.'),
            gain: z.number().describe('Bits that knowing it tells about an item.'),
            interval: z.array(z.number()).describe('Of the gain, 99 %: from, to.'),
          }),
        )
        .describe(
          'By country, device, daypart and source (kind of the page before): whether what is popular leans towards visitors who come like this, and what the hold-out says.',
        ),
      blend: BlendFigures.partial()
        .extend({
          setting: z.enum(['auto', 'on', 'off']).describe('`learning.blend` of the config.'),
          on: z.boolean().describe('Whether recent sessions have half the say in what comes next.'),
        })
        .describe(
          'What the shop’s own hold-out says about it, as of the last publication: views are looked for among twenty recommendations before they are learnt, made by the cards alone and by both. On as soon as the whole interval of the gain is above 0, off when it is below.',
        ),
    }),
    personas: PersonasReadiness,
    delivery: z.object({
      lagSeconds: z.number().describe('Age of the oldest window whose events are not all delivered, 0 without one.'),
      undelivered: z
        .number()
        .describe('Windows whose flushes are not all delivered; a window is a visit or a part of one.'),
      deadLetters: z
        .number()
        .describe('Flushes that failed too often: see /v1/dead-letters. Their visitors send them again.'),
      losses: z
        .number()
        .describe(
          'Events that were acknowledged and will not be counted: those of the flushes that a visitor’s object gave up, since for 14 days no attempt was confirmed by the counters and the learner. Every other acknowledged event is counted, or lies in an undelivered window. What was erased is not lost.',
        ),
    }),
    fallbacks: z
      .array(z.object({ placement: z.string(), strategy: z.string(), needs: z.string() }))
      .describe('Placements that are answered without one of their strategies, since it is not live.'),
    unknownItems: z.object({
      count: z.number().describe('Items with interactions that the catalogue does not know.'),
      of: z.number().describe('Items with interactions.'),
    }),
    unseenEvents: z.array(z.string()).describe('Names of events that never arrived.'),
  }),
);
export type Readiness = z.infer<typeof Readiness>;
