import type { Increment } from '../experiments/schema-counts.ts';
import { contextOf } from '../learning/contexts.ts';
import type { ArchivedEvent, Flush, Order, Refund, View } from '../learning/schema.ts';
import type { MessageSums } from '../learning/schema-messages.ts';
import type { VisitSums } from '../learning/schema-visits.ts';
import { unitedMessages } from '../messages/heard.ts';
import type { Sample } from '../personas/schema-sample.ts';
import { fnv1a32, key53 } from '../shared/hash.ts';
import { sample, seededRandom } from '../shared/random.ts';
import { orderOf } from './orders.ts';
import { takeOwed } from './pages.ts';
import type { SequencedEvent } from './schema.ts';
import type { Core, Entry, VisitorState } from './state.ts';

/** A queue bills messages by 64 KB; what is around the parts takes the rest. */
const MOST_BYTES = 56_000;
const MOST_EVENTS = 100;
const MOST_LINES = 100;
/** So that an order and its archived copy fit into one message. */
const MOST_LINES_BYTES = 24_000;
/** The open batch is sealed early when it grows over these. */
const MOST_OPEN = 200;
const MOST_OPEN_CHARACTERS = 200_000;
const PAGE_IDS = 512;
const MINUTE_MS = 60_000;

const ENCODER = new TextEncoder();
const bytesOf = (plain: unknown): number => ENCODER.encode(JSON.stringify(plain)).byteLength;

/** What leaves the open batch: events that stay, and the flush that tells of them. */
export interface SealedBatch {
  number: number;
  /** Of receipt, the newest. */
  at: number;
  events: SequencedEvent[];
  flush: string;
  window: number | null;
}

/** A page of hashes of event ids. */
export interface IdPage {
  number: number;
  at: number;
  ids: number[];
}

export interface Sealed {
  batches: SealedBatch[];
  page: IdPage | null;
}

/** At most 100 lines and 24 KB of them: a sample drawn by the order's own id, so that it is the same whoever draws it. */
function fitLines<T>(lines: readonly T[], seed: string): T[] {
  const drawn = lines.length > MOST_LINES ? sample(lines, MOST_LINES, seededRandom(fnv1a32(seed))) : lines.slice();
  while (drawn.length > 1 && bytesOf(drawn) > MOST_LINES_BYTES) drawn.length = Math.ceil(drawn.length / 2);
  return drawn;
}

function archived(entry: Entry, core: Core, context: number): ArchivedEvent | null {
  const { event } = entry;
  if (event.consent !== 'personal') return null;
  const kept: ArchivedEvent = { name: event.name, at: event.at, visitor: core.pseudonym, sequence: event.sequence };
  if (event.page?.campaign !== undefined) kept.campaign = fnv1a32(event.page.campaign).toString(36);
  if (core.persona !== undefined) kept.persona = core.persona;
  if (context > 0) kept.context = context;
  if (!event.learn) kept.learn = false;
  if (event.trusted) kept.trusted = true;
  if (event.items !== undefined) {
    const items = event.items.map(({ itemId, quantity, price, own }) => ({
      itemId,
      ...(quantity === undefined ? {} : { quantity }),
      ...(price === undefined ? {} : { price }),
      ...(own === undefined ? {} : { own }),
    }));
    kept.items = fitLines(items, event.eventId);
  }
  if (entry.order !== undefined) kept.order = entry.order;
  if (event.currency !== undefined) kept.currency = event.currency;
  if (event.value !== undefined) kept.value = event.value;
  return kept;
}

function orderIn(entry: Entry, core: Core): Order | null {
  if (entry.isOrder !== true) return null;
  const { event } = entry;
  const order = orderOf(event);
  const { orderId, at, currency, value, gift } = order;
  const learn = event.learn && (event.trusted || core.teaching.qualified) && entry.isBeyondCap !== true;
  const lines = order.lines.map((line, i) => {
    const repeat = entry.repeats?.[i];
    return repeat === undefined ? line : { ...line, repeat };
  });
  const reported: Order = { orderId, at, currency, value, gift, lines: fitLines(lines, orderId), learn };
  if (learn && entry.past !== undefined) reported.past = entry.past;
  if (event.trusted) reported.source = 'server';
  if (entry.order !== undefined && event.consent === 'personal') reported.archivedAs = entry.order;
  if (entry.lines !== undefined) reported.attributed = entry.lines;
  if (entry.heard !== undefined) reported.heard = entry.heard;
  return reported;
}

