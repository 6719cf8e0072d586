/**
 * What a recommendationId says: which placement showed which items, by which strategy, and from what it was decided. Nothing about it is stored anywhere
 * else. Here are its bytes; they are signed where the deployment's secret is (http/recommendation-ids.ts). Pure.
 *
 * `r_` and base64url of: format (1 byte), flags (1), time (6), seed (4), the versions of config, cards and catalogue (numbers of seven bits a byte), the
 * placement (its length, then UTF-8), the strategy (2, a hash), then as flagged: the version of sessions (as above), the explored position (1) with its probability (2), the visitor's stamp
 * (2), the country (2), the device (1); the arms (their number, 4 each), the items (2 each); and 16 bytes of signature. Eight items make some 90 characters, a hundred 340.
 */
import { STRATEGIES } from '../config/schema-placements.ts';
import { base64Url, bytesOfBase64Url } from '../shared/base64.ts';
import { fnv1a32, key53 } from '../shared/hash.ts';
import { EXPLORED } from './explore.ts';

/** What was recommended, and what a replay needs to know. */
export interface Issued {
  placement: string;
  strategy: string;
  fallback: boolean;
  /** Epoch milliseconds. Of an answer to a request with a `seed`: the beginning of its day in UTC, so that the same answer has the same id. */
  at: number;
  isSeeded: boolean;
  /** It attributes nothing. */
  isDryRun: boolean;
  /** What chance began with, an unsigned 32-bit integer. */
  seed: number;
  versions: { config: number; catalog: string; cards: string; sessions?: string };
  /** The randomised slot: its index, and with what probability it got this item. Null where none was. */
  explored: { index: number; probability: number } | null;
  /** Of the visitor's memory as it was read, see {@link stampOf}; null when the decision was made without. */
  stamp: number | null;
  /** Where the request came from, where its body did not say; two letters. */
  country: string | null;
  /** With what, where its body did not say. */
  device: string | null;
  /** Hashes of experiments with their variations. */
  arms: readonly number[];
  /** Hashes of the items in order of position, see {@link itemHash}. */
  items: readonly number[];
}

const FORMAT = 1;
const SIGNATURE_BYTES = 16;
const PROBABILITY_STEPS = 65_535;
const ID = /^r_[A-Za-z0-9_-]{40,700}$/;
/** Room for everything but the placement, the arms and the items. */
const MOST_OTHERS = 64;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

const FLAGS = {
  fallback: 1,
  isDryRun: 2,
  isSeeded: 4,
  explored: 8,
  stamp: 16,
  country: 32,
  sessions: 64,
  device: 128,
} as const;
const DEVICES = ['mobile', 'tablet', 'desktop'];

const low16 = (hash: number): number => hash % 65_536;

/** By two bytes another item is taken for one of a hundred with probability 0.0015. */
export function itemHash(itemId: string): number {
  return low16(key53(itemId));
}

export function strategyHash(strategy: string): number {
  return low16(fnv1a32(strategy));
}

/** Tells a memory from what it was before or after. Two bytes: one of 65,536 others passes for it. */
export function stampOf(
  profile: {
    events: number;
    seenAt: number;
    createdAt: number;
    orders: readonly unknown[];
    hidden: readonly unknown[];
  } | null,
): number | null {
  if (profile === null) return null;
  const { events, seenAt, createdAt, orders, hidden } = profile;
  return low16(fnv1a32([events, seenAt, createdAt, orders.length, hidden.length].join(' ')));
}

const NAMES = new Map(
  [...STRATEGIES, EXPLORED].map((strategy): [number, string] => [strategyHash(strategy), strategy]),
);

