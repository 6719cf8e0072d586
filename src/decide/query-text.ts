/** Numbers, lists and objects as they are written in a query. */
import * as z from 'zod';
import { Share } from '../config/schema-common.ts';

const JSON_LIMIT = 4_000;

/** A list: the parameter again and again, or once with commas. */
export const list = <S extends z.ZodType>(entry: S, most: number) =>
  z.preprocess(
    (sent) => (typeof sent === 'string' ? sent.split(',').filter((one) => one !== '') : sent),
    z.array(entry).max(most, `at most ${most} entries`),
  );

export const CountText = z
  .string()
  .regex(/^\d{1,4}$/, 'count is a whole number from 1 to 100')
  .transform(Number)
  .pipe(z.number().min(1, 'count is from 1 to 100').max(100, 'count is from 1 to 100'));

export const ShareText = z
  .string()
  .regex(/^[01]?\.?\d{1,9}$/, 'is a number from 0 to 1')
  .transform(Number)
  .pipe(Share);

/** The key of an object's own text, where fields of it are parameters as well. */
const WHOLE = '';

function parsed(text: unknown, example: string, refuse: (message: string) => void): unknown {
  try {
    if (typeof text === 'string' && text.length <= JSON_LIMIT) return JSON.parse(text);
  } catch {
    // Refused as what is too long, or there twice, is.
  }
  refuse(`is JSON of at most ${JSON_LIMIT} characters, such as ${example}`);
  return z.NEVER;
}

/**
 * JSON text; or, where {@link withFields} brought fields together, an object of them, each of them JSON text. What a field says counts before the whole.
 * @param example of the JSON, for who sends something else
 */
export const jsonText = <S extends z.ZodType>(schema: S, example: string) =>
  z
    .unknown()
    .transform((sent, context): unknown => {
      const read = (text: unknown, path: string[]) =>
        parsed(text, path.length > 0 ? '1' : example, (message) =>
          context.addIssue({ code: 'custom', message, path, input: sent }),
        );
      if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return read(sent, []);
      const { [WHOLE]: whole, ...fields } = sent as Record<string, unknown>;
      const named = Object.entries(fields).map(([name, text]) => [name, read(text, [name])]);
      return { ...(whole === undefined ? {} : (read(whole, []) as object | null)), ...Object.fromEntries(named) };
    })
    .pipe(schema)
    .meta({ contentMediaType: 'application/json' });

/** A query in which the fields of these parameters (`caps.brand=2`) are brought together under their name. */
export function withFields(names: readonly string[]): (sent: unknown) => unknown {
  return (sent) => {
    const flat: [string, unknown][] = [];
    const nested: Record<string, Record<string, unknown>> = {};
    const whole = sent as Record<string, unknown>;
    for (const [name, value] of Object.entries(whole)) {
      const [head = '', field] = name.split('.', 2);
      if (field === undefined || !names.includes(head)) flat.push([name, value]);
      else nested[head] = { ...(head in whole ? { [WHOLE]: whole[head] } : {}), ...nested[head], [field]: value };
    }
    return { ...Object.fromEntries(flat), ...nested };
  };
}