function refundIn({ event, refunded }: Entry): Refund | null {
  if (refunded === undefined) return null;
  const named = event.items?.slice(0, MOST_LINES) ?? [];
  const items = named.map(({ itemId, quantity = null }) => ({ item: key53(itemId), quantity }));
  return {
    orderId: event.orderId ?? '',
    refundId: String(key53(event.eventId)),
    currency: event.currency ?? '',
    value: refunded,
    source: event.trusted ? 'server' : 'browser',
    ...(items.length > 0 ? { items } : {}),
  };
}

interface Gathered {
  entries: readonly Entry[];
  views: readonly View[];
  visits: VisitSums | null;
  messages: MessageSums | null;
}

interface Group {
  entries: Entry[];
  flush: Omit<Flush, 'flushId' | 'window'>;
  bytes: number;
}

function emptyGroup(core: Core): Group {
  const flush = { shop: core.shop, sender: core.sender, views: [], orders: [], counted: [], archived: [] };
  return { entries: [], flush, bytes: 0 };
}

/** @property context of the visit, see `contextOf` */
interface Whose {
  core: Core;
  context: number;
  /** What the flush that closes the window tells the shop's statistics. */
  sample: Sample | undefined;
}

/** Distributes events, views, increments and claims over messages: 100 of the former two at most, under 64 KB. Visits and messages go with the last. */
function grouped({ entries, views, visits, messages }: Gathered, { core, context }: Whose): Group[] {
  let group = emptyGroup(core);
  const groups = [group];
  const roomFor = (bytes: number, count: number): Group => {
    if (group.bytes > 0 && (group.bytes + bytes > MOST_BYTES || count >= MOST_EVENTS)) {
      group = emptyGroup(core);
      groups.push(group);
    }
    group.bytes += bytes;
    return group;
  };
  for (const entry of entries) {
    const counted = { name: entry.event.name, at: entry.event.at };
    const copy = archived(entry, core, context);
    const order = orderIn(entry, core);
    const refund = refundIn(entry);
    const { attributed = [] } = entry;
    const bytes = bytesOf([counted, copy, order, refund, attributed]);
    const { entries: taken, flush } = roomFor(bytes, group.entries.length);
    taken.push(entry);
    flush.counted.push(counted);
    if (copy !== null) flush.archived.push(copy);
    if (order !== null) flush.orders.push(order);
    if (attributed.length > 0) flush.attributed = [...(flush.attributed ?? []), ...attributed];
    if (refund !== null) flush.refunds = [...(flush.refunds ?? []), refund];
  }
  for (const view of views) roomFor(bytesOf(view) + 1, group.flush.views.length).flush.views.push(view);
  if (visits !== null) roomFor(bytesOf(visits), 0).flush.visits = visits;
  for (const increment of core.increments ?? []) addIncrement(roomFor(bytesOf(increment) + 1, 0).flush, increment);
  for (const claim of core.claims ?? []) {
    const { flush } = roomFor(bytesOf(claim) + 1, 0);
    flush.claims = [...(flush.claims ?? []), claim];
  }
  if (messages !== null) roomFor(bytesOf(messages), 0).flush.messages = messages;
  return groups.filter((one) => one.bytes > 0);
}

function addIncrement(flush: Group['flush'], increment: Increment): void {
  if (flush.increments === undefined) flush.increments = [increment];
  else flush.increments.push(increment);
}

/** The events of entries that may be shown. */
export function shown(entries: readonly Entry[]): SequencedEvent[] {
  return entries.filter((entry) => entry.isWithdrawn !== true).map((entry) => entry.event);
}

