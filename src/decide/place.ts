import type { Placement } from '../config/schema.ts';
import { textFor } from '../config/texts.ts';
import { UNKNOWN_PERSONA } from '../personas/schema.ts';
import { neededCards, type StrategyUse } from '../recommendations/find.ts';
import { tokenAfter } from '../recommendations/page-token.ts';
import { type Picks, recommend } from '../recommendations/recommend.ts';
import type {
  ItemField,
  Reason,
  ReasonCode,
  Recommendation,
  RecommendedItem,
  Traced,
} from '../recommendations/schema.ts';
import type { Pick } from '../recommendations/selection.ts';
import { keyOfItem, type Situation } from '../recommendations/situation.ts';
import type { Ask } from '../recommendations/steering.ts';
import { seedOf } from '../recommendations/strategies/because-you-viewed.ts';
import { dueAgain } from '../recommendations/strategies/buy-again.ts';
import { rowTitle, sentenceOf, soldOutTitle, withDetail } from '../recommendations/text.ts';
import { trace } from '../recommendations/trace.ts';
import { iso } from '../shared/iso.ts';
import type { Random } from '../shared/random.ts';
import type { Facts } from '../targeting/schema.ts';
import { factsWithPersona, messagesOf } from './compiled.ts';
import type { Scene } from './scene.ts';
import type { PartName, PlacementRequest } from './schema.ts';
import { askOf, setOf, soldOutLead } from './steer.ts';

/** Fields of an answered item when the request names none. */
const USUAL_FIELDS: readonly ItemField[] = ['title', 'price', 'currency', 'availability'];

/** The placements that fit a type of page, for requests that name none. */
const PLACEMENTS_BY_PAGE: Readonly<Record<string, string>> = {
  home: 'home',
  item: 'item-page',
  category: 'category-page',
  search: 'search',
  cart: 'cart',
};

/** The placements a request is about: those it names, or those of its page that the shop has. */
export function askedPlacements(scene: Scene): readonly PlacementRequest[] {
  if (scene.request.placements !== undefined) return scene.request.placements;
  const type = scene.page.type ?? '';
  const name = Object.hasOwn(PLACEMENTS_BY_PAGE, type) ? PLACEMENTS_BY_PAGE[type] : undefined;
  return name !== undefined && scene.config.placements[name] !== undefined ? [{ placement: name }] : [];
}

/**
 * The keys of the cards that the answer will read: for its placements, and for what its messages recommend.
 * @param more strategies that are asked beside them
 */
export function cardsNeeded(scene: Scene, more: readonly string[] = []): number[] {
  const { include } = scene.request;
  const isAsked = (part: PartName): boolean => include === undefined || include.includes(part);
  const inMessages = isAsked('messages') ? messagesOf(scene.config).flatMap((one) => one.strategies) : [];
  const strategies = new Set([...more, ...inMessages]);
  for (const asked of isAsked('recommendations') ? askedPlacements(scene) : []) {
    const configured = scene.config.placements[asked.placement];
    const lead = configured === undefined ? null : soldOutLead(configured, asked, scene.situation);
    for (const { strategy } of [...(lead?.strategies ?? []), ...(asked.strategies ?? configured?.strategies ?? [])])
      strategies.add(strategy);
    for (const strategy of asked.fallback ?? configured?.fallback ?? []) strategies.add(strategy);
  }
  return [...neededCards(strategies, scene.situation)];
}

function boughtKeys(scene: Scene): ReadonlySet<number> {
  const keys = new Set<number>();
  for (const order of scene.asker.profile?.orders ?? [])
    for (const line of order.lines) if (line.quantity > 0) keys.add(keyOfItem(scene.catalogue, line.itemId));
  return keys;
}

/** What of a scene all placements share; worked out once per answer. */
export interface Stage {
  scene: Scene;
  situation: Situation;
  bought: ReadonlySet<number>;
  hidden: ReadonlySet<number>;
  inCart: ReadonlySet<number>;
  /** What conditions about the visitor and the page are asked of, the persona included. */
  facts: Facts;
  /** Of placements with a row about an item that was viewed: which row it is, from 1. */
  rows: ReadonlyMap<string, number>;
  random: Random;
}

export function stageOf(scene: Scene, cards: Situation['cards'], random: Random): Stage {
  const facts = factsWithPersona(scene);
  const persona = () => (facts.persona === UNKNOWN_PERSONA ? null : String(facts.persona));
  return {
    scene,
    situation: { ...scene.situation, cards, persona },
    bought: boughtKeys(scene),
    hidden: setOf((scene.asker.profile?.hidden ?? []).map((itemId) => keyOfItem(scene.catalogue, itemId))),
    inCart: setOf(scene.situation.cart.map((line) => line.key)),
    facts,
    rows: rowsOf(scene),
    random,
  };
}

const isRow = ({ strategy }: { strategy: string }): boolean => strategy === 'because_you_viewed';

/** Several rows on a page are about different items: the n-th placement that asks for one has the n-th. */
function rowsOf(scene: Scene): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const { placement, strategies } of askedPlacements(scene))
    if ((strategies ?? scene.config.placements[placement]?.strategies ?? []).some(isRow))
      rows.set(placement, rows.size + 1);
  return rows;
}

const rowIn = (strategies: readonly StrategyUse[]): number => strategies.find(isRow)?.row ?? 1;

/**
 * The configured title, or that of the row; it names the item that the row is about, if that is what is shown. What leads since the page's item is sold out
 * has a title of its own, if that is what is shown.
 */
