/** Reading the archive, learning from it, and handing over what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { FlushMessage } from '../../analytics/schema.ts';
import { resolveConfig } from '../../config/defaults.ts';
import { SiteConfigInput } from '../../config/schema.ts';
import { type Cards, createCards, itemsCounted } from '../../learning/cards.ts';
import type { ArchivedEvent } from '../../learning/schema.ts';
import { uploadParts } from '../../learning/stored.ts';
import { DAY_MS } from '../../shared/decay.ts';
import type { Api } from '../importing/api.ts';
import type { Progress } from '../importing/progress.ts';
import { ImportError } from '../importing/read.ts';
import { keysBy } from '../importing/teach.ts';
import { type Replayed, replay } from './lessons.ts';
import type { ReplayOptions } from './options.ts';

/** KV may be this far behind what was just written. */
const LATEST_MS = 120_000;
const ASK_EVERY_MS = 2_000;

const ArchiveLine: z.ZodType<ArchivedEvent> = FlushMessage.shape.archived.element;
const Value = z.object({ day: z.string(), hour: z.string(), n: z.number() });
type Value = z.infer<typeof Value>;
const ArchivePage = z.looseObject({ items: z.array(Value), cursor: z.string().nullable() });
const ItemPage = z.looseObject({
  items: z.array(z.looseObject({ itemId: z.string(), groupId: z.string().optional() })),
  cursor: z.string().nullish(),
});
const PublishedConfig = z.looseObject({ config: SiteConfigInput });
const Begun = z.looseObject({ rebuildId: z.string(), until: z.number(), lastKey: z.string().nullable() });
const Staged = z.looseObject({ accepted: z.boolean(), replaced: z.boolean().optional() });
const Raised = z.looseObject({ raised: z.number() });

const pathOf = ({ day, hour, n }: Value): string => `/v1/archive/${day}/${hour}/${n}`;

/** Pages of a list, followed to the end. */
async function* pages<T extends { cursor?: string | null | undefined }>(api: Api, path: string, schema: z.ZodType<T>) {
  let cursor: string | null = null;
  do {
    const joint = path.includes('?') ? '&' : '?';
    const from: string = cursor === null ? '' : `${joint}cursor=${encodeURIComponent(cursor)}`;
    const page: T = schema.parse(await api.get(`${path}${from}`));
    yield page;
    cursor = page.cursor ?? null;
  } while (cursor !== null);
}

/** The values to be read, in the order in which they were written. */
async function valuesOf(api: Api, options: ReplayOptions, until: number): Promise<Value[]> {
  const values: Value[] = [];
  for await (const page of pages(api, '/v1/archive', ArchivePage))
    values.push(...page.items.filter(({ day, n }) => n <= until && isWithin(day, options)));
  return values.sort((a, b) => a.n - b.n);
}

const isWithin = (day: string, { from, to }: ReplayOptions): boolean =>
  (from === null || day >= from) && (to === null || day <= to);

function* eventsIn(text: string): Generator<ArchivedEvent> {
  for (const line of text.split('\n')) if (line !== '') yield ArchiveLine.parse(JSON.parse(line));
}

async function groupsOf(api: Api): Promise<Map<string, string>> {
  const groups = new Map<string, string>();
  for await (const page of pages(api, '/v1/catalog/items?limit=1000', ItemPage))
    for (const { itemId, groupId } of page.items) if (groupId !== undefined) groups.set(itemId, groupId);
  return groups;
}

/** Waits until the value that was written last can be read. */
async function untilReadable(api: Api, key: string, progress: Progress): Promise<void> {
  const [day = '', hour = '', n = ''] = key.split('/');
  const givenUpAt = Date.now() + LATEST_MS;
  while ((await api.text(pathOf({ day, hour, n: Number(n) }))) === null) {
    if (Date.now() > givenUpAt)
      throw new ImportError(`The archive does not show ${key} yet. Try again in some minutes.`);
    progress.say('Waiting until the archive shows what was written last.');
    await sleep(ASK_EVERY_MS);
  }
}

export interface ReplayReport extends Replayed {
  values: number;
  items: number;
  /** Events by which counters were raised; null in a dry run. */
  raised: number | null;
  replaced: boolean;
}

async function learnt(api: Api, options: ReplayOptions, { until, progress }: { until: number; progress: Progress }) {
  const published = await api.get('/v1/config');
  const { learning, shop } = resolveConfig(published === null ? {} : PublishedConfig.parse(published).config);
  const groups = learning.variants === 'separate' ? new Map<string, string>() : await groupsOf(api);
  const values = await valuesOf(api, options, until);
  const events: ArchivedEvent[] = [];
  progress.start({ label: 'Archive', unit: 'values', total: values.length });
  for (const [i, value] of values.entries()) {
    for (const event of eventsIn((await api.text(pathOf(value))) ?? '')) events.push(event);
    progress.update(i + 1);
  }
  progress.end();
  const cards = createCards({ halfLifeMs: learning.halfLifeDays * DAY_MS });
  const { sessionMinutes } = learning;
  const replayed = replay(events, cards, { keyOf: keysBy(groups), sessionMinutes, timeZone: shop.timeZone });
  return { cards, replayed, values: values.length };
}

async function handOver(api: Api, cards: Cards, { rebuildId, progress }: { rebuildId: string; progress: Progress }) {
  let total = 0;
  for (const _ of uploadParts(cards)) total++;
  progress.start({ label: 'Cards', unit: 'parts', total });
  let number = 0;
  let replaced = false;
  for (const part of uploadParts(cards)) {
    const path = `/v1/cards?importId=${rebuildId}&chunk=${number}&chunks=${total}&replace=true`;
    const answer = Staged.parse(await api.send('PUT', path, part));
    // A repeated part of a rebuild that has ended: its first sending did it, and the answer got lost.
    replaced = answer.replaced === true || !answer.accepted;
    progress.update(++number);
  }
  progress.end();
  return replaced;
}

/**
 * Rebuilds cards and counters.
 * @throws ImportError where the archive has nothing, since cards would be replaced by none
 */
export async function rebuild(api: Api, options: ReplayOptions, progress: Progress): Promise<ReplayReport> {
  const begun = options.dryRun ? null : Begun.parse(await api.send('POST', '/v1/cards/rebuild', '{}'));
  if (begun?.lastKey != null) await untilReadable(api, begun.lastKey, progress);
  const until = begun?.until ?? Number.POSITIVE_INFINITY;
  const { cards, replayed, values } = await learnt(api, options, { until, progress });
  const report = { ...replayed, values, items: itemsCounted(cards.counts) };
  if (begun === null) return { ...report, raised: null, replaced: false };
  const { raised } = Raised.parse(
    await api.send('POST', '/v1/archive/counts', JSON.stringify({ days: replayed.days })),
  );
  if (cards.counts.size === 0)
    throw new ImportError('The archive teaches nothing: the cards stay as they are. Counters were compared.');
  const replaced = await handOver(api, cards, { rebuildId: begun.rebuildId, progress });
  return { ...report, raised, replaced };
}
