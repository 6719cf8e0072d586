import * as z from 'zod';
import { ITEM_FACTS } from '../recommendations/schema.ts';
import { suggestion } from '../targeting/nearest.ts';
import { Condition } from '../targeting/schema.ts';

/** What an unknown key's message begins with; one line per key, in the order of the issue's `keys`. */
function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  return keys.map((key) => `there is no "${key.slice(0, 60)}" here${suggestion(key, known)}`).join('\n');
}

/** An object without unknown keys. Its complaint about them has one line per key, with the nearest known one. */
export function strict<S extends z.core.$ZodLooseShape>(shape: S) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys ?? [], known) : undefined),
  });
}

/** How things are named in the config. */
export const Key = z.string().regex(/^[a-z0-9-]{1,64}$/, 'names have 1 to 64 characters of a-z 0-9 -');

/** A record by name, of at most 500. */
export const named = <V extends z.ZodType>(value: V) =>
  z.record(Key, value).refine((all) => Object.keys(all).length <= 500, 'at most 500 of these');

function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

/** A BCP 47 tag. */
export const Locale = z.string().max(35).refine(isLocale, 'a locale such as en-GB is expected');

/** A text for shoppers: as it is, or by locale. */
export const Text = z.union([z.string().max(5000), z.record(Locale, z.string().max(5000))], {
  error: 'a text, or a record of texts by locale, is expected',
});
export type Text = z.infer<typeof Text>;

/** ISO 4217. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'a currency such as GBP is expected');

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)) return false;
  const day = text.slice(0, 10);
  const start = Date.parse(`${day}T00:00:00Z`);
  // Date.parse takes 31 February for 3 March.
  return !Number.isNaN(Date.parse(text)) && new Date(start).toISOString().startsWith(day);
}

/** A day in the shop's time zone (`2026-12-26`), or a moment with its offset (`2026-12-26T09:00:00Z`). */
export const When = z
  .string()
  .refine(isDate, 'a day such as 2026-12-26, or a moment with its offset such as 2026-12-26T09:00:00Z, is expected');

/** Whether `from` is before `until`; days count whole, so the same day in both is one day long. */
export function isInOrder(from: string | null | undefined, until: string | null | undefined): boolean {
  if (from == null || until == null) return true;
  const end = DAY.test(until) ? Date.parse(until) + 86_400_000 : Date.parse(until);
  return Date.parse(from) < end;
}

/** A secret by its name: the value is never part of the config. */
export const SecretName = z
  .string()
  .regex(/^[A-Z0-9_]{1,64}$/, 'names of secrets have 1 to 64 characters of A-Z 0-9 _');
export const SecretReference = strict({ secret: SecretName });

export const HttpUrl = z
  .string()
  .max(2000)
  .refine(
    (text) => /^https?:\/\//.test(text) && URL.canParse(text),
    'an address that begins with https:// is expected',
  );

/** Between 0 and 1, both included. */
export const Share = z.number().min(0, 'from 0 to 1').max(1, 'from 0 to 1');

/** A field of items by its dotted path, such as `brand` or `attributes.color`. */
export const ItemField = z
  .string()
  .max(100)
  .refine((path) => ITEM_FACTS.includes(path.split('.')[0] ?? ''), {
    error: (issue) => `items have no field "${String(issue.input).slice(0, 60)}"; there are ${ITEM_FACTS.join(', ')}`,
  });

/** A condition written out, or the name of an audience. */
export const Audience = z.union([Key, Condition], { error: 'a condition, or the name of an audience, is expected' });

/** A record that a later capability will read; until then it is only kept. */
export const Loose = z.record(z.string().max(100), z.unknown());
