import { isKeptTrait, isLoyaltyKept, LOYALTY_TRAIT } from '../events/loyalty.ts';
import type { Issue } from '../http/problems.ts';
import { UNKNOWN_PERSONA } from '../personas/schema.ts';
import { checkCondition } from '../targeting/check.ts';
import { type Clause, clausesOf } from '../targeting/clauses.ts';
import type { Oddity } from '../targeting/lint-clause.ts';
import { lintFacts } from '../targeting/lint-facts.ts';
import type { Condition } from '../targeting/schema.ts';
import { FACTS, ITEM_VOCABULARY } from '../targeting/vocabulary.ts';
import { pathText } from './check-shape.ts';
import { DEFAULT_PERSONAS } from './default-parts.ts';
import { conditionsOf, type PlacedCondition } from './placed-conditions.ts';
import type { SiteConfigInput } from './schema.ts';

/** A reference to a persona or an experiment that can never hold. */
function brokenReference(clause: Clause, config: SiteConfigInput): string | null {
  if (clause.fact === 'persona') {
    const known = [...personasOf(config), ...Object.keys(DEFAULT_PERSONAS)];
    const missing = clause.texts.find((text) => !known.includes(text));
    return missing === undefined ? null : noSuch('persona', missing, personasOf(config));
  }
  const [root, name] = clause.fact.split('.');
  if (root !== 'experiment' || name === undefined) return null;
  const known = Object.keys(config.experiments ?? {});
  return known.includes(name) ? null : noSuch('experiment', name, known);
}

const personasOf = (config: SiteConfigInput): string[] => [
  ...Object.keys(config.personas ?? DEFAULT_PERSONAS),
  UNKNOWN_PERSONA,
];

/** A reference without effect: a persona that is excluded but never assigned, or a default one that this config replaces. */
function idleReference(clause: Clause, config: SiteConfigInput): string | null {
  if (clause.fact !== 'persona') return null;
  const known = personasOf(config);
  const missing = [...clause.texts, ...clause.excluded].find((text) => !known.includes(text));
  return missing === undefined ? null : noSuch('persona', missing, known);
}

/** A trait that nobody keeps is never known. A customerId without proof is kept in any case. */
function unkeptTrait({ fact }: Clause, config: SiteConfigInput): string | null {
  const [root, name = ''] = fact.split('.');
  const { traits = [] } = config.identity ?? {};
  if (root === 'loyalty')
    return isLoyaltyKept(fact, traits)
      ? null
      : `no trait is kept that says ${fact}, so it is always unknown; name "${LOYALTY_TRAIT}" in identity.traits`;
  if (root !== 'trait' || name === 'customerId' || isKeptTrait(name, traits)) return null;
  return `no trait "${name}" is kept, so it is always unknown; name it in identity.traits`;
}

/** Says that a name is not one of those that exist, and which do. */
export function noSuch(what: string, name: string, known: readonly string[]): string {
  const listed = known.slice(0, 20).join(', ');
  return `there is no ${what} "${name.slice(0, 80)}"; ${known.length === 0 ? 'there are none' : `there are ${listed}`}`;
}

/** What is said of a condition's facts by themselves, whatever the config. */
function judged(condition: Condition, about: PlacedCondition['about']) {
  return about === 'item'
    ? lintFacts(condition, ITEM_VOCABULARY, 'items have no field')
    : lintFacts(condition, FACTS, 'there is no fact');
}

/** What is wrong, and what is odd, in all conditions of a config. */
export function checkConditions(config: SiteConfigInput): { issues: Issue[]; warnings: Issue[] } {
  const issues: Issue[] = [];
  const warnings: Issue[] = [];
  for (const { condition, path, about } of conditionsOf(config)) {
    const found = checkCondition(condition, { path: pathText(path) });
    issues.push(...found);
    if (found.length > 0) continue;
    const at = ({ path: below, message }: Oddity): Issue => ({ path: pathText([...path, ...below]), message });
    for (const clause of about === 'visitor' ? clausesOf(condition) : []) {
      const broken = brokenReference(clause, config);
      const idle = idleReference(clause, config);
      if (broken !== null) issues.push(at({ path: clause.path, message: broken }));
      else if (idle !== null) warnings.push(at({ path: clause.path, message: idle }));
      const unkept = unkeptTrait(clause, config);
      if (unkept !== null) warnings.push(at({ path: clause.path, message: unkept }));
    }
    const { strays, oddities } = judged(condition, about);
    issues.push(...strays.map(at));
    warnings.push(...oddities.map(at));
  }
  return { issues, warnings };
}
