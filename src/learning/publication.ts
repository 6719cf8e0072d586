/** When and what the learner publishes. Pure. */
import type { BlendFigures, Manifest } from './schema-published.ts';

/** What the shop's config says about it. */
export interface Freshness {
  cardsSeconds: number;
  kvWritesPerDay: number;
}

/** The daily budget of KV writes: a bucket that starts full and fills evenly. */
export interface Bucket {
  tokens: number;
  /** Epoch milliseconds at which `tokens` was right. */
  at: number;
}

/** The learner's own note of what it published. */
export interface Publication {
  manifest: Manifest | null;
  /** When each published chunk was written, epoch milliseconds; 0 where there is none. */
  writtenAt: number[];
  /** Whether KV has the manifest. */
  isAnnounced: boolean;
  bucket: Bucket;
  /** The published index of sessions; null or absent where the blend is off. */
  sessions?: PublishedSessions | null;
}

/** An index of sessions that was published. */
export interface PublishedSessions {
  version: number;
  /** Sessions that had been closed when it was made. */
  closed: number;
  /** When it was written, epoch milliseconds. */
  at: number;
}

const DAY_MS = 86_400_000;

/** Versions live seven days; they are written again this long after they were written. */
export const REWRITE_AFTER_MS = 5 * DAY_MS;

/**
 * Chunks of one publication; the others are served as they were until the next. Where companions are weighed against each other, cards all over the shelf
 * are read for them, once for all of one publication.
 */
export const REGRESSED_AT_ONCE = 32;
const MOST_AT_ONCE = 512;

/** Counts and manifest. */
const FIXED_WRITES = 2;

/** The share of the budget that is kept for aggregates (see analytics); item cards have the rest. On the free plan that is a write in 40 minutes. */
const AGGREGATES_SHARE = 0.04;

/** KV writes a day: what item cards may have, and what aggregates may. */
export function kvShares(perDay: number): { cards: number; aggregates: number } {
  return { cards: perDay * (1 - AGGREGATES_SHARE), aggregates: perDay * AGGREGATES_SHARE };
}

export function refill(bucket: Bucket, now: number, perDay: number): Bucket {
  return { tokens: Math.min(perDay, bucket.tokens + gained(bucket, now, perDay)), at: now };
}

/** What a bucket gains until now. */
export function gained(bucket: Bucket, now: number, perDay: number): number {
  return (Math.max(0, now - bucket.at) / DAY_MS) * perDay;
}

export interface PublicationPlan {
  /** Chunks to write; null when nothing is to be published now. */
  chunks: number[] | null;
  /** What becomes of the index of sessions with this publication. */
  sessions: 'write' | 'keep' | 'drop';
  /** When to look again, epoch milliseconds; null when nothing is waiting. */
  nextAt: number | null;
}

export interface PublicationState {
  publication: Publication;
  /** Changed chunks, longest waiting first. */
  unpublished: readonly number[];
  countsChanged: boolean;
  /** The index of sessions that is to be there; null: none is. */
  sessions: { closed: number } | null;
  /** Whether companions are weighed against each other. */
  bigBaskets: boolean;
  now: number;
  freshness: Freshness;
}

function planSessions({ publication, sessions, now }: PublicationState): PublicationPlan['sessions'] {
  const there = publication.sessions ?? null;
  if (sessions === null) return there === null ? 'keep' : 'drop';
  return there?.closed === sessions.closed && now - there.at < REWRITE_AFTER_MS ? 'keep' : 'write';
}

/**
 * Plans a publication: changed chunks, longest waiting first, and those whose time to live runs out, as many as one alarm can do and the budget allows
 * after counts, manifest and the index of sessions.
 */
export function planPublication(state: PublicationState): PublicationPlan {
  const { publication, now, freshness } = state;
  const { manifest, writtenAt } = publication;
  const aged = writtenAt.flatMap((at, chunk) => (at > 0 && now - at >= REWRITE_AFTER_MS ? [chunk] : []));
  const due = [...new Set([...aged, ...state.unpublished])];
  const sessions = planSessions(state);
  const countsAged = manifest !== null && now - manifest.publishedAt >= REWRITE_AFTER_MS;
  if (due.length === 0 && !state.countsChanged && !countsAged && sessions === 'keep') {
    const others = [manifest?.publishedAt, publication.sessions?.at].map((at) => at ?? Number.POSITIVE_INFINITY);
    const oldest = Math.min(...writtenAt.filter((at) => at > 0), ...others);
    return { chunks: null, sessions, nextAt: Number.isFinite(oldest) ? oldest + REWRITE_AFTER_MS : null };
  }
  const soonest = (manifest?.publishedAt ?? Number.NEGATIVE_INFINITY) + freshness.cardsSeconds * 1000;
  if (soonest > now) return { chunks: null, sessions, nextAt: soonest };
  const { tokens } = refill(publication.bucket, now, freshness.kvWritesPerDay);
  const fixed = FIXED_WRITES + (sessions === 'write' ? 1 : 0);
  const least = fixed + Math.min(1, due.length);
  if (tokens < least) {
    const missing = least - tokens;
    return { chunks: null, sessions, nextAt: now + Math.ceil((missing / freshness.kvWritesPerDay) * DAY_MS) };
  }
  const most = state.bigBaskets ? REGRESSED_AT_ONCE : MOST_AT_ONCE;
  const chunks = due.slice(0, Math.min(most, Math.floor(tokens) - fixed));
  return { chunks, sessions, nextAt: now + freshness.cardsSeconds * 1000 };
}

/** The note after chunks were written, none of them announced yet. */
export function published(
  before: Publication,
  wrote: {
    chunks: readonly number[];
    empty: readonly number[];
    bits: number;
    /** The index of sessions that is there now. */
    sessions: PublishedSessions | null;
    figures: BlendFigures | null;
    now: number;
  },
  perDay: number,
): Publication & { manifest: Manifest } {
  const { chunks, empty, bits, sessions, figures, now } = wrote;
  const old = before.manifest;
  const version = (old?.version ?? 0) + 1;
  const oldSize = old?.chunks.length ?? 1;
  const names = Array.from({ length: 2 ** bits }, (_, chunk) => old?.chunks[chunk % oldSize] ?? null);
  const writtenAt = Array.from({ length: 2 ** bits }, (_, chunk) => before.writtenAt[chunk % oldSize] ?? 0);
  for (const chunk of chunks) {
    const isEmpty = empty.includes(chunk);
    names[chunk] = isEmpty ? null : `${chunk}/${version}`;
    writtenAt[chunk] = isEmpty ? 0 : now;
  }
  const bucket = refill(before.bucket, now, perDay);
  bucket.tokens -= chunks.length - empty.length + FIXED_WRITES + (sessions?.version === version ? 1 : 0);
  const blend = {
    ...(sessions === null ? {} : { sessions: sessions.version }),
    ...(figures === null ? {} : { blend: figures }),
  };
  return {
    manifest: { format: 1, version, publishedAt: now, bits, chunks: names, counts: version, ...blend },
    writtenAt,
    sessions,
    isAnnounced: false,
    bucket,
  };
}
