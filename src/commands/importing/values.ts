/** What a cell means: numbers as people write them, times in several clocks, lists. Cells of NDJSON may already be what they mean. */
import { parseTime } from '../../events/wire.ts';

/** A cell as text, '' when there is nothing in it. */
export function textOf(cell: unknown): string {
  if (typeof cell === 'string') return cell.trim();
  return typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : '';
}

/**
 * A number: `1234.5`, `1,234.50`, `1.234,50`, `12,5`, `£12.50`, `12.50 GBP`.
 * @returns null when the cell is empty, NaN when it is no number
 */
export function numberOf(cell: unknown): number | null {
  if (typeof cell === 'number') return cell;
  const text = textOf(cell)
    .replace(/^[A-Z]{3}\s+|\s+[A-Z]{3}$/g, '')
    .replace(/[\s£$€¥]/g, '');
  if (text === '') return null;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) return Number(text.replaceAll(',', ''));
  if (/^[+-]?\d{1,3}(\.\d{3})*,\d+$/.test(text)) return Number(text.replaceAll('.', '').replace(',', '.'));
  return /^[+-]?\d+,\d{1,2}$/.test(text) ? Number(text.replace(',', '.')) : Number.NaN;
}

/** Below this a number counts seconds, below the next milliseconds, above it microseconds. */
const SECONDS_BELOW = 1e11;
const MILLISECONDS_BELOW = 1e14;

/**
 * A time: unix seconds, milliseconds or microseconds, ISO 8601 (also with a blank, or slashes after the year; UTC when it names no zone), `20111109`.
 * `9/11/2011` is not understood, since nobody can say which month it is.
 * @returns epoch milliseconds, NaN when it is no time
 */
export function momentOf(cell: unknown): number {
  const text = textOf(cell);
  if (/^(19|20)\d{6}$/.test(text)) return parseTime(text.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3'));
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    if (number < SECONDS_BELOW) return Math.floor(number * 1000);
    return Math.floor(number < MILLISECONDS_BELOW ? number : number / 1000);
  }
  return parseTime(text.replace(/^(\d{4})\/(\d\d)\/(\d\d)/, '$1-$2-$3'));
}

/** Whether a cell says yes. */
export function flagOf(cell: unknown): boolean {
  return /^(1|true|t|yes|y)$/i.test(textOf(cell));
}

const ENGLISH = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const LETTERS = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
const COUNTRIES = new Map([
  ...LETTERS.flatMap((a) => LETTERS.map((b) => [(ENGLISH.of(a + b) ?? '').toLowerCase(), a + b] as const)),
  ...Object.entries({ eire: 'IE', usa: 'US', rsa: 'ZA', 'czech republic': 'CZ', 'hong kong': 'HK' }),
]);

/** A country: two letters (ISO 3166), or its English name. @returns null when it is neither */
export function countryOf(cell: unknown): string | null {
  const text = textOf(cell).toLowerCase();
  const code = COUNTRIES.get(text) ?? text.toUpperCase();
  if (!/^[A-Z]{2}$/.test(code) || ENGLISH.of(code) === undefined) return null;
  // Some countries have more codes than one, such as UK for GB.
  return new Intl.Locale(`und-${code}`).region ?? null;
}

/** A list: as it is, or a text divided by `|`, by `;`, or (only where asked for) by commas. */
export function listOf(cell: unknown, commas = false): string[] {
  if (Array.isArray(cell)) return cell.map(textOf).filter((text) => text !== '');
  const text = textOf(cell);
  if (text.startsWith('[')) {
    try {
      const plain: unknown = JSON.parse(text);
      if (Array.isArray(plain)) return listOf(plain);
    } catch {
      // A text that happens to begin with a bracket.
    }
  }
  const divider = text.includes('|') ? '|' : text.includes(';') ? ';' : commas ? ',' : '\n';
  return text
    .split(divider)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
