/** What an event about something left behind says of items: looked up when it is put in line, by the shop's config and catalogue of that moment. */

import type { Item } from '../catalog/schema.ts';
import { itemDetails } from '../catalog/store.ts';
import { type Circumstances, decide } from '../decide/decide.ts';
import { armsOf } from '../decide/experiments.ts';
import { issuedOf } from '../decide/issue.ts';
import { cardsNeeded } from '../decide/place.ts';
import { type Scene, sceneOf } from '../decide/scene.ts';
import { type DecideAnswer, DecideRequest } from '../decide/schema.ts';
import type { Env } from '../env.ts';
import type { OutgoingEvent } from '../integrations/schema.ts';
import { fnv1a32 } from '../shared/hash.ts';
import { iso } from '../shared/iso.ts';
import { seededRandom } from '../shared/random.ts';
import { type Snapshot, type SnapshotOptions, snapshotOf } from '../snapshot.ts';
import type { Profile } from '../visitors/schema.ts';
import { cartToken } from './cart-token.ts';
import { signedIds } from './recommendation-ids.ts';

const RECOMMENDED = 4;
/** Items of a visit that are told, the last ones looked at. */
const MOST_VIEWED = 5;

/** The placement whose recommendations come along: that of the page which the visitor left, as far as the shop has it. */
const PLACEMENTS = { 'cart.abandoned': ['cart', 'home'], 'browse.abandoned': ['item-page', 'home'] } as const;

export interface LeftBehind {
  event: OutgoingEvent;
  profile: Profile | null;
}

/** Where the visitor was when nobody said it: in the market of the country they came from. */
function requestOf({ event, profile }: LeftBehind, snapshot: Snapshot): DecideRequest {
  const names: readonly string[] =
    event.type === 'cart.abandoned' ? PLACEMENTS[event.type] : PLACEMENTS['browse.abandoned'];
  const placement = names.find((name) => Object.hasOwn(snapshot.config.placements, name));
  const country = profile?.session.country ?? undefined;
  const itemId = profile?.session.items.at(-1)?.itemId;
  const fields = ['title', 'price', 'currency', 'availability'];
  return DecideRequest.parse({
    include: ['persona', 'recommendations', 'cart'],
    context: country === undefined ? {} : { country },
    page: event.type === 'cart.abandoned' ? { type: 'cart' } : { type: 'item', itemId },
    placements: placement === undefined ? [] : [{ placement, count: RECOMMENDED, fields }],
    explain: 'none',
  });
}

/** An item as it is told: what the catalogue says of it today, in the visitor's market. */
function itemOf(
  { catalogue, situation, currency, locales }: Scene,
  itemId: string,
  details: Pick<Item, 'url' | 'imageUrl'>,
) {
  const slot = catalogue.indexOf(itemId);
  const isKnown = slot >= 0 && !catalogue.isRemoved(slot);
  const price = isKnown ? catalogue.price(slot, situation.market) : Number.NaN;
  return {
    itemId,
    title: isKnown ? catalogue.title(slot, locales[0]) : null,
    price: Number.isNaN(price) ? null : price,
    currency: Number.isNaN(price) ? null : catalogue.currency(slot, situation.market) || currency,
    availability: isKnown ? catalogue.availability(slot, situation.market) : null,
    url: details.url ?? null,
    imageUrl: details.imageUrl ?? null,
  };
}

async function answerOf(
  env: Env,
  snapshot: Snapshot,
  { scene, profile, seed, waitUntil }: { scene: Scene; profile: Profile | null; seed: number } & SnapshotOptions,
) {
  const circumstances: Circumstances = {
    consentUsed: 'personal',
    versions: snapshot.versions,
    degraded: false,
    notes: [],
    cards: await snapshot.reader.cards(cardsNeeded(scene), waitUntil),
    random: seededRandom(seed),
  };
  const answer: DecideAnswer = decide(scene, circumstances);
  const making = {
    now: scene.now,
    seed,
    isSeeded: false,
    isDryRun: false,
    profile,
    surroundings: {},
    arms: armsOf(scene.assigned),
  };
  const placed = Object.entries(answer.placements ?? {});
  const ids = await signedIds(
    env,
    snapshot.shop,
    placed.map((one) => issuedOf(answer, one, making)),
  );
  const [, shown] = placed[0] ?? [];
  return { answer, items: shown?.items ?? [], recommendationId: ids?.[0] ?? null };
}

/** The link by which the basket is given back, where the shop says which of its pages does that. */
async function restoring(env: Env, { config, shop }: Snapshot, { cart, now }: Pick<Scene, 'cart' | 'now'>) {
  const restoreToken = await cartToken(env, shop, { lines: cart, now });
  const { restoreUrl } = config.carts;
  const isLinked = restoreToken !== null && restoreUrl !== null;
  return { restoreToken, restoreUrl: isLinked ? restoreUrl.replace('{token}', restoreToken) : null };
}

/**
 * An event as it is put in line: with titles, prices and links of its items, what goes with them, and the visitor's persona. An event that is about nothing
 * left behind has its items already.
 * @returns null where there is nothing to tell any more: it was erased, or bought, before it could be put in line
 */
export async function withItems(
  env: Env,
  shop: string,
  asked: LeftBehind & SnapshotOptions,
): Promise<OutgoingEvent | null> {
  const { event, profile, now, waitUntil } = asked;
  const isBasket = event.type === 'cart.abandoned';
  if (!isBasket && event.type !== 'browse.abandoned') return event;
  if (profile === null || (isBasket && profile.cart.lines.length === 0)) return null;
  const snapshot = await snapshotOf(env, shop, { now, waitUntil });
  const { contact } = event;
  const visitorId = String(event.data.visitorId ?? '');
  const asker = { visitorId, customerId: contact.customerId, profile };
  const scene = sceneOf(requestOf(asked, snapshot), asker, {
    ...snapshot,
    sessions: snapshot.reader.sessions?.index ?? null,
    now,
  });
  const made = await answerOf(env, snapshot, { scene, profile, seed: fnv1a32(event.messageId), now, waitUntil });
  const viewed = [...new Set(profile.session.items.map((one) => one.itemId).reverse())].slice(0, MOST_VIEWED);
  const itemIds = [...scene.cart.map((line) => line.itemId), ...viewed, ...made.items.map((item) => item.itemId)];
  const details = await itemDetails(env.CATALOG, shop, { itemIds, catalogue: snapshot.catalogue, now });
  const told = (itemId: string) => itemOf(scene, itemId, details.get(itemId) ?? {});
  const isInCurrency = profile.cart.currency === null || profile.cart.currency === scene.currency;
  const lines = scene.cart.map(({ itemId, quantity, price }) => {
    const item = told(itemId);
    return isInCurrency && price !== null
      ? { ...item, quantity, price, currency: scene.currency }
      : { ...item, quantity };
  });
  const persona = made.answer.persona;
  const left = isBasket
    ? {
        cart: { ...made.answer.cart, lines, updatedAt: iso(profile.cart.updatedAt) },
        ...(await restoring(env, snapshot, scene)),
      }
    : { items: viewed.map(told) };
  const data = {
    ...event.data,
    ...left,
    recommendations: made.items.map(({ itemId }) => told(itemId)),
    recommendationId: made.recommendationId,
    persona: persona === undefined ? null : { key: persona.key, name: persona.name, confidence: persona.confidence },
  };
  return { ...event, data };
}
