import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { archiveStore } from '../../src/analytics/archive-store.ts';
import { DAY_MS, isoDay } from '../../src/shared/decay.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const DAYS = Array.from({ length: 28 }, (_, i) => isoDay(NOW - i * DAY_MS));

test('a look at 28 days of one value each reads the newest 22: a day costs two reads, and there are 44', async () => {
  for (const day of DAYS)
    await env.ARCHIVE.put(
      `sparse/${day}/00/1`,
      `{"name":"search","at":${Date.parse(day)},"visitor":"v","sequence":1}\n`,
    );
  const events = await archiveStore(env.ARCHIVE, 'sparse').newest(DAYS);
  expect(events.map(({ at }) => isoDay(at))).toEqual(DAYS.slice(0, 22));
});

test('a look at many values of a day reads the newest 30', async () => {
  const [day = ''] = DAYS;
  for (let n = 10; n < 60; n++)
    await env.ARCHIVE.put(`dense/${day}/00/${n}`, `{"name":"search","at":${NOW},"visitor":"v","sequence":${n}}\n`);
  const events = await archiveStore(env.ARCHIVE, 'dense').newest(DAYS);
  expect(events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 30 }, (_, i) => 59 - i));
});
