import type { SiteConfig } from '../config/schema.ts';
import type { Consent } from '../events/schema.ts';
import { DAY_MS } from '../shared/decay.ts';
import { bucket } from '../shared/hash.ts';
import type { Facts } from '../targeting/schema.ts';
import type { CompiledMessage } from './compile.ts';
import type { Attention, HeldBack, Offer } from './schema.ts';
import { spend } from './spend.ts';

const MINUTE_MS = 60_000;

/** Everything that decides which messages a visitor gets now. */
export interface Moment {
  facts: Facts;
  spent: Attention;
  budget: SiteConfig['attention'];
  consent: Consent;
  /** Epoch milliseconds. */
  now: number;
  /** Hour of the day, 0 to 23: where the visitor is, and where the shop is. */
  hours: Readonly<Record<'visitor' | 'shop', number>>;
  /** Hours between this visit and the one before; null on the first. */
  hoursAway: number | null;
  /** When the visitor's session began, epoch milliseconds; without one, the length of a session ago. */
  since: number;
  /** Type of the page, null where it was not said. */
  page: string | null;
  /** Nothing may want the attention of somebody who is paying. */
  isPaying: boolean;
  /** Placements that are asked about; null: all. */
  placements: ReadonlySet<string> | null;
  /** When the shop last told of something, by its key, epoch milliseconds. */
  events: ReadonlyMap<string, number>;
  /** Whom holdouts are drawn by. */
  unit: string;
  /** Whether its texts can be filled. */
  isComplete(message: CompiledMessage): boolean;
}

export interface Choice {
  /** The most important first. Ghosts take their places and caps, and are not shown. */
  offers: { message: CompiledMessage; isGhost: boolean }[];
  /** Messages that were meant for this visitor, and why each was held back. */
  heldBack: { message: CompiledMessage; why: HeldBack }[];
}

const ORDER: readonly Consent[] = ['none', 'session', 'personal'];

/** Whether a message is meant for this visitor on this page now; nothing is held back that was never meant. */
function isMeant(message: CompiledMessage, moment: Moment): boolean {
  const { now, hours, hoursAway, page, placements, events, facts } = moment;
  if (placements !== null && !placements.has(message.placement)) return false;
  if (message.from !== null && now < message.from) return false;
  if (message.until !== null && now >= message.until) return false;
  if (message.hours !== null && !isWithin(hours[message.clock], message.hours)) return false;
  const { returnAfterHours } = message;
  if (returnAfterHours !== null && (hoursAway === null || hoursAway < returnAfterHours)) return false;
  if (message.pages !== null && (page === null || !message.pages.has(page))) return false;
  if (message.event !== null && !isAnswerTo(message.key, events.get(message.event), moment)) return false;
  return message.audience(facts);
}

/** What the shop told is answered once. */
function isAnswerTo(key: string, toldAt: number | undefined, { spent }: Moment): boolean {
  return toldAt !== undefined && !spent.offers.some((offer) => offer.key === key && offer.at >= toldAt);
}

const isWithin = (hour: number, [from, until]: readonly [number, number]): boolean =>
  from <= until ? hour >= from && hour < until : hour >= from || hour < until;

function count(offers: readonly Offer[], counts: (offer: Offer) => boolean): number {
  let sum = 0;
  for (const offer of offers) if (counts(offer)) sum++;
  return sum;
}

const reached = (cap: number | null | undefined, spent: () => number): boolean => cap != null && spent() >= cap;

/** The cap or dismissal that stands against a message by itself. */
export function standsAgainst(
  message: Pick<CompiledMessage, 'key' | 'group' | 'caps'>,
  moment: Pick<Moment, 'spent' | 'budget' | 'now' | 'since'>,
): HeldBack | null {
  const { spent, budget, now, since } = moment;
  const { key, group, caps } = message;
  const { offers } = spent;
  const dayAgo = now - DAY_MS;
  if (Object.hasOwn(spent.dismissed, key)) return 'dismissed';
  if (reached(caps.perSession, () => count(offers, (one) => one.key === key && one.at >= since))) return 'cap_session';
  if (reached(caps.perDay, () => count(offers, (one) => one.key === key && one.at > dayAgo))) return 'cap_day';
  if (reached(caps.perVisitor, () => spent.totals[key] ?? 0)) return 'cap_visitor';
  const limits = group === null ? undefined : budget.groups[group];
  if (limits === undefined) return null;
  if (reached(limits.perSession, () => count(offers, (one) => one.group === group && one.at >= since)))
    return 'group_session';
  return reached(limits.perDay, () => count(offers, (one) => one.group === group && one.at > dayAgo))
    ? 'group_day'
    : null;
}

/** What is left of the one budget that messages, surveys and guides share; null when there is none for now. */
export function budgetLeft({
  spent,
  budget,
  now,
  since,
  page,
  isPaying,
}: Pick<Moment, 'spent' | 'budget' | 'now' | 'since' | 'page' | 'isPaying'>): { left: number; why: HeldBack } {
  if (isPaying || (page !== null && budget.never.includes(page))) return { left: 0, why: 'never_here' };
  const inSession = budget.perSession - count(spent.offers, (one) => one.at >= since);
  if (inSession <= 0) return { left: 0, why: 'budget_session' };
  const last = spent.offers.reduce((latest, one) => Math.max(latest, one.at), Number.NEGATIVE_INFINITY);
  if (now - last < budget.minutesBetween * MINUTE_MS) return { left: 0, why: 'budget_pause' };
  return inSession < budget.perPage
    ? { left: inSession, why: 'budget_session' }
    : { left: budget.perPage, why: 'budget_page' };
}

/**
 * Chooses what is said now: of the messages that are meant for this visitor the most important ones, one a placement, as far as caps, dismissals, consent
 * and the attention budget allow. Who is held out of a message gets its ghost, which takes its place: otherwise one would measure what came instead.
 * @param messages most important first
 */
export function chooseMessages(messages: readonly CompiledMessage[], moment: Moment): Choice {
  const choice: Choice = { offers: [], heldBack: [] };
  const taken = new Set<string>();
  const { left, why } = budgetLeft(moment);
  const now = { ...moment };
  for (const message of messages) {
    if (!isMeant(message, now)) continue;
    const against = verdict(message, now);
    if (against !== null) choice.heldBack.push({ message, why: against });
    else if (choice.offers.length >= left) choice.heldBack.push({ message, why });
    else if (taken.has(message.placement)) choice.heldBack.push({ message, why: 'placement_taken' });
    // Last, since filling texts costs most.
    else if (!moment.isComplete(message)) choice.heldBack.push({ message, why: 'incomplete' });
    else {
      taken.add(message.placement);
      const { key, group, holdout } = message;
      now.spent = spend(now.spent, [{ key, kind: 'message', group, at: moment.now }]);
      const isGhost = holdout !== null && bucket(holdout.seed, moment.unit) < holdout.coverage;
      choice.offers.push({ message, isGhost });
      if (isGhost) choice.heldBack.push({ message, why: 'holdout' });
    }
  }
  return choice;
}

function verdict(message: CompiledMessage, moment: Moment): HeldBack | null {
  if (ORDER.indexOf(moment.consent) < ORDER.indexOf(message.consent)) return 'consent';
  return standsAgainst(message, moment);
}
