import type { UrlPattern } from '../config/schema-experiments.ts';
import type { Condition } from '../targeting/schema.ts';

const SPECIAL = /[\\^$.*+?()[\]{}|/]/g;

const ORIGIN = '^https?:\\/\\/[^/?#]*';

/** `*` stands for anything; what begins with a scheme is compared with the whole address, anything else with what follows the host. */
function simpleSource(pattern: string): string {
  const body = pattern
    .split('*')
    .map((part) => part.replace(SPECIAL, '\\$&'))
    .join('.*');
  const isWhole = /^https?:\/\//.test(pattern);
  return isWhole ? `^${body}([?#].*)?$` : `${ORIGIN}${pattern.startsWith('/') ? '' : '\\/'}${body}([?#].*)?$`;
}

/** A regular expression sees the whole address; where it is to begin with a path, what follows the host. */
const regexSource = (pattern: string): string => pattern.replace(/(^|[|(])\^(?=\\?\/)/g, `$1${ORIGIN}`);

const sourceOf = (one: UrlPattern): string => {
  if (typeof one === 'string') return simpleSource(one);
  return one.type === 'regex' ? regexSource(one.pattern) : simpleSource(one.pattern);
};

const isIncluding = (one: UrlPattern): boolean => typeof one === 'string' || one.include !== false;

const someOf = (patterns: readonly UrlPattern[]): Condition => ({
  'page.url': { $regex: patterns.map((pattern) => `(${sourceOf(pattern)})`).join('|') },
});

/**
 * The pages that an experiment runs on, as a condition on `page.url`: one of those included, all where none is; never one that is excluded, nor a page whose address is unknown.
 * @param patterns such as `/p/*`, `https://shop.example/sale*` or `{ type: 'regex', pattern: '^/p/[0-9]+', include: false }`, at least one
 */
export function urlCondition(patterns: readonly UrlPattern[]): Condition {
  const [including, excluding] = [patterns.filter(isIncluding), patterns.filter((one) => !isIncluding(one))];
  return {
    ...(including.length === 0 ? { 'page.url': { $exists: true } } : someOf(including)),
    ...(excluding.length === 0 ? {} : { $not: someOf(excluding) }),
  };
}
