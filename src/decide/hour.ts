/** Formatters are dear to make: one a time zone. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const MOST_ZONES = 500;

/** @throws RangeError when there is no such zone */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    if (formatters.size >= MOST_ZONES) formatters.clear();
    formatter = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', weekday: 'short', hour: '2-digit' });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/** Whether there is a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}

const WEEKDAYS = 'MonTueWedThuFriSatSun';

/** No zone's hour begins but at a quarter. */
const QUARTER_MS = 900_000;

interface Clock {
  /** 0 to 23. */
  hour: number;
  /** 1 (Monday) to 7. */
  weekday: number;
}

/** What the clock shows in each zone, in the quarter of an hour that was asked for last. */
const clocks = new Map<string, { quarter: number; clock: Clock }>();

/** The hour and the day of the week in a time zone. @throws RangeError when there is no such zone */
export function clockIn(at: number, timeZone: string): Clock {
  const quarter = Math.floor(at / QUARTER_MS);
  const known = clocks.get(timeZone);
  if (known?.quarter === quarter) return known.clock;
  const text = formatterOf(timeZone).format(at);
  const clock = { hour: Number(text.slice(-2)), weekday: WEEKDAYS.indexOf(text.slice(0, 3)) / 3 + 1 };
  if (clocks.size >= MOST_ZONES) clocks.clear();
  clocks.set(timeZone, { quarter, clock });
  return clock;
}

/** The hour of the day in a time zone, 0 to 23. @throws RangeError when there is no such zone */
export const hourIn = (at: number, timeZone: string): number => clockIn(at, timeZone).hour;
