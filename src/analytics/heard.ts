/** The counters of messages: what orders add to them, and what they amount to. Pure. */
import { isoDay } from '../shared/decay.ts';
import { ALL, OTHERS } from './attributed.ts';
import { type Claim, standing } from './claims.ts';
import { add, addSlots, type Counters, metricOf, type Slots } from './count.ts';
import type { MessageFigures, MessagesAnswer } from './schema-messages.ts';

/** What an order adds, in the slots of its day: once to each message that it came after, and once to them all together. */
function heardOf(claim: Claim): Slots {
  if (claim.heard === undefined || claim.figures === null) return {};
  const { [`revenue ${claim.figures.currency}`]: value = 0 } = standing(claim);
  const counters = (isClicked: boolean): Counters => ({
    orders: 1,
    ...(isClicked ? { clickedOrders: 1 } : {}),
    [`revenue ${claim.figures?.currency}`]: value,
  });
  const slots: Slots = { [ALL]: counters(claim.heard.messages.some((one) => one.isClicked)) };
  for (const { key, variant, isClicked } of claim.heard.messages) slots[`${key} ${variant}`] = counters(isClicked);
  return slots;
}

/** Adds what an order counts now, less what it counted before; `into` holds slots by day. */
export function addHeard(into: Map<string, Slots>, before: Claim, after: Claim): void {
  for (const [claim, factor] of [
    [before, -1],
    [after, 1],
  ] as const)
    for (const [slot, counters] of Object.entries(heardOf(claim))) {
      const signed = Object.entries(counters).map(([name, sum]): [string, number] => [name, factor * sum]);
      add(into, { row: isoDay(claim.heard?.at ?? 0), slot }, Object.fromEntries(signed));
    }
}

const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

function figuresOf(counters: Counters): MessageFigures {
  const of = (name: string): number => counters[name] ?? 0;
  return {
    offers: of('offers'),
    ghosts: of('ghosts'),
    impressions: of('impressions'),
    clicks: of('clicks'),
    dismissals: of('dismissals'),
    clickRate: share(of('clicks'), of('impressions')),
    dismissalRate: share(of('dismissals'), of('impressions')),
    orders: of('orders'),
    ordersAfterClick: of('clickedOrders'),
    revenue: metricOf(counters, 'revenue'),
  };
}

interface Part {
  name: string;
  counters: Counters;
}

function grouped(parts: readonly Part[]): Record<string, MessageFigures> {
  const sums: Slots = Object.create(null);
  for (const { name, counters } of parts) addSlots(sums, { [name]: counters });
  return Object.fromEntries(Object.entries(sums).map(([name, counters]) => [name, figuresOf(counters)]));
}

/** Counters without those of orders: where several messages are added up, an order counts once. */
function apart(counters: Counters): Counters {
  return Object.fromEntries(
    Object.entries(counters).filter(([name]) => !/^(orders|clickedOrders|revenue .*)$/.test(name)),
  );
}

/** What the counters of days amount to. An order after two messages counts for each of them, but once in the total and in its day. */
export function messageFigures(
  days: readonly { day: string; slots: Slots }[],
): Omit<MessagesAnswer, 'from' | 'to' | 'windowHours'> {
  const rows = days.flatMap(({ day, slots }) =>
    Object.entries(slots).flatMap(([slot, counters]) => {
      if (slot === ALL) return [];
      const [message = '', variant = ''] = slot === OTHERS ? ['other', ''] : slot.split(' ');
      return [{ day, message, variant, counters }];
    }),
  );
  const together = days.flatMap(({ day, slots }) =>
    Object.entries(slots).map(([slot, counters]) => ({
      name: day,
      counters: slot === ALL ? counters : apart(counters),
    })),
  );
  const messages = Object.entries(grouped(rows.map(({ message, counters }) => ({ name: message, counters }))));
  const variantsOf = (key: string) =>
    grouped(rows.filter((row) => row.message === key).map(({ variant, counters }) => ({ name: variant, counters })));
  return {
    total: grouped(together.map(({ counters }) => ({ name: '', counters })))[''] ?? figuresOf({}),
    messages: Object.fromEntries(messages.map(([key, figures]) => [key, { ...figures, variants: variantsOf(key) }])),
    days: grouped(together),
    rows: rows.map(({ counters, ...row }) => ({ ...row, ...figuresOf(counters) })),
  };
}