function sealGroups({ core, context, sample }: Whose, groups: readonly Group[], window: number | null): SealedBatch[] {
  const earlier = core.unconfirmed.find((flush) => flush.window === core.window);
  const first = earlier?.number ?? core.flushes + 1;
  return groups.map((group, i) => {
    const number = core.flushes + i + 1;
    const { shop, sender, ...parts } = group.flush;
    const closes = i === groups.length - 1 ? window : null;
    const flush: Flush = { flushId: `${core.name}.${number}`, shop, sender, window: closes, ...parts };
    if (closes !== null && first < number) flush.first = first;
    if (flush.views.length + flush.orders.length > 0) {
      if (core.network !== undefined) flush.network = core.network;
      if (core.persona !== undefined) flush.persona = core.persona;
      if (core.before !== undefined) flush.before = core.before;
      if (context > 0) flush.context = context;
    }
    if (closes !== null && sample !== undefined) flush.sample = sample;
    const events = shown(group.entries);
    const at = events.reduce((newest, event) => Math.max(newest, event.receivedAt), core.receivedAt);
    return { number, at, events, flush: JSON.stringify(flush), window: closes };
  });
}

/** What the counters have to be told of messages, in place. */
function messagesToTell(core: Core, entries: readonly Entry[]): MessageSums | null {
  const parts = [core.offered, ...entries.map((entry) => entry.messages)].filter((one) => one !== undefined);
  delete core.offered;
  return parts.length === 0 ? null : unitedMessages(parts);
}

/** What the counters have to be told of the visits, in place. What stays when the session ends has been told with it. */
function visitsToTell({ core, profile, base }: VisitorState): VisitSums | null {
  const pauseMs = core.sessionMinutes * MINUTE_MS;
  takeOwed(base?.visits, pauseMs);
  return takeOwed(profile?.visits, pauseMs);
}

/**
 * Fixes what has gathered as flushes: what they say will not change any more, however often they are sent. The last of them closes the window. In place.
 * @param now epoch milliseconds
 * @param keep how many of the newest events stay open (with the window), 0 to close it
 * @param hash of an event id
 */
export function seal(state: VisitorState, now: number, keep: number, hash: (eventId: string) => number): Sealed {
  const { core } = state;
  const kept = Math.min(keep, state.open.length);
  const leaving = state.open.slice(0, state.open.length - kept);
  const whose = { core, context: contextOf(state.profile?.session ?? {}), sample: state.sample };
  const isOpen = leaving.length + state.openViews.length > 0;
  const window = isOpen ? core.window : null;
  const messages = messagesToTell(core, leaving);
  const gathered = { entries: leaving, views: state.openViews, visits: visitsToTell(state), messages };
  const batches = sealGroups(whose, grouped(gathered, whose), kept === 0 ? window : null);
  delete state.sample;
  delete core.increments;
  delete core.claims;
  core.flushes += batches.length;
  if (core.unconfirmed.length === 0) core.confirmAt = Math.max(core.sessionEndsAt, now);
  for (const batch of batches) {
    core.unconfirmed.push({ number: batch.number, at: now, window });
    if (batch.events.some((event) => event.consent === 'session')) core.sessionBatches.push(batch.number);
  }
  state.open = state.open.slice(state.open.length - kept);
  state.openTexts = state.openTexts.slice(state.openTexts.length - kept);
  state.openViews = [];
  state.viewTexts = [];
  for (const entry of leaving) state.recent.push(hash(entry.event.eventId));
  if (state.recent.length < PAGE_IDS) return { batches, page: null };
  const page = { number: core.flushes, at: core.receivedAt, ids: state.recent };
  state.recent = [];
  return { batches, page };
}

/** Whether so much has gathered that it must be sealed before the flush is due. */
export function isOverfull(state: VisitorState): boolean {
  if (state.open.length > MOST_OPEN || state.openViews.length > MOST_OPEN) return true;
  return state.openTexts.reduce((sum, text) => sum + text.length, 0) > MOST_OPEN_CHARACTERS;
}
