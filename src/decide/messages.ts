import { resolvePlacement } from '../config/defaults.ts';
import type { SiteConfig } from '../config/schema.ts';
import type { Consent } from '../events/schema.ts';
import { exposureOf } from '../experiments/exposures.ts';
import { ARMS } from '../experiments/schema-counts.ts';
import { type Choice, chooseMessages, type Moment } from '../messages/choose.ts';
import type { CompiledMessage } from '../messages/compile.ts';
import { type HeldBack, type MessageAnswer, noAttention, type SuppressedMessage } from '../messages/schema.ts';
import { release, standing } from '../messages/spend.ts';
import type { Sources, Template } from '../messages/template.ts';
import { type DealtVariant, dealVariant, type VariantAsker, variantsKey } from '../messages/variants.ts';
import { UNKNOWN_PERSONA } from '../personas/schema.ts';
import { DAY_MS } from '../shared/decay.ts';
import type { Facts } from '../targeting/schema.ts';
import { isPaying } from '../visitors/paying.ts';
import { messagesOf } from './compiled.ts';
import { factsForMany } from './facts.ts';
import { hourIn } from './hour.ts';
import { drawId, place, type Stage } from './place.ts';
import type { Scene } from './scene.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MESSAGE_FIELDS = ['title', 'price', 'currency', 'availability'] as const;

/** Messages that were chosen for a page, with their texts filled. */
export interface Chosen extends Choice {
  contents: ReadonlyMap<string, Wording>;
}

/** What a message says to a visitor, the impressionId of its showing, and, where it has variants, how this one was dealt. */
interface Wording {
  content: Record<string, unknown>;
  /** Null for the message's own content. */
  variant: string | null;
  dealt: DealtVariant | null;
  id: string;
}

/**
 * Fills a message's texts. One with variants is complete only where all of them are: otherwise those whom a variant cannot be shown would be missing from its arm, and from no other.
 */
function wordingFor(
  message: CompiledMessage,
  dealt: DealtVariant | null,
  fill: (contents: Contents) => Filled,
): Filled {
  const filled = [{ key: ARMS.own as string, content: message.content }, ...message.variants].map(
    ({ key, content }) => ({
      key,
      content: fill(content),
    }),
  );
  if (filled.some(({ content }) => content === null)) return null;
  return filled.find(({ key }) => key === (dealt?.arm ?? ARMS.own))?.content ?? null;
}

type Contents = Readonly<Record<string, Template>>;
type Filled = Record<string, unknown> | null;

/** The wording for a visitor: the locale's own, its language's, the shop's, or whichever comes first. */
function wordingOf(contents: Readonly<Record<string, Template>>, locales: readonly string[]): Template | undefined {
  for (const locale of locales) {
    const language = locale.split('-')[0] ?? locale;
    const found =
      Object.keys(contents).find((one) => one === locale) ??
      Object.keys(contents).find((one) => one.split('-')[0] === language);
    if (found !== undefined) return contents[found];
  }
  return Object.values(contents)[0];
}

/** When the visitor's session began; without one that goes on, the length of a session ago. */
export function sessionSince(scene: Pick<Scene, 'asker' | 'now' | 'config'>): number {
  const { profile } = scene.asker;
  const length = scene.config.learning.sessionMinutes * MINUTE_MS;
  const isOpen = profile !== null && profile.session.number > 0 && scene.now - profile.session.lastAt <= length;
  return isOpen ? Math.min(profile.session.startedAt, scene.now) : scene.now - length;
}

/** The name of an event as it was sent; what is no event has none. */
function nameIn(event: unknown): unknown {
  if (typeof event !== 'object' || event === null) return undefined;
  return 'name' in event ? event.name : 'event' in event ? event.event : undefined;
}

/** Whether the visitor is paying, as the page, what is remembered, or the request's own events say it. */
export function paysNow({ page, request, asker, now, config }: Scene): boolean {
  const names = (request.events ?? []).map(nameIn);
  const begins = names.lastIndexOf('add_payment_info') > names.lastIndexOf('purchase');
  const paying = begins ? { at: now, elsewhereAt: 0 } : asker.profile?.paying;
  return isPaying(paying, {
    page: page.type ?? null,
    now,
    pauseMs: config.learning.sessionMinutes * MINUTE_MS,
  });
}

/** Hours between this visit and the one before it, as far as they are known; null on the first. */
function hoursAway({ asker: { profile }, now, config }: Scene): number | null {
  if (profile === null || profile.session.number === 0) return null;
  const { number, startedAt, lastAt, previousAt } = profile.session;
  // A page that reports nothing before it asks is a visit all the same.
  if (now - lastAt > config.learning.sessionMinutes * MINUTE_MS) return (now - lastAt) / HOUR_MS;
  if (previousAt !== undefined) return (startedAt - previousAt) / HOUR_MS;
  return number > 1 ? 0 : null;
}

/** What the shop's server has told within the last day. */
function toldLately({ asker, now }: Scene): ReadonlyMap<string, number> {
  const told = (asker.profile?.told ?? []).filter((one) => one.at > now - DAY_MS);
  return new Map(told.map(({ key, at }) => [key, at]));
}

