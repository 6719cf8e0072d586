import { DAY_MS } from './decay.ts';

/** The day that was written last: what a visitor did is mostly of a few days, and the hours of a day are quickly written. */
let day = Number.NaN;
let date = '';

const two = (number: number): string => (number < 10 ? `0${number}` : String(number));
const three = (number: number): string => (number < 100 ? `0${two(number)}` : String(number));

/** A time in ISO 8601, as `Date.toISOString` writes it, for lists of times. @param at epoch milliseconds @throws RangeError outside what a Date can be */
export function iso(at: number): string {
  const whole = Math.trunc(at);
  const its = Math.floor(whole / DAY_MS);
  if (its !== day) {
    date = new Date(its * DAY_MS).toISOString().slice(0, -'00:00:00.000Z'.length);
    day = its;
  }
  const left = whole - its * DAY_MS;
  const [hours, minutes, seconds] = [
    Math.floor(left / 3_600_000),
    Math.floor(left / 60_000) % 60,
    Math.floor(left / 1_000) % 60,
  ];
  return `${date}${two(hours)}:${two(minutes)}:${two(seconds)}.${three(left % 1_000)}Z`;
}
