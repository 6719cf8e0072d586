import type { Consent } from '../events/schema.ts';
import { NEVER_DAYS } from '../personas/rfm.ts';
import type { PersonaPart } from '../personas/schema.ts';
import { boughtByOthers } from '../purchases/by-others.ts';
import type { Recommendation } from '../recommendations/schema.ts';
import type { Situation } from '../recommendations/situation.ts';
import { iso } from '../shared/iso.ts';
import type { Random } from '../shared/random.ts';
import { baselineAsk, heldOutNote } from './baseline.ts';
import { boughtOf } from './bought.ts';
import { personaOf } from './compiled.ts';
import { answerExperiments } from './experiments.ts';
import { askedPlacements, drawId, place, stageOf } from './place.ts';
import type { Scene } from './scene.ts';
import { type CartAnswer, type DecideAnswer, type PartName, USUAL_PARTS } from './schema.ts';
import type { ByOthersAnswer, ViewedItemAnswer } from './schema-lists.ts';

/** Entries of a visitor's own lists, where the request does not say how many. */
const BOUGHT_COUNT = 100;
const VIEWED_COUNT = 20;

/** What the way to the decision has brought to light, and the answer must say. */
export interface Circumstances {
  consentUsed: Consent;
  versions: DecideAnswer['versions'];
  degraded: boolean;
  notes: readonly string[];
  cards: Situation['cards'];
  random: Random;
  /** What is said, as far as the visitor's attention was granted. */
  messages?: Pick<DecideAnswer, 'messages' | 'suppressed'>;
  /** Of the visitor's own lists. */
  count?: number | undefined;
}

/** What every answer says about itself. */
export function headOf(scene: Scene, { consentUsed, versions, degraded, notes }: Circumstances) {
  const { asker, heldOut } = scene;
  const head = { visitorId: asker.visitorId, consentUsed, versions, degraded };
  if (heldOut !== null) return { ...head, holdout: heldOut.name, notes: [...notes, heldOutNote(heldOut)] };
  return notes.length > 0 ? { ...head, notes: [...notes] } : head;
}

/**
 * Everything for one page: the whole decision, without I/O, clock or dice. The same scene, cards and random numbers give the same answer.
 * @param scene every placement that it names exists
 */
export function decide(scene: Scene, circumstances: Circumstances): DecideAnswer {
  const { random, count } = circumstances;
  const parts = new Set<PartName>(scene.request.include ?? USUAL_PARTS);
  const answer: DecideAnswer = { ...headOf(scene, circumstances), decisionId: drawId('d', random) };
  if (parts.has('persona')) answer.persona = whoOf(scene);
  if (parts.has('recommendations')) answer.placements = placementsOf(scene, circumstances);
  if (parts.has('messages')) {
    answer.messages = circumstances.messages?.messages ?? [];
    answer.suppressed = circumstances.messages?.suppressed ?? [];
  }
  if (parts.has('experiments')) answer.experiments = answerExperiments(scene.assigned);
  if (parts.has('recentlyBought')) Object.assign(answer, boughtOf(scene, count ?? BOUGHT_COUNT));
  if (parts.has('boughtByOthers')) answer.boughtByOthers = byOthersOf(scene, count ?? BOUGHT_COUNT);
  if (parts.has('recentlyViewed')) answer.recentlyViewed = viewedOf(scene, count ?? VIEWED_COUNT);
  if (parts.has('cart')) answer.cart = cartOf(scene);
  if (parts.has('surveys')) answer.surveys = [];
  if (parts.has('guides')) answer.guides = [];
  if (parts.has('loyalty')) answer.loyalty = null;
  if (scene.missing.length > 0) answer.missing = [...scene.missing];
  return answer;
}

function whoOf(scene: Scene): PersonaPart {
  const { lifecycle, rfm } = scene.facts;
  const { recencyDays } = rfm;
  return {
    ...personaOf(scene),
    lifecycle,
    rfm: { ...rfm, recencyDays: recencyDays === NEVER_DAYS ? null : recencyDays },
  };
}

function placementsOf(scene: Scene, { cards, random }: Circumstances): Record<string, Recommendation> {
  const answered: Record<string, Recommendation> = {};
  const asked = askedPlacements(scene);
  if (asked.length === 0) return answered;
  const stage = stageOf(scene, cards, random);
  for (const one of asked) {
    const placement = scene.config.placements[one.placement];
    if (placement !== undefined) answered[one.placement] = place(stage, placement, baselineAsk(one, scene.heldOut));
  }
  return answered;
}

function byOthersOf(scene: Scene, count: number): ByOthersAnswer[] {
  const { catalogue, situation, asker } = scene;
  const { market, locale, recentlyBought } = situation;
  const answered: ByOthersAnswer[] = [];
  for (const { key, buyers } of boughtByOthers({
    ...situation,
    orders: asker.profile?.orders ?? [],
    ...recentlyBought,
  })) {
    if (answered.length >= count) break;
    const members = catalogue.membersOf(key).filter((one) => !catalogue.isRemoved(one));
    const slot = members.find((one) => catalogue.isAvailable(one, market)) ?? members[0];
    if (slot === undefined) continue;
    const price = catalogue.price(slot, market);
    answered.push({
      itemId: catalogue.itemId(slot),
      title: catalogue.title(slot, locale),
      buyers,
      price: Number.isNaN(price) ? null : price,
      currency: Number.isNaN(price) ? null : catalogue.currency(slot, market) || scene.currency,
      availability: catalogue.availability(slot, market),
    });
  }
  return answered;
}

function viewedOf(scene: Scene, count: number): ViewedItemAnswer[] {
  const { catalogue, situation, currency } = scene;
  const answered: ViewedItemAnswer[] = [];
  for (const { itemId, at } of scene.asker.profile?.viewed ?? []) {
    if (answered.length >= count) break;
    const slot = catalogue.indexOf(itemId);
    if (slot < 0 || catalogue.isRemoved(slot)) continue;
    const price = catalogue.price(slot, situation.market);
    answered.push({
      itemId,
      title: catalogue.title(slot, situation.locale),
      lastViewedAt: iso(at),
      price: Number.isNaN(price) ? null : price,
      currency: Number.isNaN(price) ? null : catalogue.currency(slot, situation.market) || currency,
      availability: catalogue.availability(slot, situation.market),
    });
  }
  return answered;
}

/** The basket that counts for a request, as it is answered. */
export function cartOf(scene: Scene): CartAnswer {
  const { cart, catalogue, situation, cartValue, currency, freeShippingFrom } = scene;
  return {
    lines: cart.map(({ itemId, quantity, price }) => {
      const slot = catalogue.indexOf(itemId);
      return { itemId, title: slot < 0 ? null : catalogue.title(slot, situation.locale), quantity, price };
    }),
    quantity: cart.reduce((sum, line) => sum + line.quantity, 0),
    value: cartValue,
    currency,
    toFreeShipping: freeShippingFrom === null ? null : Math.max(0, freeShippingFrom - cartValue),
  };
}