function sourcesOf(stage: Stage): Sources {
  const { scene } = stage;
  const found = new Map<string, ReturnType<Sources['recommend']>>();
  return {
    facts: stage.facts,
    locale: scene.locales[0] ?? scene.config.shop.locale,
    currency: scene.currency,
    recommend(strategy, count) {
      const name = `${strategy} ${count}`;
      let items = found.get(name);
      if (items === undefined) {
        const input = {
          strategies: [{ strategy: strategy as SiteConfig['placements'][string]['fallback'][number] }],
          fallback: [],
        };
        const { alternatives, shop } = scene.config;
        const placement = { ...resolvePlacement(input, 'message', { timeZone: shop.timeZone }), alternatives };
        items = place(stage, placement, { placement: 'message', count, fields: [...MESSAGE_FIELDS] }).items;
        found.set(name, items);
      }
      return items;
    },
  };
}

/** Who a variant is dealt to. */
function askerOf({ scene, facts }: Stage, { key, variants }: CompiledMessage): VariantAsker {
  const unit = scene.asker.customerId ?? scene.asker.visitorId;
  if (variants.length === 0) return { unit, persona: null, met: null };
  const { exposures, handed } = scene.asker.profile ?? {};
  const met = exposureOf(exposures, { experiment: variantsKey(key), phase: 0 })?.arm;
  const known = handed?.find((one) => one.key === key);
  return { unit, persona: personaIn(facts), met: met ?? (known === undefined ? null : known.variant || ARMS.own) };
}

const personaIn = ({ persona }: Facts): string | null =>
  typeof persona === 'string' && persona !== UNKNOWN_PERSONA ? persona : null;

/**
 * The messages for this page, before whoever keeps count of the visitor's attention has granted them.
 * @param consent what counts for the request
 */
export function messagesFor(stage: Stage, consent: Consent): Chosen {
  const { scene } = stage;
  const compiled = messagesOf(scene.config);
  const contents = new Map<string, Wording>();
  if (compiled.length === 0) return { offers: [], heldBack: [], contents };
  const sources = sourcesOf(stage);
  const { profile } = scene.asker;
  const moment: Moment = {
    facts: factsForMany(stage.facts, compiled.length),
    spent: standing(release(profile?.attention ?? noAttention(), scene.request.unshown ?? []), scene.now),
    budget: scene.config.attention,
    consent,
    now: scene.now,
    hours: { visitor: hourIn(scene.now, scene.timeZone), shop: hourIn(scene.now, scene.config.shop.timeZone) },
    hoursAway: hoursAway(scene),
    since: sessionSince(scene),
    page: scene.page.type ?? null,
    isPaying: paysNow(scene),
    placements: null,
    events: toldLately(scene),
    unit: scene.asker.customerId ?? scene.asker.visitorId,
    isComplete(message: CompiledMessage) {
      const dealt = dealVariant(message, askerOf(stage, message), scene.aggregates?.weights);
      const content = wordingFor(message, dealt, (texts) => wordingOf(texts, scene.locales)?.(sources) ?? null);
      const variant = dealt === null || dealt.arm === ARMS.own ? null : dealt.arm;
      if (content !== null) contents.set(message.key, { content, variant, dealt, id: drawId('i', stage.random) });
      return content !== null;
    },
  };
  return { ...chooseMessages(compiled, moment), contents };
}

/** What the counting has left of a choice. */
export interface Verdict {
  /** Keys of what was granted; null: everything, since nothing is counted. */
  granted: ReadonlySet<string> | null;
  refused: readonly { key: string; why: HeldBack }[];
  /** The page says when what is held out would have been shown. */
  isReported?: boolean;
}

/** The messages as they are answered, and what was held back and why. */
export function answerMessages(
  chosen: Chosen,
  verdict: Verdict,
): { messages: MessageAnswer[]; suppressed: SuppressedMessage[] } {
  const messages = chosen.offers.flatMap(({ message, isGhost }): MessageAnswer[] => {
    const filled = chosen.contents.get(message.key);
    if (isGhost || filled === undefined || verdict.granted?.has(message.key) === false) return [];
    const { key, placement, type, trigger, event } = message;
    return [
      {
        messageId: key,
        placement,
        type,
        content: filled.content,
        variant: filled.variant,
        trigger,
        reason: event ?? 'audience',
        impressionId: filled.id,
      },
    ];
  });
  const held = chosen.heldBack.map(({ message, why }): SuppressedMessage => {
    const { key, trigger, waitSeconds } = message;
    const id = chosen.contents.get(key)?.id;
    const isWaiting = verdict.isReported && why === 'holdout' && waitSeconds !== null && verdict.granted?.has(key);
    return { messageId: key, why, ...(isWaiting && id !== undefined ? { trigger, impressionId: id } : {}) };
  });
  const refused = verdict.refused.map(({ key, why }) => ({ messageId: key, why }));
  return { messages, suppressed: [...held, ...refused] };
}
