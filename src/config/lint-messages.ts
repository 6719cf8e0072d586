import type { Issue } from '../http/problems.ts';
import { placesOf, strategiesIn } from '../messages/template.ts';
import { findFact, strayFact, type Vocabulary } from '../targeting/find-fact.ts';
import { suggestion } from '../targeting/nearest.ts';
import type { Condition } from '../targeting/schema.ts';
import { FACTS } from '../targeting/vocabulary.ts';
import { canHold, conditionOf, emptiness } from './audiences.ts';
import { type Path, pathText } from './check-shape.ts';
import { DEFAULT_PLACEMENTS } from './default-parts.ts';
import { momentOf } from './moments.ts';
import { ACTIVE_STRATEGIES, type SiteConfigInput } from './schema.ts';

export type MessageInput = NonNullable<SiteConfigInput['messages']>[string];
type Finding = [below: Path, message: string];

/** What messages are looked at with. */
export interface Surroundings {
  config: SiteConfigInput;
  vocabulary: Vocabulary;
  /** Epoch milliseconds. */
  now: number;
}

/** Types of pages on which nothing is said: those that the shop names, and where somebody is paying in any case. */
const silentPages = ({ attention }: SiteConfigInput): string[] => [...(attention?.never ?? []), 'payment'];

/** What must be true of the visitor and the page for a message to be meant. */
export function meantFor({ audience, trigger }: MessageInput, { config }: Pick<Surroundings, 'config'>): Condition[] {
  return [
    conditionOf(config, audience),
    { 'page.type': { $nin: silentPages(config) } },
    ...(trigger?.page === undefined ? [] : [{ 'page.type': { $in: trigger.page } }]),
  ];
}

function lintWhen({ schedule, trigger }: MessageInput, { config, now }: Surroundings): Finding[] {
  const found: Finding[] = [];
  const { until, hours } = schedule ?? {};
  if (until != null && momentOf(until, config.shop?.timeZone ?? 'UTC', 'until') <= now)
    found.push([['schedule', 'until'], 'it is over, so nobody gets it any more; move the date, or remove the message']);
  if (hours !== undefined && hours[0] === hours[1])
    found.push([['schedule', 'hours'], 'it ends when it begins, so it is never shown; [0, 24] is the whole day']);
  if (trigger === undefined) return found;
  const { on, event, percent, afterHours } = trigger;
  if (on === 'event' && event === undefined)
    found.push([['trigger'], 'no event is named, so it comes up on every page; name it under "event"']);
  if (on !== 'event' && event !== undefined)
    found.push([['trigger', 'event'], `the event counts for nothing beside "on": "${on}"; make it "on": "event"`]);
  if (on !== 'scroll' && percent !== undefined)
    found.push([['trigger', 'percent'], 'it is only looked at where "on" is "scroll"']);
  if (on !== 'return' && afterHours !== undefined)
    found.push([['trigger', 'afterHours'], 'it is only looked at where "on" is "return"']);
  return found;
}

function lintCaps({ caps, group, holdout, optimize, variants }: MessageInput, { config }: Surroundings): Finding[] {
  const found = Object.entries(caps ?? {}).flatMap(([name, cap]): Finding[] =>
    cap === 0 ? [[['caps', name], 'a cap of 0 means never; raise it, or remove the message']] : [],
  );
  if (group !== undefined && !Object.hasOwn(config.attention?.groups ?? {}, group)) {
    const known = Object.keys(config.attention?.groups ?? {});
    found.push([
      ['group'],
      `attention.groups has no caps for "${group}", so it does nothing${suggestion(group, known)}`,
    ]);
  }
  if (holdout?.coverage === 1)
    found.push([['holdout', 'coverage'], 'everybody is held out, so it is never shown; lower it']);
  if (optimize != null && Object.keys(variants ?? {}).length === 0)
    found.push([['optimize'], 'there are no variants to choose from; add some under "variants"']);
  return found;
}

