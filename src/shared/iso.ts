import { DAY_MS } from './decay.ts';

/** The digits of a date, year first, as character codes. */
type Digits = readonly [number, number, number, number, number, number, number, number];

/** What a visitor did is mostly of a few days, and the hours of a day are quickly written: the days written last, each where its number modulo theirs says. */
const MOST_DAYS = 64;
const days = Array.from({ length: MOST_DAYS }, (): { day: number; digits: Digits | null } => ({
  day: Number.NaN,
  digits: null,
}));

const TEXT_LENGTH = '2026-11-22T10:15:30.000Z'.length;
const [ZERO, DASH, COLON, POINT, T, Z] = [48, 45, 58, 46, 84, 90];

/** The digits of a day's date; null in years that are not written in four. @throws RangeError outside what a Date can be */
function digitsOf(day: number): Digits | null {
  const place = days[Math.abs(day % MOST_DAYS)];
  if (place?.day === day) return place.digits;
  const text = new Date(day * DAY_MS).toISOString();
  const code = (at: number): number => text.charCodeAt(at);
  const isUsual = text.length === TEXT_LENGTH;
  const digits: Digits | null = isUsual
    ? [code(0), code(1), code(2), code(3), code(5), code(6), code(8), code(9)]
    : null;
  if (place !== undefined) Object.assign(place, { day, digits });
  return digits;
}

/** The last digit of a number, and the one before it. */
const ones = (number: number): number => ZERO + (number % 10);
const tens = (number: number): number => ZERO + (Math.floor(number / 10) % 10);

/**
 * A time in ISO 8601, as `Date.toISOString` writes it, for lists of times. Made of character codes: what is put together from pieces stays in pieces, and
 * then the whole answer is written as JSON the slow way.
 * @param at epoch milliseconds @throws RangeError outside what a Date can be
 */
export function iso(at: number): string {
  const whole = Math.trunc(at);
  const day = Math.floor(whole / DAY_MS);
  const digits = digitsOf(day);
  if (digits === null) return new Date(whole).toISOString();
  const left = whole - day * DAY_MS;
  const hours = Math.floor(left / 3_600_000);
  const minutes = Math.floor(left / 60_000) % 60;
  const seconds = Math.floor(left / 1_000) % 60;
  const [y1, y2, y3, y4, m1, m2, d1, d2] = digits;
  return String.fromCharCode(
    y1,
    y2,
    y3,
    y4,
    DASH,
    m1,
    m2,
    DASH,
    d1,
    d2,
    T,
    tens(hours),
    ones(hours),
    COLON,
    tens(minutes),
    ones(minutes),
    COLON,
    tens(seconds),
    ones(seconds),
    POINT,
    ZERO + Math.floor((left % 1_000) / 100),
    tens(left),
    ones(left),
    Z,
  );
}