function titleOf(
  { scene, situation }: Stage,
  { placement, ask, strategy }: { placement: Placement; ask: Ask; strategy: string },
): string {
  const { whenSoldOut } = placement;
  const isLed = ask.usual.length > 0 && ask.strategies.some((use) => use.strategy === strategy);
  if (isLed && whenSoldOut !== null) return textFor(whenSoldOut.title, scene.locales) ?? soldOutTitle(scene.locales[0]);
  const row = rowIn([...ask.strategies, ...ask.usual]);
  const seed = isRow({ strategy }) ? seedOf(situation, row) : null;
  const item = seed === null ? null : scene.catalogue.title(scene.catalogue.indexOf(seed.itemId), scene.locales[0]);
  return rowTitle(textFor(placement.title, scene.locales), item, scene.locales[0]);
}

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';
/** Of the first of six digits, which write every number below 2^31. */
const FIRST_UNIT = DIGITS.length ** 5;

/** An id that need not be unguessable: it names an answer in the visitor's own events. @param prefix one letter */
export function drawId(prefix: string, random: Random): string {
  // From character codes, and so in one piece: see `iso`.
  const codes = [prefix.charCodeAt(0), '_'.charCodeAt(0)];
  for (let half = 0; half < 2; half++) {
    const number = Math.floor(random() * 2 ** 31);
    for (let unit = FIRST_UNIT; unit >= 1; unit /= DIGITS.length)
      codes.push(DIGITS.charCodeAt(Math.floor(number / unit) % DIGITS.length));
  }
  return String.fromCharCode(...codes);
}

/** Fills one placement. The price and stock are those of the visitor's market. */
export function place(stage: Stage, placement: Placement, asked: PlacementRequest): Recommendation {
  const { scene } = stage;
  const ask = askOf(stage, placement, asked);
  const made = recommend(stage.situation, ask);
  const { picks, strategy, fallback, dropped } = made;
  const isFull = picks.length >= ask.count;
  return {
    recommendationId: drawId('r', stage.random),
    title: titleOf(stage, { placement, ask, strategy }),
    strategy,
    fallback,
    items: picks.map((pick) => withDue(stage, pick, itemOf(scene, pick, asked.fields ?? USUAL_FIELDS))),
    dropped,
    next: isFull ? tokenAfter(ask.before, picks) : null,
    ...(scene.request.explain === 'trace' ? { trace: tracedBy(stage, ask, made) } : {}),
  };
}

/** Candidates as they are told to whoever asks how an answer came about. */
function tracedBy({ situation }: Stage, ask: Ask, made: Picks): Traced[] {
  return trace(situation, ask, made).map(({ key: _key, slot, ...said }) => ({
    itemId: slot < 0 ? null : situation.catalogue.itemId(slot),
    ...said,
  }));
}

function itemOf(scene: Scene, pick: Pick, fields: readonly ItemField[]): RecommendedItem {
  const { catalogue, request } = scene;
  const { slot } = pick;
  const item: RecommendedItem = {
    itemId: catalogue.itemId(slot),
    title: catalogue.title(slot, scene.locales[0]),
    score: pick.score,
    reasons: explained(scene, pick),
    rule: pick.rule,
  };
  if (pick.promoted) item.promoted = true;
  if (pick.explored !== null) item.explored = pick.explored;
  if (request.explain === 'merchant' || request.explain === 'trace') item.strategy = pick.strategy;
  for (const field of fields) {
    if (field === 'title') continue;
    const value = fieldOf(scene, slot, field);
    if (value !== undefined) item[field] = value;
  }
  return item;
}

/** Of what is recommended because it was bought before: when it is likely to be needed again. */
function withDue({ situation }: Stage, { slot, strategy }: Pick, item: RecommendedItem): RecommendedItem {
  const due = strategy === 'buy_again' ? dueAgain(situation, situation.catalogue.keyOf(slot)) : null;
  return due === null ? item : { ...item, dueAt: iso(due.dueAt), dueConfidence: due.confidence };
}

/** Reasons, each with a sentence for shoppers where there is one; their weights add up to the score. */
export function explained(scene: Scene, pick: { reasons(): Reason[] }): Reason[] {
  if (scene.request.explain === 'none') return [];
  const reasons = pick.reasons();
  for (const reason of reasons) {
    const text = withDetail(sentenceFor(scene, reason.code), reason, scene.locales[0]);
    if (text !== '') reason.text = text;
  }
  return reasons;
}

/** Sentences of one config in one locale, as they were asked for last: an answer asks for a few of them many times. */
let known = { config: {}, locale: '' as string | undefined, sentences: new Map<string, string>() };

function sentenceFor({ config, locales }: Scene, code: ReasonCode): string {
  const [locale] = locales;
  if (known.config !== config || known.locale !== locale) known = { config, locale, sentences: new Map() };
  let sentence = known.sentences.get(code);
  if (sentence === undefined) {
    const own = config.texts.reasons[code];
    sentence = own === undefined ? sentenceOf(code, locale) : (textFor(own, locales) ?? '');
    known.sentences.set(code, sentence);
  }
  return sentence;
}

/** A field of an item as it is answered; undefined where the catalogue's memory does not hold it (`url`, `imageUrl`) or the item lacks it. */
function fieldOf(scene: Scene, slot: number, field: ItemField): unknown {
  const { catalogue, situation, currency } = scene;
  switch (field) {
    case 'price': {
      const price = catalogue.price(slot, situation.market);
      return Number.isNaN(price) ? undefined : price;
    }
    case 'currency':
      return catalogue.currency(slot, situation.market) || currency;
    case 'availability':
      return catalogue.availability(slot, situation.market);
    case 'url':
    case 'imageUrl':
      return undefined;
    default:
      return catalogue.facts(slot)[field] ?? undefined;
  }
}
