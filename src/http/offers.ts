import type { Context } from 'hono';
import type { SiteConfig } from '../config/schema.ts';
import { messagesOf } from '../decide/compiled.ts';
import type { Circumstances } from '../decide/decide.ts';
import { answerMessages, messagesFor, paysNow, sessionSince } from '../decide/messages.ts';
import { stageOf } from '../decide/place.ts';
import type { Scene } from '../decide/scene.ts';
import type { DecideAnswer } from '../decide/schema.ts';
import { type AppEnv, customerObject, visitorObject } from '../env.ts';
import { seededRandom } from '../shared/random.ts';
import type { Granted, OfferAsked } from '../visitors/attention.ts';
import type { Caller } from './visitor.ts';

/**
 * Asks whoever keeps count of a visitor's attention to grant offers, and to remember them.
 * @returns null when it cannot be had: then nothing is offered, since nobody could say whether it was too much
 */
async function offerAttention(
  c: Context<AppEnv>,
  { caller, config }: { caller: Caller; config: SiteConfig },
  asked: OfferAsked,
): Promise<Granted | null> {
  const { shop } = c.var;
  const { sender, consent, proof } = caller;
  const name = sender.slice(2);
  const object = sender.startsWith('c:') ? customerObject(c.env, shop, name) : visitorObject(c.env, shop, name);
  const { sessionMinutes } = config.learning;
  const { eventsDays, profileDays } = config.retention;
  const { flushSeconds } = config.freshness;
  try {
    // Records of a config have no prototype, which the runtime cannot send.
    const budget = { ...asked.budget, groups: { ...asked.budget.groups } };
    const retention = { eventsDays, profileDays };
    return await object.offer({
      ...asked,
      budget,
      shop,
      sender,
      sessionMinutes,
      flushSeconds,
      retention,
      consent,
      proof,
    });
  } catch (error) {
    console.warn(JSON.stringify({ shop, attention: 'not to be had', error: String(error) }));
    return null;
  }
}

interface Way extends Pick<Circumstances, 'cards' | 'consentUsed'> {
  seed: number;
  caller: Caller;
}

/** Chooses what is said, and has it granted by whoever keeps count of the visitor's attention; a dry run counts nothing. Null where nothing is asked for. */
export async function decideMessages(
  c: Context<AppEnv>,
  scene: Scene,
  { cards, seed, caller, consentUsed }: Way,
): Promise<Pick<DecideAnswer, 'messages' | 'suppressed'> | null> {
  const { request, now, page, config } = scene;
  if (request.include?.includes('messages') === false || messagesOf(config).length === 0) return null;
  // Dice of its own: what is said changes nothing about what is recommended.
  const stage = stageOf(scene, cards, seededRandom(seed ^ 0x5bd1e995));
  const chosen = messagesFor(stage, consentUsed);
  const isCounted = !request.dryRun && consentUsed !== 'none' && chosen.offers.length > 0;
  if (!isCounted) return answerMessages(chosen, { granted: null, refused: [] });
  const offers = chosen.offers.map(({ message: { key, group, caps }, isGhost }) => {
    const { id = '', variant } = chosen.contents.get(key) ?? {};
    return { key, group, caps, isGhost, id, variant: variant ?? '', kind: 'message' as const };
  });
  const asked = {
    ...{ budget: config.attention, now, since: sessionSince(scene), page: page.type ?? null, offers },
    isPaying: paysNow(scene),
  };
  const verdict = await offerAttention(c, { caller, config }, asked);
  const granted = new Set(verdict?.granted.map((one) => one.key) ?? []);
  return answerMessages(chosen, { granted, refused: verdict?.refused ?? [] });
}
