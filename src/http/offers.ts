import type { Context } from 'hono';
import type { SiteConfig } from '../config/schema.ts';
import { messagesOf } from '../decide/compiled.ts';
import type { Circumstances } from '../decide/decide.ts';
import { personaMet } from '../decide/exposed.ts';
import { answerMessages, messagesFor, paysNow, sessionSince } from '../decide/messages.ts';
import { stageOf } from '../decide/place.ts';
import type { Scene } from '../decide/scene.ts';
import type { DecideAnswer } from '../decide/schema.ts';
import { type AppEnv, customerObject, visitorObject } from '../env.ts';
import { ARMS } from '../experiments/schema-counts.ts';
import type { Met } from '../experiments/schema-exposures.ts';
import type { CompiledMessage } from '../messages/compile.ts';
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

/** What is met when a message is chosen, whether or not it is shown: its holdout, and among those who see it its variants. */
function metWith(
  { key, holdout }: Pick<CompiledMessage, 'key' | 'holdout'>,
  { isGhost, dealt, scene }: { isGhost: boolean; dealt: Met | null; scene: Scene },
): Met[] {
  const met: Met[] = dealt === null || isGhost ? [] : [dealt];
  if (holdout === null) return met;
  const arm = isGhost ? ARMS.ghost : ARMS.shown;
  return [...met, { experiment: `message-holdout:${key}`, phase: 0, arm, ...personaMet(scene) }];
}

/** Chooses what is said, and has it granted by whoever keeps count of the visitor's attention; a dry run counts nothing. Null where nothing is asked for. */
export async function decideMessages(
  c: Context<AppEnv>,
  scene: Scene,
  { cards, seed, caller, consentUsed }: Way,
): Promise<Pick<DecideAnswer, 'messages' | 'suppressed'> | null> {
  const { request, now, page, config } = scene;
  if (request.include?.includes('messages') === false || messagesOf(config).length === 0) return null;
  if (scene.heldOut?.messages === 'none') return { messages: [], suppressed: [] };
  // Dice of its own: what is said changes nothing about what is recommended.
  const stage = stageOf(scene, cards, seededRandom(seed ^ 0x5bd1e995));
  const chosen = messagesFor(stage, consentUsed);
  // Nothing is kept of a bot, and nobody is counted for it.
  const { unshown } = request;
  const isAsked = chosen.offers.length + (unshown?.length ?? 0) > 0;
  const isCounted = !request.dryRun && !caller.bot && consentUsed !== 'none' && isAsked;
  if (!isCounted) return answerMessages(chosen, { granted: null, refused: [] });
  const isTrial = scene.overrides !== undefined || caller.bot;
  const offers = chosen.offers.map(({ message, isGhost }) => {
    const { key, group, caps, holdout, waitSeconds } = message;
    // Held out or not, it must take its place in the same way: where the page does not say when it would have been shown, either is spent at once.
    const isHeld = waitSeconds !== null && (holdout === null || unshown !== undefined);
    const { id = '', variant, dealt = null } = chosen.contents.get(key) ?? {};
    const met = isTrial ? [] : metWith(message, { isGhost, dealt, scene });
    const waits = isHeld ? { waitSeconds } : {};
    return { key, group, caps, isGhost, id, variant: variant ?? '', kind: 'message' as const, met, ...waits };
  });
  const asked = {
    ...{ budget: config.attention, now, since: sessionSince(scene), page: page.type ?? null, offers },
    isPaying: paysNow(scene),
    ...(unshown === undefined ? {} : { unshown }),
  };
  const verdict = await offerAttention(c, { caller, config }, asked);
  const granted = new Set(verdict?.granted.map((one) => one.key) ?? []);
  return answerMessages(chosen, { granted, refused: verdict?.refused ?? [], isReported: unshown !== undefined });
}
