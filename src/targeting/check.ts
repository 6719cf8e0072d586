import type { Issue } from '../http/problems.ts';
import { checkOperand, operandOfValue } from './check-operand.ts';
import { CONDITION_LIMITS } from './limits.ts';
import { suggestion } from './nearest.ts';
import { CONNECTIVES, hasOnlyOperators, isObject, isOperator, OPERATORS } from './schema.ts';

/** How a condition is checked. */
export interface CheckOptions {
  /** Where the condition stands in what was sent, put before every issue's path. Empty for the condition alone. */
  path?: string;
  /** Names of the groups that `$inGroup` may name; none by default. */
  groups?: readonly string[];
}

/** What has been found while walking one condition. */
export interface Walk {
  issues: Issue[];
  clauses: number;
  groups: readonly string[];
}

export const below = (path: string, key: string | number): string =>
  typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;

/** The names that may stand in the place of a key that begins with `$`. */
const ALL_NAMES = [...CONNECTIVES, ...OPERATORS];

/**
 * Checks a condition where it comes in, so that nothing has to be checked when it is asked. Unlike the evaluator, which follows GrowthBook and takes what it does not understand
 * for false, this refuses: unknown operators (naming the nearest), operands of the wrong kind, objects that mix operators and names, names that begin with `$`, regular
 * expressions that may take long (see `checkPattern`), and whatever is over the {@link CONDITION_LIMITS}.
 * @param condition anything at all
 * @returns issues with their paths, none when the condition may be compiled
 * @example checkCondition({ price: { $lss: 3 } }, { path: 'filter' }) // [{ path: 'filter.price.$lss', message: '…did you mean "$lt"?' }]
 */
export function checkCondition(condition: unknown, options: CheckOptions = {}): Issue[] {
  const walk: Walk = { issues: [], clauses: 0, groups: options.groups ?? [] };
  checkAny(condition, options.path ?? '', 1, walk);
  if (walk.clauses > CONDITION_LIMITS.clauses) {
    walk.issues.push({
      path: options.path ?? '',
      message: `a condition has at most ${CONDITION_LIMITS.clauses} comparisons`,
    });
  }
  return walk.issues;
}

function checkAny(condition: unknown, path: string, depth: number, walk: Walk): void {
  if (!isObject(condition)) {
    walk.issues.push({ path, message: 'a condition is an object such as {"cart.value": {"$gte": 20}}' });
    return;
  }
  if (tooDeep(path, depth, walk)) return;
  for (const [key, value] of Object.entries(condition)) {
    // Past the limit the condition is refused anyway; walking on would only cost.
    if (walk.clauses > CONDITION_LIMITS.clauses) return;
    const at = below(path, key);
    if (key === '$not') checkAny(value, at, depth + 1, walk);
    else if (key === '$and' || key === '$or' || key === '$nor') checkEach(value, at, depth, walk);
    else if (key.startsWith('$')) {
      const meant = isOperator(key)
        ? '; put it below the fact that it asks about'
        : `${suggestion(key, ALL_NAMES)}; there are ${CONNECTIVES.join(', ')}`;
      walk.issues.push({ path: at, message: `there is no "${key.slice(0, 60)}" here${meant}` });
    } else checkFact(key, at, walk, () => checkValue(value, at, depth, walk));
  }
}

function tooDeep(path: string, depth: number, walk: Walk): boolean {
  if (depth <= CONDITION_LIMITS.depth) return false;
  walk.issues.push({ path, message: `conditions are nested at most ${CONDITION_LIMITS.depth} deep` });
  return true;
}

function checkEach(list: unknown, path: string, depth: number, walk: Walk): void {
  if (!Array.isArray(list)) {
    walk.issues.push({ path, message: 'a list of conditions is expected' });
    return;
  }
  // An empty condition is a clause too, or a list of a million of them would pass.
  walk.clauses += list.length;
  if (walk.clauses > CONDITION_LIMITS.clauses) return;
  list.forEach((one: unknown, index) => {
    checkAny(one, below(path, index), depth + 1, walk);
  });
}

function checkFact(name: string, path: string, walk: Walk, then: () => void): void {
  if (name.length > CONDITION_LIMITS.path || name.split('.').length > CONDITION_LIMITS.names) {
    walk.issues.push({
      path: path.slice(0, 300),
      message: `a fact's path has at most ${CONDITION_LIMITS.path} characters and ${CONDITION_LIMITS.names} names`,
    });
  } else if (name.split('.').some((step) => step === '' || step === '__proto__')) {
    walk.issues.push({ path, message: 'a fact is named by a dotted path without empty steps, such as cart.value' });
  } else then();
}

/** Checks what stands below a fact or inside `$not`, `$size`, `$all`: a value to equal or an object of operators. */
function checkValue(value: unknown, path: string, depth: number, walk: Walk): void {
  if (!isObject(value) || !Object.keys(value).some((key) => key.startsWith('$'))) {
    walk.clauses++;
    walk.issues.push(...operandOfValue(value, path));
    return;
  }
  if (!hasOnlyOperators(value)) {
    walk.issues.push({ path, message: 'operators and other names cannot be mixed; put the names into the path' });
    return;
  }
  if (tooDeep(path, depth, walk)) return;
  for (const [operator, operand] of Object.entries(value)) {
    walk.clauses++;
    if (walk.clauses > CONDITION_LIMITS.clauses) return;
    checkOperator(operator, operand, { path: below(path, operator), depth, walk });
  }
}

interface Place {
  path: string;
  depth: number;
  walk: Walk;
}

function checkOperator(operator: string, operand: unknown, { path, depth, walk }: Place): void {
  if (!isOperator(operator)) {
    const message = `there is no operator "${operator.slice(0, 60)}"${suggestion(operator, OPERATORS)}; there are ${OPERATORS.join(', ')}`;
    walk.issues.push({ path, message });
    return;
  }
  const problem = checkOperand(operator, operand, walk.groups);
  if (problem !== null) walk.issues.push({ path, message: problem });
  else if (operator === '$not' || operator === '$size') checkValue(operand, path, depth + 1, walk);
  else if ((operator === '$all' || operator === '$alli') && Array.isArray(operand)) {
    operand.forEach((one: unknown, index) => {
      if (isObject(one)) checkValue(one, below(path, index), depth + 1, walk);
      else walk.issues.push(...operandOfValue(one, below(path, index)));
    });
  } else if (operator === '$elemMatch') {
    if (isObject(operand) && hasOnlyOperators(operand)) checkValue(operand, path, depth + 1, walk);
    else checkAny(operand, path, depth + 1, walk);
  }
}
