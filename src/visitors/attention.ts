import type { Met } from '../experiments/schema-exposures.ts';
import { budgetLeft, type Moment, standsAgainst } from '../messages/choose.ts';
import type { Caps } from '../messages/compile.ts';
import { addMessage, seenIn, withHanded } from '../messages/heard.ts';
import { type Attention, type Handed, type HeldBack, noAttention, type Offer } from '../messages/schema.ts';
import { release, settled, spend, standing } from '../messages/spend.ts';
import { adopt } from './adopt.ts';
import { hasToTell } from './deliver.ts';
import { countBy, meet, profilesFor } from './experience.ts';
import { isPaying } from './paying.ts';
import { readable } from './read.ts';
import type { ConsentAsked, Observation, Profile, Proof } from './schema.ts';
import { noteReceipt, type VisitorState } from './state.ts';

const MINUTE_MS = 60_000;

/** Something that wants a visitor's attention, as whoever decides found it fit. */
export interface Offerable {
  key: string;
  group: string | null;
  caps: Caps;
  kind: Offer['kind'];
  isGhost: boolean;
  /** Its impressionId. */
  id: string;
  /** For so long it is held a place, until the page says that its moment has come; absent: it is spent at once. */
  waitSeconds?: number;
  /** '' for its own content. */
  variant: string;
  /** What is met with it: its holdout, its variants. */
  met?: Met[];
}

/** What is asked of the one who keeps count. */
export interface OfferAsked extends Pick<Moment, 'budget' | 'now' | 'since' | 'page' | 'isPaying'> {
  /** The most important first. */
  offers: Offerable[];
  /** ImpressionIds of what waited on pages that were left, and was not shown; absent: the page does not say. */
  unshown?: string[];
}

/** The same, of a visitor's object. */
export interface OfferRequest
  extends OfferAsked,
    Pick<Observation, 'shop' | 'sender' | 'network' | 'sessionMinutes' | 'retention' | 'flushSeconds'> {
  consent: ConsentAsked;
  proof: Proof | null;
  /** Of a customer: the visitor's object remembers what was handed to its pages. */
  isHandedElsewhere?: true;
}

export interface Granted {
  granted: Offer[];
  refused: { key: string; why: HeldBack }[];
}

/**
 * Grants what caps and budget still allow: what was decided may rest on an older count, when a visitor has two pages or two devices open.
 * @param spent all that is known to have been offered
 */
export function grant(spent: Attention, asked: OfferAsked): Granted {
  const answer: Granted = { granted: [], refused: [] };
  let counted = standing(release(spent, asked.unshown ?? []), asked.now);
  const { left, why } = budgetLeft({ ...asked, spent: counted });
  for (const { key, kind, group, caps, isGhost, id, waitSeconds } of asked.offers) {
    const against = standsAgainst({ key, group, caps }, { ...asked, spent: counted });
    const refusal = against ?? (answer.granted.length >= left ? why : null);
    if (refusal !== null) {
      answer.refused.push({ key, why: refusal });
      continue;
    }
    const offer: Offer = { key, kind, group, at: asked.now, ...(isGhost ? { ghost: true as const } : {}) };
    const waits = waitSeconds === undefined ? {} : { waits: { id, lapsesAt: asked.now + waitSeconds * 1000 } };
    answer.granted.push({ ...offer, ...waits });
    counted = spend(counted, [offer]);
  }
  return answer;
}

/** Grants what the visitor's memory still allows, and remembers it there, in place. */
export function keepOffers(state: VisitorState, asked: OfferRequest, consent: 'session' | 'personal'): Granted {
  const { now } = asked;
  const read = readable(state, now, { consent, orders: false });
  // Meanwhile they may have begun to pay, on another page or device.
  const isNowPaying = isPaying(read?.paying, { page: asked.page, now, pauseMs: asked.sessionMinutes * MINUTE_MS });
  const answer = grant(read?.attention ?? noAttention(), { ...asked, isPaying: asked.isPaying || isNowPaying });
  if (answer.granted.length === 0) return answer;
  for (const one of rememberedIn(state, asked, consent))
    one.attention = spend(one.attention ?? noAttention(), answer.granted);
  meetOffers(state, asked, { granted: answer.granted, consent });
  return answer;
}

const changed = (state: VisitorState, change: (spent: Attention) => Attention): boolean => {
  let isOther = false;
  for (const one of [state.profile, state.base]) {
    const before = one?.attention;
    if (one === null || before === undefined) continue;
    one.attention = change(before);
    isOther ||= one.attention !== before;
  }
  return isOther;
};

/** Frees the places of what found no moment, in place. @returns whether there were any */
export const keepReleased = (state: VisitorState, ids: readonly string[]): boolean =>
  changed(state, (spent) => release(spent, ids));

/** Of a customer: counts what one of the visitors was shown, in place. @returns whether any of it had a place held here */
export function keepSeen(state: VisitorState, handed: readonly Handed[]): boolean {
  const seen = seenIn(handed);
  return changed(state, (spent) => settled(spent, seen));
}

/** Who was chosen for a message has met its holdout and its variants. */
function meetOffers(
  state: VisitorState,
  asked: OfferRequest,
  { granted, consent }: { granted: readonly Offer[]; consent: 'session' | 'personal' },
): void {
  const { now, sessionMinutes, flushSeconds } = asked;
  const met = granted.flatMap(
    ({ key, kind }) => asked.offers.find((one) => one.key === key && one.kind === kind)?.met ?? [],
  );
  if (met.length === 0) return;
  for (const one of profilesFor(state, consent, now)) meet(one, met, { at: now, sessionMinutes });
  countBy(state, now + flushSeconds * 1000);
}

/** The profiles in which something is remembered, with consent to it; made where there are none. In place. */
function rememberedIn(state: VisitorState, asked: OfferRequest, consent: 'session' | 'personal'): Profile[] {
  const { core } = state;
  const { now } = asked;
  adopt(state, asked);
  const profiles = profilesFor(state, consent, now);
  noteReceipt(core, now);
  return profiles;
}

/** Remembers what was handed to this visitor's pages, and has it counted, in place. */
export function keepHanded(
  state: VisitorState,
  asked: OfferRequest,
  { granted, consent }: { granted: readonly Offer[]; consent: 'session' | 'personal' },
): void {
  const { core } = state;
  const { now } = asked;
  const messages = granted.flatMap((offer) => {
    const { id, variant } = asked.offers.find((one) => one.key === offer.key && one.kind === offer.kind) ?? {};
    return offer.kind !== 'message' || id === undefined ? [] : [{ key: offer.key, variant: variant ?? '', id, offer }];
  });
  if (messages.length === 0) return;
  if (!hasToTell(state)) core.flushAt = now + asked.flushSeconds * 1000;
  core.offered ??= {};
  for (const { offer, ...message } of messages)
    addMessage(core.offered, message, { at: now, metric: offer.ghost ? 'ghosts' : 'offers' });
  const shown = messages.flatMap(({ offer, ...message }): Handed[] => {
    if (!offer.ghost) return [{ ...message, at: now }];
    return offer.waits === undefined ? [] : [{ ...message, at: now, ghost: true }];
  });
  for (const one of rememberedIn(state, asked, consent))
    one.handed = withHanded(
      one.handed,
      shown.map((message) => ({ ...message })),
    );
}
