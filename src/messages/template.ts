/** The texts of messages, with places that are filled from facts and recommendations. Whatever is filled in is escaped: no fact can bring markup. */
import { compilePath } from '../targeting/path.ts';
import type { Facts } from '../targeting/schema.ts';

/** Where the places are filled from. */
export interface Sources {
  facts: Facts;
  /** BCP 47. */
  locale: string;
  /** Of the visitor's market, ISO 4217. */
  currency: string;
  /** Items that a strategy finds for the message; none where it finds none. */
  recommend(strategy: string, count: number): readonly Readonly<Record<string, unknown>>[];
}

/** A filled value; undefined where something that it needs is not known. */
type Fill = (sources: Sources) => unknown;

/** Fills a content; null where a place cannot be filled: a message with a hole in it is worse than none. */
export type Template = (sources: Sources) => Record<string, unknown> | null;

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;
const WHOLE_LIST = /^\{\{\s*recommendations:([a-z_]+)(?::(\d{1,2}))?\s*\}\}$/;
const ONE_OF_LIST = /^recommendations(?::([a-z_]+))?\.(\d{1,2})\.([A-Za-z]+)$/;
const LISTED = 3;
const USUAL_STRATEGY = 'for_you';

/** Facts that are money, and are written as such. */
const MONEY = /^(cart\.(value|toFreeShipping)|rfm\.monetary)$|\.(price|salePrice)$/;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text that means nothing in HTML, in an element or in an attribute. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

/** Formatters are dear to make: one a locale and currency. */
const formatters = new Map<string, Intl.NumberFormat>();
const MOST_FORMATTERS = 200;

/** @param currency null for a number that is no money */
function formatterOf(locale: string, currency: string | null): Intl.NumberFormat {
  const name = `${locale} ${currency}`;
  let formatter = formatters.get(name);
  if (formatter === undefined) {
    if (formatters.size >= MOST_FORMATTERS) formatters.clear();
    formatter = new Intl.NumberFormat(
      locale,
      currency === null ? { maximumFractionDigits: 2 } : { style: 'currency', currency },
    );
    formatters.set(name, formatter);
  }
  return formatter;
}

function written(value: unknown, path: string, { locale, currency }: Sources): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value))
    return formatterOf(locale, MONEY.test(path) ? currency : null).format(value);
  if (typeof value === 'string' && value !== '') return value;
  return undefined;
}

function compilePlace(path: string): (sources: Sources) => string | undefined {
  const [, strategy = USUAL_STRATEGY, place, field = ''] = ONE_OF_LIST.exec(path) ?? [];
  if (place !== undefined) {
    const at = Number(place);
    return (sources) => written(sources.recommend(strategy, at + 1)[at]?.[field], `item.${field}`, sources);
  }
  const read = compilePath(path);
  return (sources) => written(read(sources.facts), path, sources);
}

function escapedDeep(value: unknown): unknown {
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value)) return value.map(escapedDeep);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, escapedDeep(inner)]));
}

function compileText(text: string): Fill {
  const [, strategy, count] = WHOLE_LIST.exec(text) ?? [];
  if (strategy !== undefined) {
    const most = Number(count ?? LISTED);
    return (sources) => {
      const found = sources.recommend(strategy, most);
      return found.length === 0 ? undefined : found.map(escapedDeep);
    };
  }
  const parts = text.split(PLACE);
  if (parts.length === 1) return () => text;
  const fills = parts.map((part, i) => (i % 2 === 0 ? part : compilePlace(part)));
  return (sources) => {
    let filled = '';
    for (const fill of fills) {
      const value = typeof fill === 'string' ? fill : fill(sources);
      if (value === undefined) return undefined;
      filled += typeof fill === 'string' ? value : escaped(value);
    }
    return filled;
  };
}

function compileValue(value: unknown): Fill {
  if (typeof value === 'string') return compileText(value);
  if (Array.isArray(value)) {
    const fills = value.map(compileValue);
    return (sources) => {
      const filled = fills.map((fill) => fill(sources));
      return filled.includes(undefined) ? undefined : filled;
    };
  }
  if (typeof value !== 'object' || value === null) return () => value;
  const content = compileContent(value as Record<string, unknown>);
  return (sources) => content(sources) ?? undefined;
}

/** Compiles the content of a message: texts anywhere in it may have places such as `{{cart.toFreeShipping}}`, `{{recommendations.0.title}}` or, as a whole text, `{{recommendations:basket_filler:3}}`. */
export function compileContent(fields: Readonly<Record<string, unknown>>): Template {
  const fills = Object.entries(fields).map(([name, value]) => [name, compileValue(value)] as const);
  return (sources) => {
    const filled: Record<string, unknown> = {};
    for (const [name, fill] of fills) {
      const value = fill(sources);
      if (value === undefined) return null;
      filled[name] = value;
    }
    return filled;
  };
}

/** The facts that the places of a content name. */
export function placesOf(value: unknown): string[] {
  if (typeof value === 'string') {
    return [...value.matchAll(PLACE)].flatMap(([, path = '']) => (path.startsWith('recommendations') ? [] : [path]));
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(placesOf);
}

/** The strategies that the places of a content ask for recommendations. */
export function strategiesIn(value: unknown): string[] {
  if (typeof value === 'string') {
    const listed = WHOLE_LIST.exec(value)?.[1];
    const single = [...value.matchAll(PLACE)].flatMap(([, path = '']) => {
      const found = ONE_OF_LIST.exec(path);
      return found === null ? [] : [found[1] ?? USUAL_STRATEGY];
    });
    return listed === undefined ? single : [listed, ...single];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(strategiesIn);
}
