/** What the archive still knows of the moments at which an experiment would have been met. */

import { contextName, contextTags, kindOf } from '../learning/contexts.ts';
import type { ArchivedEvent } from '../learning/schema.ts';
import { type Condition, type Facts, isObject } from '../targeting/schema.ts';

/** Facts that the archive has. Everything else (queries, baskets, traits, affinities, …) is not kept. */
const KNOWN: ReadonlySet<string> = new Set([
  'persona',
  'page.type',
  'page.itemId',
  'context.country',
  'context.device',
  'session.country',
  'session.device',
]);

/** The type of page on which an event happens, as far as its name says. */
const PAGES: Readonly<Record<string, string>> = {
  view_item: 'item',
  view_item_list: 'category',
  search: 'search',
  view_cart: 'cart',
  begin_checkout: 'checkout',
  add_shipping_info: 'checkout',
  add_payment_info: 'payment',
};

export function factsOfPast({ name, persona, context = 0, items }: ArchivedEvent): Facts {
  const tags = contextTags(context);
  const tagOf = (kind: number): string | null => {
    const tag = tags.find((one) => kindOf(one) === kind);
    return tag === undefined ? null : contextName(tag);
  };
  const where = { country: tagOf(0), device: tagOf(1) };
  return {
    persona: persona ?? null,
    page: { type: PAGES[name] ?? null, itemId: name === 'view_item' ? (items?.[0]?.itemId ?? null) : null },
    context: where,
    session: where,
  };
}

/** A condition as far as it can be asked about the past, and the facts that could not. */
interface AskablePast {
  condition: Condition;
  ignored: string[];
}

/** Facts that a condition names, at whatever depth. */
function factsIn(condition: unknown): string[] {
  if (!isObject(condition)) return [];
  return Object.entries(condition).flatMap(([key, value]) => {
    if (Array.isArray(value) && key.startsWith('$')) return value.flatMap(factsIn);
    return key === '$not' ? factsIn(value) : [key];
  });
}

/**
 * Leaves out what the archive cannot tell: clauses that all must hold are left out one by one, a choice or a negation as a whole. What is left holds for at
 * least as many visitors as the condition does.
 */
export function askable(condition: Condition): AskablePast {
  const kept: Record<string, unknown> = {};
  const ignored: string[] = [];
  for (const [key, value] of Object.entries(condition)) {
    if (key === '$and' && Array.isArray(value)) {
      const parts = value.map((one) => askable(isObject(one) ? one : {}));
      kept.$and = parts.map((part) => part.condition);
      ignored.push(...parts.flatMap((part) => part.ignored));
      continue;
    }
    const unknown = factsIn({ [key]: value }).filter((fact) => !KNOWN.has(fact));
    if (unknown.length === 0) kept[key] = value;
    else ignored.push(...unknown);
  }
  return { condition: kept, ignored: [...new Set(ignored)] };
}
