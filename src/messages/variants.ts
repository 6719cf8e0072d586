import { type BanditWeights, sharesFor } from '../experiments/bandit.ts';
import { chooseVariation, getBucketRanges } from '../experiments/bucket.ts';
import { ARMS } from '../experiments/schema-counts.ts';
import type { Met } from '../experiments/schema-exposures.ts';
import { bucket } from '../shared/hash.ts';
import type { CompiledMessage } from './compile.ts';

/** The variant that somebody gets, and how it was dealt, as it is to be remembered when it is met: key of the variant (`control` for the message's own content), version of the weights (0: equal ones), its chance. */
export type DealtVariant = Met & { weights: number; propensity: number };

/** Who asks. */
export interface VariantAsker {
  /** Who is dealt to. */
  unit: string;
  /** Null where none is sure enough. */
  persona: string | null;
  /** The variant that was met before, if any. */
  met: string | null;
}

/** What a message's variants are counted as. */
export const variantsKey = (message: string): string => `message:${message}`;

/** The arms of a message with variants: its own content first. */
const armsOfMessage = ({ variants }: Pick<CompiledMessage, 'variants'>): string[] => [
  ARMS.own,
  ...variants.map((variant) => variant.key),
];

/**
 * Deals a variant of a message: at random by visitor and message, by the weights of the visitor's persona, equally where there are none; whoever has met one keeps it.
 * @param weights of bandits by experiment key @returns null for a message without variants
 */
export function dealVariant(
  message: Pick<CompiledMessage, 'key' | 'variants'>,
  { unit, persona, met }: VariantAsker,
  weights: Readonly<Record<string, BanditWeights>> = {},
): DealtVariant | null {
  if (message.variants.length === 0) return null;
  const key = variantsKey(message.key);
  const arms = armsOfMessage(message);
  const inForce = Object.hasOwn(weights, key) ? weights[key] : undefined;
  const shares = sharesFor(inForce, arms, persona);
  const known = met === null ? -1 : arms.indexOf(met);
  const drawn = known >= 0 ? known : chooseVariation(bucket(key, unit), getBucketRanges(arms.length, 1, shares));
  // Shares that add up to a hair less than 1 leave the last arm what is missing.
  const at = drawn < 0 ? arms.length - 1 : drawn;
  return {
    experiment: key,
    phase: 0,
    arm: arms[at] ?? ARMS.own,
    ...(persona === null ? {} : { persona }),
    weights: inForce?.version ?? 0,
    propensity: shares[at] ?? 0,
  };
}
