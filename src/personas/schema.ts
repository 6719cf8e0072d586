import * as z from 'zod';
import { documented } from '../shared/documented.ts';

/** What a persona's evidence is about: the first step of the fact that its condition names. The closed list. */
const PERSONA_REASON_CODES = [
  'category_affinity',
  'brand_affinity',
  'price_affinity',
  'visitor',
  'trait',
  'lifecycle',
  'rfm',
  'session',
  'page',
  'cart',
  'context',
  'other',
] as const;
export type PersonaReasonCode = (typeof PERSONA_REASON_CODES)[number];

/** One piece of evidence. The weights of all of them add up to the persona's log-odds against nobody in particular. */
export const PersonaReason = /* @__PURE__ */ documented(() =>
  z.object({
    code: z.enum(PERSONA_REASON_CODES),
    /** The rest of the fact's path: `gifts` of `affinity.category.gifts`. */
    detail: z.string(),
    weight: z.number(),
  }),
);
export type PersonaReason = z.infer<typeof PersonaReason>;

/** Key of the assignment when no persona is sure enough. */
export const UNKNOWN_PERSONA = 'unknown';

/** What hysteresis remembers from one update to the next. */
export interface Held {
  /** The persona assigned; `unknown` where none was sure enough. */
  key: string;
  /** Who had the margin over it in the last update: a persona, or `unknown`; null when nobody had. */
  challenger: string | null;
}

/** Who the visitor seems to be, how surely, and why. */
export const PersonaAssignment = /* @__PURE__ */ documented(() =>
  z.object({
    key: z.string(),
    name: z.string(),
    /** 0 to 1: the softmax over all personas and `unknown`. */
    confidence: z.number(),
    reasons: z.array(PersonaReason),
    /** Who will take its place if the next update says so again: a persona, `unknown`, or null. */
    challenger: z
      .string()
      .nullable()
      .describe(
        'A persona (or `unknown`) that was surer by the margin in the last update: it takes over if the next one says so again',
      ),
    /** All of them, `unknown` included, the likeliest first; confidences add up to 1. */
    alternatives: z.array(z.object({ key: z.string(), confidence: z.number() })),
  }),
);
export type PersonaAssignment = z.infer<typeof PersonaAssignment>;

/** Where visitors are in the life of a customer; lifecycle.ts says by which rules. */
export const LIFECYCLES = ['new', 'active', 'loyal', 'at-risk', 'lapsed'] as const;
export const Lifecycle = z.enum(LIFECYCLES);
export type Lifecycle = z.infer<typeof Lifecycle>;

/** Thirds of a shop's customers by what they have spent. */
export const TIERS = ['low', 'medium', 'high'] as const;
const Score = z.int().min(1).max(5).nullable();

const RfmAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    recencyDays: z.number().nullable().describe('Since the last order, null without any'),
    frequency: z.number().describe('Orders'),
    monetary: z.number().describe('What they were worth, in the shop’s currency'),
    recencyScore: Score.describe(
      'Fifth of the shop’s customers by how lately they bought, 5 the latest; null without an order, and while too few customers are known',
    ),
    frequencyScore: Score.describe('By how often'),
    monetaryScore: Score.describe('By how much'),
    tier: z.enum(TIERS).nullable().describe('Third of the shop’s customers by what they have spent'),
  }),
);

/** All that is said of who a visitor seems to be. */
export const PersonaPart = /* @__PURE__ */ documented(() =>
  PersonaAssignment.extend({
    lifecycle: Lifecycle.describe(
      'new: first visit, nothing bought. active: has come back, or bought and keeps to the own rhythm. loyal: the same, on three occasions or more. at-risk: later than the own rhythm explains. lapsed: no more orders to be expected.',
    ),
    rfm: RfmAnswer,
  }),
);
export type PersonaPart = z.infer<typeof PersonaPart>;