/** Whether delivery may be free somewhere: only then something can be missing for it. */
const isDeliveryFree = ({ carts, markets }: SiteConfigInput): boolean =>
  carts?.freeShippingFrom != null || Object.values(markets ?? {}).some((market) => market.freeShippingFrom != null);

function lintContent(content: MessageInput['content'], config: SiteConfigInput): Finding[] {
  if (Object.keys(content).length === 0) return [[[], 'there is nothing to say, so it is never shown']];
  return Object.entries(content).flatMap(([locale, fields]): Finding[] => [
    ...placesOf(fields).flatMap((place): Finding[] => {
      const stray = strayFact(FACTS, place, 'there is no fact');
      if (stray !== null) return [[[locale], `${stray}; with a hole in it the message is never shown`]];
      if (findFact(FACTS, place)?.type === 'list' || findFact(FACTS, place)?.type === 'boolean')
        return [[[locale], `${place} cannot be written as a text, so the message is never shown`]];
      if (place !== 'cart.toFreeShipping' || isDeliveryFree(config)) return [];
      return [[[locale], 'nothing is missing for free delivery: carts.freeShippingFrom says from where on it is free']];
    }),
    ...strategiesIn(fields).flatMap((name): Finding[] =>
      (ACTIVE_STRATEGIES as readonly string[]).includes(name)
        ? []
        : [[[locale], `there is no strategy "${name}", so it is never shown${suggestion(name, ACTIVE_STRATEGIES)}`]],
    ),
  ]);
}

function lintAudience(message: MessageInput, around: Surroundings): Finding[] {
  const { audience, trigger } = message;
  const { config, vocabulary } = around;
  const empty = emptiness(audience, config, vocabulary);
  if (empty !== null) return [[['audience'], `${empty}, so nobody gets it`]];
  if (!canHold([conditionOf(config, audience)], vocabulary)) return [];
  const pages = trigger?.page ?? [];
  if (pages.length > 0 && pages.every((page) => silentPages(config).includes(page)))
    return [[['trigger', 'page'], 'nothing is shown on these pages (payment, and attention.never); name another']];
  if (canHold(meantFor(message, around), vocabulary)) return [];
  const others = pages.length > 0 ? 'trigger.page' : 'pages without messages (payment, and attention.never)';
  return [[['audience'], `it and ${others} leave no page on which it could be shown; change one of them`]];
}

function lintPlace({ placement }: MessageInput, { config }: Surroundings): Finding[] {
  const known = Object.keys({ ...DEFAULT_PLACEMENTS, ...config.placements });
  if (known.includes(placement)) return [];
  const meant = suggestion(placement, known) || `; there are ${known.slice(0, 20).join(', ')}`;
  return [[['placement'], `no placement is called "${placement}", so no page asks for it by name${meant}`]];
}

/** Whether an experiment changes something at or above a path: then what stands there is not all there is. */
export function isVaried({ experiments }: SiteConfigInput, path: string): boolean {
  return Object.values(experiments ?? {}).some(({ variations }) =>
    variations.some(({ changes }) =>
      Object.keys(changes ?? {}).some((one) => one === path || one.startsWith(`${path}.`)),
    ),
  );
}

/** What keeps each message from being shown, or from what was meant by it. */
export function lintMessages(around: Surroundings): Issue[] {
  const { config } = around;
  return Object.entries(config.messages ?? {}).flatMap(([name, message]) => {
    if (isVaried(config, `messages.${name}`)) return [];
    const contents: [Path, MessageInput['content']][] = [
      [['content'], message.content],
      ...Object.entries(message.variants ?? {}).map(([key, variant]): [Path, MessageInput['content']] => [
        ['variants', key, 'content'],
        variant.content,
      ]),
    ];
    const found = [
      ...lintPlace(message, around),
      ...lintAudience(message, around),
      ...lintWhen(message, around),
      ...lintCaps(message, around),
      ...contents.flatMap(([at, content]) =>
        lintContent(content, config).map(([below, said]): Finding => [[...at, ...below], said]),
      ),
    ];
    return found.map(([below, said]) => ({ path: pathText(['messages', name, ...below]), message: said }));
  });
}
