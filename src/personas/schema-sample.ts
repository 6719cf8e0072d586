import * as z from 'zod';
import { documented } from '../shared/documented.ts';

/** Facts of a sample at most: those of {@link SAMPLED} and the strongest categories. */
const MOST_FACTS = 32;

/** A visitor as the shop's statistics know one: numbers under a pseudonym, sent with a flush under personal consent only. */
export const Sample = z.object({
  /** 53 bits of a hash of a random pseudonym: nothing computes it from an id, and what the archive knows the visitor by is another one. */
  key: z.int().min(0),
  /** Epoch milliseconds. */
  at: z.number().min(0).max(8.64e15),
  /** When it is to be forgotten. */
  until: z.number().min(0).max(8.64e15),
  /** Of the last order; absent without any. */
  orderedAt: z.number().min(0).max(8.64e15).exactOptional(),
  /** By the path that conditions name. */
  facts: z
    .record(z.string().min(1).max(120), z.number())
    .refine((facts) => Object.keys(facts).length <= MOST_FACTS, `has at most ${MOST_FACTS} facts`),
});
export type Sample = z.infer<typeof Sample>;

/** Facts about a visitor that a sample carries, where they are known. */
export const SAMPLED = [
  'visitor.visits',
  'visitor.evidence',
  'visitor.pagesPerVisit',
  'visitor.viewsPerVisit',
  'visitor.searchesPerVisit',
  'visitor.minutesPerVisit',
  'affinity.priceLevel',
  'affinity.discount.viewed',
  'affinity.discount.bought',
  'rfm.frequency',
  'rfm.monetary',
] as const;

/** A sample as it is told to the shop: whose it is nobody can say. */
export const SamplesAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    samples: z.array(
      z.object({
        at: z.string(),
        orderedAt: z.string().exactOptional(),
        facts: Sample.shape.facts.describe('By the path that conditions name'),
      }),
    ),
  }),
);
export type SamplesAnswer = z.infer<typeof SamplesAnswer>;
