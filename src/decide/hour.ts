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

/** The hour of the day in a time zone, 0 to 23. @throws RangeError when there is no such zone */
export const hourIn = (at: number, timeZone: string): number => Number(formatterOf(timeZone).format(at).slice(-2));

const WEEKDAYS = 'MonTueWedThuFriSatSun';

/** The day of the week in a time zone, 1 (Monday) to 7. @throws RangeError when there is no such zone */
export const weekdayIn = (at: number, timeZone: string): number =>
  WEEKDAYS.indexOf(formatterOf(timeZone).format(at).slice(0, 3)) / 3 + 1;
