import * as z from 'zod';

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
export const PersonaReason = z.object({
  code: z.enum(PERSONA_REASON_CODES),
  /** The rest of the fact's path: `gifts` of `affinity.category.gifts`. */
  detail: z.string(),
  weight: z.number(),
});
export type PersonaReason = z.infer<typeof PersonaReason>;

/** Key of the assignment when no persona is sure enough. */
export const UNKNOWN_PERSONA = 'unknown';

/** Who the visitor seems to be, how surely, and why. */
export const PersonaAssignment = z.object({
  key: z.string(),
  name: z.string(),
  /** 0 to 1: the softmax over all personas and `unknown`. */
  confidence: z.number(),
  reasons: z.array(PersonaReason),
  /** All of them, `unknown` included, the likeliest first; confidences add up to 1. */
  alternatives: z.array(z.object({ key: z.string(), confidence: z.number() })),
});
export type PersonaAssignment = z.infer<typeof PersonaAssignment>;