/** The bytes that are signed. Written into one array: this is done for every placement of every answer. */
export function bytesOf(issued: Issued): Uint8Array<ArrayBuffer> {
  const { versions, explored, stamp, country, device, arms, items } = issued;
  const placement = ENCODER.encode(issued.placement);
  const bytes = new Uint8Array(MOST_OTHERS + placement.length + 4 * arms.length + 2 * items.length);
  let at = 0;
  const put = (value: number, size: number): void => {
    for (let i = size - 1, left = value; i >= 0; i--, left = Math.floor(left / 256)) bytes[at + i] = left % 256;
    at += size;
  };
  const putNumber = (value: number): void => {
    let left = value;
    for (; left >= 128; left = Math.floor(left / 128)) bytes[at++] = (left % 128) + 128;
    bytes[at++] = left;
  };
  const putText = (text: Uint8Array): void => {
    bytes.set(text, at);
    at += text.length;
  };
  put(FORMAT, 1);
  put(flagsOf(issued), 1);
  put(issued.at, 6);
  put(issued.seed, 4);
  putNumber(versions.config);
  putNumber(Number(versions.cards.slice(1)));
  putNumber(Number.parseInt(versions.catalog.slice(1), 16));
  put(placement.length, 1);
  putText(placement);
  put(strategyHash(issued.strategy), 2);
  if (versions.sessions !== undefined) putNumber(Number(versions.sessions.slice(1)));
  if (explored !== null) put(explored.index, 1);
  if (explored !== null) put(Math.max(1, Math.round(explored.probability * PROBABILITY_STEPS)), 2);
  if (stamp !== null) put(stamp, 2);
  if (country !== null) putText(ENCODER.encode(country));
  if (device !== null) put(DEVICES.indexOf(device), 1);
  put(arms.length, 1);
  for (const arm of arms) put(arm, 4);
  for (const item of items) put(item, 2);
  return bytes.slice(0, at);
}

function flagsOf({ fallback, isDryRun, isSeeded, explored, stamp, country, device, versions }: Issued): number {
  return (
    (fallback ? FLAGS.fallback : 0) +
    (isDryRun ? FLAGS.isDryRun : 0) +
    (isSeeded ? FLAGS.isSeeded : 0) +
    (explored === null ? 0 : FLAGS.explored) +
    (stamp === null ? 0 : FLAGS.stamp) +
    (country === null ? 0 : FLAGS.country) +
    (device === null ? 0 : FLAGS.device) +
    (versions.sessions === undefined ? 0 : FLAGS.sessions)
  );
}

/** @returns null for bytes that say nothing; whose signature holds always say something, as long as their format is known */
export function issuedFrom(bytes: Uint8Array): Issued | null {
  let at = 0;
  const take = (size: number): number => {
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + (bytes[at++] ?? 0);
    return value;
  };
  const takeNumber = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = take(1);
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  const takeText = (size: number): string => {
    at += size;
    return DECODER.decode(bytes.subarray(at - size, at));
  };
  if (take(1) !== FORMAT) return null;
  const flags = take(1);
  const issuedAt = take(6);
  const seed = take(4);
  const config = takeNumber();
  const cards = `k${takeNumber()}`;
  const catalog = `c${takeNumber().toString(16)}`;
  const placement = takeText(take(1));
  const strategy = NAMES.get(take(2)) ?? '';
  const sessions = flags & FLAGS.sessions ? { sessions: `s${takeNumber()}` } : {};
  const explored = flags & FLAGS.explored ? { index: take(1), probability: take(2) / PROBABILITY_STEPS } : null;
  const stamp = flags & FLAGS.stamp ? take(2) : null;
  const country = flags & FLAGS.country ? takeText(2) : null;
  const device = flags & FLAGS.device ? (DEVICES[take(1)] ?? null) : null;
  const arms = Array.from({ length: take(1) }, () => take(4));
  const items = Array.from({ length: Math.max(0, Math.floor((bytes.length - at) / 2)) }, () => take(2));
  return {
    ...{ placement, strategy, at: issuedAt, seed, explored, stamp, country, device, arms, items },
    fallback: (flags & FLAGS.fallback) > 0,
    isDryRun: (flags & FLAGS.isDryRun) > 0,
    isSeeded: (flags & FLAGS.isSeeded) > 0,
    versions: { config, catalog, cards, ...sessions },
  };
}

/** The id of signed bytes. @param signature 16 bytes of it count */
export function idOf(bytes: Uint8Array, signature: Uint8Array): string {
  const whole = new Uint8Array(bytes.length + SIGNATURE_BYTES);
  whole.set(bytes);
  whole.set(signature.subarray(0, SIGNATURE_BYTES), bytes.length);
  return base64Url(whole, 'r_');
}

/** An id taken apart; null for what is none, also where another text would stand for the same bytes. */
export function partsOf(id: string): { bytes: Uint8Array<ArrayBuffer>; signature: Uint8Array<ArrayBuffer> } | null {
  const whole = ID.test(id) ? bytesOfBase64Url(id.slice(2)) : null;
  if (whole === null) return null;
  const end = whole.length - SIGNATURE_BYTES;
  const parts = { bytes: whole.slice(0, end), signature: whole.slice(end) };
  return idOf(parts.bytes, parts.signature) === id ? parts : null;
}
