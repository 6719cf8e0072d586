import { momentOf } from '../config/moments.ts';
import type { SiteConfig } from '../config/schema.ts';
import type { Consent } from '../events/schema.ts';
import { compileCondition } from '../targeting/compile.ts';
import type { Facts } from '../targeting/schema.ts';
import type { Trigger } from './schema.ts';
import { compileContent, strategiesIn, type Template } from './template.ts';

export interface Caps {
  perSession: number | null;
  perDay: number | null;
  perVisitor: number | null;
}

export interface CompiledMessage {
  key: string;
  placement: string;
  type: string;
  priority: number;
  group: string | null;
  /** The least consent without which it is not shown. */
  consent: Consent;
  audience(facts: Facts): boolean;
  /** Types of pages; null for all of them. */
  pages: ReadonlySet<string> | null;
  /** Name of the event from the shop that brings it up; null: none. */
  event: string | null;
  trigger: Trigger;
  /** How long its place is held for it where the page finds the moment to show it, in seconds; null: it is shown at once. */
  waitSeconds: number | null;
  /** Hours since the visit before, of a message for those who come back; null: not only for them. */
  returnAfterHours: number | null;
  /** Epoch milliseconds; null: always. */
  from: number | null;
  until: number | null;
  /** Hours of the day, from, included, to until, not included; over midnight where until is less. */
  hours: readonly [number, number] | null;
  clock: 'visitor' | 'shop';
  caps: Caps;
  holdout: { seed: string; coverage: number } | null;
  /** What its texts ask for recommendations. */
  strategies: readonly string[];
  /** By locale. */
  content: Readonly<Record<string, Template>>;
  variants: readonly { key: string; content: Readonly<Record<string, Template>> }[];
}

type ConfiguredMessage = SiteConfig['messages'][string];

const compileContents = (content: ConfiguredMessage['content']): Record<string, Template> =>
  Object.fromEntries(Object.entries(content).map(([locale, fields]) => [locale, compileContent(fields)]));

/** Seconds and parts of a page that count where the config does not say. */
const DWELL_SECONDS = 20;
const IDLE_SECONDS = 60;
const SCROLL_PERCENT = 50;

/** How long a message may wait for its moment, beside the seconds that it is to wait: hardly anybody looks at a page for longer. */
const HOLD_SECONDS = 300;
const FOUND_BY_PAGE: ReadonlySet<string> = new Set(['dwell', 'scroll', 'idle', 'exit']);

/** What a page needs to bring a message up at the right moment; what is decided here comes up at once. */
function handedTrigger({
  on = 'page',
  afterSeconds,
  percent,
}: Partial<NonNullable<ConfiguredMessage['trigger']>> = {}): Trigger {
  if (on === 'scroll') return { on, percent: percent ?? SCROLL_PERCENT };
  if (on === 'dwell') return { on, afterSeconds: afterSeconds ?? DWELL_SECONDS };
  if (on === 'idle') return { on, afterSeconds: afterSeconds ?? IDLE_SECONDS };
  return { on, ...(afterSeconds === undefined ? {} : { afterSeconds }), ...(percent === undefined ? {} : { percent }) };
}

function compileOne(config: SiteConfig, key: string, message: ConfiguredMessage): CompiledMessage {
  const { audience, schedule, trigger, caps } = message;
  const { timeZone } = config.shop;
  const condition = typeof audience === 'string' ? config.audiences[audience] : audience;
  const { on = 'page', page, event, afterHours = 0 } = trigger ?? {};
  const handed = handedTrigger(trigger);
  const waitSeconds = FOUND_BY_PAGE.has(on) ? (handed.afterSeconds ?? 0) + HOLD_SECONDS : null;
  return {
    key,
    placement: message.placement,
    type: message.type ?? 'banner',
    priority: message.priority ?? 0,
    group: message.group ?? null,
    consent: message.consent ?? 'session',
    audience: condition === undefined ? () => true : compileCondition(condition),
    pages: page === undefined ? null : new Set(page),
    event: on === 'event' ? (event ?? null) : null,
    trigger: waitSeconds === null ? handed : { ...handed, withinSeconds: waitSeconds },
    waitSeconds,
    returnAfterHours: on === 'return' ? afterHours : null,
    from: schedule?.from == null ? null : momentOf(schedule.from, timeZone, 'from'),
    until: schedule?.until == null ? null : momentOf(schedule.until, timeZone, 'until'),
    hours: schedule?.hours ?? null,
    clock: schedule?.clock ?? 'visitor',
    caps: {
      perSession: caps?.perSession ?? null,
      perDay: caps?.perDay ?? null,
      perVisitor: caps?.perVisitor ?? null,
    },
    holdout: message.holdout ?? null,
    strategies: [...new Set(strategiesIn([message.content, message.variants ?? {}]))],
    content: compileContents(message.content),
    variants: Object.entries(message.variants ?? {}).map(([name, variant]) => ({
      key: name,
      content: compileContents(variant.content),
    })),
  };
}

/** The messages of a config, the most important first; of equal ones by name. */
export function compileMessages(config: SiteConfig): CompiledMessage[] {
  return Object.entries(config.messages)
    .map(([key, message]) => compileOne(config, key, message))
    .sort((a, b) => b.priority - a.priority || (a.key < b.key ? -1 : 1));
}
