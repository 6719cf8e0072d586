/** What a decision exposes its visitor to: the experiments whose variations would have differed in it, whichever of them the visitor has. Pure. */
import type { SiteConfig } from '../config/schema.ts';
import { dealtBy } from '../experiments/dealt-by.ts';
import type { Assigned } from '../experiments/decide.ts';
import { isKnownExposure } from '../experiments/exposures.ts';
import { ARMS } from '../experiments/schema-counts.ts';
import type { Met } from '../experiments/schema-exposures.ts';
import { toRemember } from '../experiments/sticky.ts';
import { UNKNOWN_PERSONA } from '../personas/schema.ts';
import { isPageSoldOut } from '../recommendations/situation.ts';
import { bucket } from '../shared/hash.ts';
import { factsWithPersona, messagesOf } from './compiled.ts';
import { variedConfig } from './experiments.ts';
import { askedPlacements } from './place.ts';
import type { Scene } from './scene.ts';
import type { PartName } from './schema.ts';

/** Fields of a placement that hold beside what a request says; any other the request replaces. */
const BESIDE = new Set(['filter', 'rules']);

const isAsked = ({ request }: Scene, part: PartName): boolean => request.include?.includes(part) !== false;

/** Fields of a placement that an answer goes by; null: all. */
export type FieldsRead = ReadonlySet<string> | null;

/** Whether a placement is asked for, and what is changed about it is read and not replaced by the request. */
function meetsPlacement(scene: Scene, [, name, field]: readonly string[], read: FieldsRead): boolean {
  if (!isAsked(scene, 'recommendations')) return false;
  if (field !== undefined && read !== null && !read.has(field)) return false;
  const asked = askedPlacements(scene).find((one) => one.placement === name);
  if (asked === undefined || field === undefined || BESIDE.has(field)) return asked !== undefined;
  if (field === 'whenSoldOut') return asked.strategies === undefined && isPageSoldOut(scene.situation);
  return Object.entries(asked).every(([key, value]) => key !== field || value === undefined);
}

/** Whether some variation would have had something to say here: a message that is meant for the visitor on this page. @param key null for any */
function meetsMessage(scene: Scene, configs: readonly SiteConfig[], key: string | null): boolean {
  if (!isAsked(scene, 'messages')) return false;
  const facts = factsWithPersona(scene);
  const type = scene.page.type ?? null;
  return configs.some((config) =>
    messagesOf(config).some((message) => {
      if (key !== null && message.key !== key) return false;
      return (message.pages === null || (type !== null && message.pages.has(type))) && message.audience(facts);
    }),
  );
}

function meets(scene: Scene, one: Assigned, { config, read }: { config: SiteConfig; read: FieldsRead }): boolean {
  const { variations } = one.experiment;
  if (scene.request.expose === true && isAsked(scene, 'experiments')) return true;
  const paths = variations.flatMap(({ changes }) => Object.keys(changes ?? {}));
  if (paths.length === 0) return false;
  const configs = variations.map((_, variation) => variedConfig(config, [{ ...one, variation }]));
  return paths.some((path) => {
    const names = path.split('.');
    if (names[0] === 'placements') return meetsPlacement(scene, names, read);
    if (names[0] === 'messages') return meetsMessage(scene, configs, names[1] ?? null);
    return names[0] === 'attention' && meetsMessage(scene, configs, null);
  });
}

/** The holdouts of a shop, all of which are met with the first decision about what is shown or said. */
function holdoutsMet(scene: Scene, { holdouts }: SiteConfig): Met[] {
  if (!(['recommendations', 'messages', 'experiments'] as const).some((part) => isAsked(scene, part))) return [];
  const { visitorId } = scene.asker;
  return Object.entries(holdouts).map(([name, { seed, coverage }]) => {
    const isHeld = bucket(seed, visitorId) < coverage;
    return { experiment: `holdout:${name}`, phase: 0, arm: isHeld ? ARMS.held : ARMS.served };
  });
}

/** The persona under which something is counted; nothing where none is sure enough. */
export function personaMet(scene: Scene): { persona?: string } {
  const persona = String(factsWithPersona(scene).persona ?? UNKNOWN_PERSONA);
  return persona === UNKNOWN_PERSONA ? {} : { persona };
}

/**
 * What is met for the first time with a decision, control and those held out in the same way, and the variations that are to stay.
 * @param config the shop's, without what the visitor's variations change
 */
export function firstMet(
  scene: Scene,
  config: SiteConfig,
  read: FieldsRead = null,
): { met: Met[]; buckets: Record<string, string> } {
  const { exposures, buckets: known = {} } = scene.asker.profile ?? {};
  const buckets: Record<string, string> = {};
  const met = holdoutsMet(scene, config);
  for (const one of scene.assigned) {
    const { experiment, variation, isRandomised } = one;
    const { key, phase, isBandit } = experiment;
    const arm = experiment.variations[variation]?.key;
    if (!isRandomised || arm === undefined) continue;
    const first: Met = { experiment: key, phase, arm, ...dealtBy(experiment, variation) };
    const isFirst = !isKnownExposure(exposures, first) && meets(scene, one, { config, read });
    if (isFirst) met.push(first);
    // Until it is met a bandit deals by the weights of the day: those are logged with the exposure.
    const name = toRemember(experiment, known);
    if (name !== null && (isFirst || !isBandit)) buckets[name] = arm;
  }
  const fresh = met.filter((one) => !isKnownExposure(exposures, one));
  const persona = fresh.length === 0 ? {} : personaMet(scene);
  return { met: fresh.map((one) => ({ ...one, ...persona })), buckets };
}
