import type { Issue } from '../http/problems.ts';
import { clausesOf } from '../targeting/clauses.ts';
import { mostFor, surest } from './audiences.ts';
import { pathText } from './check-shape.ts';
import type { SiteConfigInput } from './schema.ts';
import type { PersonaInput } from './schema-placements.ts';

function lintEvidence(name: string, persona: PersonaInput): Issue[] {
  const path = pathText(['personas', name]);
  const { signals = [], minimumConfidence = 0 } = persona;
  if (signals.length === 0) return [{ path, message: 'without signals nobody is ever found to be this' }];
  if (mostFor(persona) <= 0)
    return [
      { path, message: 'nothing speaks for it, so nobody is ever found to be this; give a signal a weight above 0' },
    ];
  if (surest(persona) >= minimumConfidence) return [];
  const most = surest(persona).toFixed(3);
  const message = `all its signals together make ${most} at most, so nobody is ever found to be this; lower it, or raise weights`;
  return [{ path: pathText(['personas', name, 'minimumConfidence']), message }];
}

function lintSignals(name: string, persona: PersonaInput): Issue[] {
  return (['signals', 'prior'] as const).flatMap((kind) =>
    (persona[kind] ?? []).flatMap(({ condition, weight }, i): Issue[] => {
      const at = ['personas', name, kind, i];
      if (weight === 0) return [{ path: pathText([...at, 'weight']), message: 'a weight of 0 says nothing' }];
      const circular = clausesOf(condition).find((clause) => clause.fact === 'persona');
      if (circular === undefined) return [];
      const message = 'who somebody is cannot be told by the persona itself: it is unknown here';
      return [{ path: pathText([...at, 'condition', ...circular.path]), message }];
    }),
  );
}

/** Personas that nobody can have, and signals that say nothing. */
export function lintPersonas(config: SiteConfigInput): Issue[] {
  return Object.entries(config.personas ?? {}).flatMap(([name, persona]) => [
    ...lintEvidence(name, persona),
    ...lintSignals(name, persona),
  ]);
}
