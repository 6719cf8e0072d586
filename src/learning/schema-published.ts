/** Names and the manifest of what the learner publishes to KV `CARDS`. */
import * as z from 'zod';
import { documented } from '../shared/documented.ts';

/** What the hold-out has found about the blend of cards and sessions. Shares of hit rates at 20, 0 to 1. */
export const BlendFigures = /* @__PURE__ */ documented(() =>
  z.object({
    cards: z.number().describe('Hit rate of the cards alone.'),
    blend: z.number().describe('Hit rate of cards and sessions together, on the same views.'),
    gain: z.number(),
    interval: z.tuple([z.number(), z.number()]).describe('Of the gain, 99 %.'),
    n: z.number().describe('Views that count: the newest ones, at most about 40,000.'),
  }),
);
export type BlendFigures = z.infer<typeof BlendFigures>;

/** A choice that the shop's own orders make. */
export const HoldOut = /* @__PURE__ */ documented(() =>
  z.object({
    isOn: z.boolean(),
    trials: z.number().describe('Orders of which one item was hidden and looked for.'),
    gain: z.number().nullable().describe('What it adds to the hit rate at 10, 0 to 1.'),
    interval: z.array(z.number()).nullable().describe('Of the gain, 99 %: from, to.'),
  }),
);

/** What is published at the moment: the one key that changes. */
export const Manifest = z.object({
  format: z.literal(1),
  /** Counts publications. */
  version: z.number().int().min(1),
  publishedAt: z.number(),
  /** Cards lie in `2^bits` chunks: chunk = key mod 2^bits. */
  bits: z.number().int().min(0).max(24),
  /**
   * The published object of each chunk, `<chunk>/<version>`; null where there are no cards. After the number of chunks was doubled, halves that have not
   * changed since still name what they were split from.
   */
  chunks: z.array(z.string().nullable()),
  /** Version of the counts. */
  counts: z.number().int().min(1),
  /** Version of the index of sessions; absent where the blend is off. */
  sessions: z.number().int().min(1).exactOptional(),
  /** Absent before the hold-out has tried anything. */
  blend: BlendFigures.exactOptional(),
});
export type Manifest = z.infer<typeof Manifest>;

export const manifestKey = (shop: string): string => `${shop}/manifest/0`;
export const chunkKey = (shop: string, name: string): string => `${shop}/cards/${name}`;
export const sessionsKey = (shop: string, version: number): string => `${shop}/sessions/${version}`;
export const countsKey = (shop: string, version: number): string => `${shop}/counts/${version}`;

/** The chunk that a card lies in. The low bits of a key are as random as the others. */
export function chunkOf(key: number, bits: number): number {
  return key % 2 ** bits;
}
