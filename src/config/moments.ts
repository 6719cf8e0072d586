/** Milliseconds that a zone's clocks are ahead of UTC at a moment. */
function offsetAt(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(new Date(at));
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return wall - Math.floor(at / 1000) * 1000;
}

/** The moment at which a zone's clocks show a wall time (given as if it were UTC). Around a change of clocks, the one after it. */
function atWall(wall: number, timeZone: string): number {
  const near = wall - offsetAt(wall, timeZone);
  return wall - offsetAt(near, timeZone);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * A config's date as epoch milliseconds. A day without a time is a day in the shop's time zone: as a beginning its first moment, as an end the first
 * moment of the day after, so that `until` includes its day.
 * @param text a `When` of the schema
 */
export function momentOf(text: string, timeZone: string, edge: 'from' | 'until'): number {
  if (!DAY.test(text)) return Date.parse(text);
  return atWall(Date.parse(text) + (edge === 'until' ? 86_400_000 : 0), timeZone);
}
