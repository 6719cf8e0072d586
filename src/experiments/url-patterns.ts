import type { Condition } from '../targeting/schema.ts';

const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;

/** `*` stands for anything; what begins with a scheme is compared with the whole address, anything else with what follows the host. */
function sourceOf(pattern: string): string {
  const body = pattern
    .split('*')
    .map((part) => part.replace(SPECIAL, '\\$&'))
    .join('.*');
  const isWhole = /^https?:\/\//.test(pattern);
  return isWhole
    ? `^${body}([?#].*)?$`
    : `^https?:\\/\\/[^/?#]*${pattern.startsWith('/') ? '' : '\\/'}${body}([?#].*)?$`;
}

/**
 * The pages that an experiment runs on, as a condition on `page.url`.
 * @param patterns such as `/p/*` or `https://shop.example/sale*`, at least one
 */
export function urlCondition(patterns: readonly string[]): Condition {
  return { 'page.url': { $regex: patterns.map((pattern) => `(${sourceOf(pattern)})`).join('|') } };
}
