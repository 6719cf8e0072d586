/** What those get who are held out of Floorwalker as a whole: the shop without it, or with nothing but its bestsellers. Pure. */
import type { Placement, SiteConfig } from '../config/schema.ts';
import type { HeldOut } from './experiments.ts';
import type { PlacementRequest } from './schema.ts';

type Kind = HeldOut['placements'];

const BESTSELLERS: Placement['strategies'][number] = {
  ...{ strategy: 'bestsellers', weight: 1, items: [], days: null, row: null, hours: null },
};

/** A placement that knows nothing of who asks: its filter, count and stock rules are the shop's own, everything else is neutral. */
const plain = (placement: Placement, kind: Kind): Placement => ({
  ...placement,
  strategies: kind === 'bestsellers' ? [BESTSELLERS] : [],
  fallback: [],
  whenSoldOut: null,
  rules: [],
  promoted: null,
  seen: 'allow',
  bought: 'allow',
  diversity: 0,
  rotation: null,
  minimumRelevance: null,
  explore: 0,
});

/** A placement for whoever asks, held out or not. */
export const baselinePlacement = (placement: Placement, heldOut: HeldOut | null): Placement =>
  heldOut === null || heldOut.placements === 'unchanged' ? placement : plain(placement, heldOut.placements);

const plainConfigs = new WeakMap<SiteConfig, Map<Kind, SiteConfig>>();

/** The config for those who are held out; made once for as long as the config is in use. */
export function baselineConfig(config: SiteConfig, heldOut: HeldOut | null): SiteConfig {
  if (heldOut === null || heldOut.placements === 'unchanged') return config;
  const kind = heldOut.placements;
  const known = plainConfigs.get(config) ?? new Map<Kind, SiteConfig>();
  plainConfigs.set(config, known);
  const made = known.get(kind) ?? {
    ...config,
    placements: Object.assign(
      Object.create(null),
      Object.fromEntries(Object.entries(config.placements).map(([name, one]) => [name, plain(one, kind)])),
    ),
  };
  known.set(kind, made);
  return made;
}

/** What of a request for a placement holds for those who are held out: how much of it, and what may be in it; not how it is found. */
export function baselineAsk(asked: PlacementRequest, heldOut: HeldOut | null): PlacementRequest {
  if (heldOut === null || heldOut.placements === 'unchanged') return asked;
  const { placement, count, exclude, filter, fields, next } = asked;
  const kept = Object.entries({ count, exclude, filter, fields, next }).filter(([, value]) => value !== undefined);
  return { placement, ...Object.fromEntries(kept) };
}

/** What is said about it. */
export const heldOutNote = ({ name, ...baseline }: HeldOut): string =>
  `The visitor is in the holdout "${name}": ${Object.entries(baseline)
    .map(([part, what]) => `${part} ${what}`)
    .join(', ')}.`;
