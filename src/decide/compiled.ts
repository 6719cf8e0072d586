import type { SiteConfig } from '../config/schema.ts';
import { assignPersona, type CompiledPersona, compilePersonas } from '../personas/assign.ts';
import type { PersonaAssignment } from '../personas/schema.ts';
import type { ItemCondition } from '../recommendations/situation.ts';
import { compileCondition } from '../targeting/compile.ts';
import type { Scene } from './scene.ts';

interface Compiled {
  personas: CompiledPersona[];
  /** By placement; null where it filters nothing. */
  filters: Map<string, ItemCondition | null>;
}

/** Compiling depends on the config alone, so it is done once for as long as the config is in use. */
const compiled = new WeakMap<SiteConfig, Compiled>();

function compiledOf(config: SiteConfig): Compiled {
  let known = compiled.get(config);
  if (known === undefined) {
    known = {
      personas: compilePersonas(config.personas),
      filters: new Map(
        Object.entries(config.placements).map(([name, { filter }]) => [
          name,
          filter === null ? null : compileCondition(filter),
        ]),
      ),
    };
    compiled.set(config, known);
  }
  return known;
}

/** The compiled filter of a configured placement, null when it has none. */
export function filterOf(config: SiteConfig, placement: string): ItemCondition | null {
  return compiledOf(config).filters.get(placement) ?? null;
}

/** Who the visitor seems to be. */
export function personaOf(scene: Pick<Scene, 'config' | 'facts' | 'locales'>): PersonaAssignment {
  return assignPersona(compiledOf(scene.config).personas, scene.facts, { previous: null, locales: scene.locales });
}
