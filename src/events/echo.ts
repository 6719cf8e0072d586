/** What the recommendationIds that events echo amount to, once it is known which of them were issued. Pure; the events are changed in place. */
import type { Catalogue } from '../catalog/catalogue.ts';
import { type Issued, itemHash } from '../recommendations/recommendation-id.ts';
import { DAY_MS } from '../shared/decay.ts';
import { key53 } from '../shared/hash.ts';
import type { EventItem, KeptEvent, Shown, Unattributed } from './schema.ts';

/** A browser's clock may be this much behind ours. */
const CLOCK_TOLERANCE_MS = 3_600_000;

const CREDITED: ReadonlySet<KeptEvent['name']> = new Set([
  'impression',
  'select_item',
  'view_item',
  'add_to_cart',
  'purchase',
]);

export interface Echoes {
  /** By recommendationId; null for what was not issued for this shop. */
  issued: ReadonlyMap<string, Issued | null>;
  /** Of attribution, milliseconds. */
  windowMs: number;
  catalogue: Pick<Catalogue, 'indexOf' | 'keyOf' | 'membersOf' | 'itemId'>;
}

const idOf = (event: KeptEvent, item: EventItem | null): string | undefined =>
  item?.recommendationId ?? event.recommendationId;

/** The recommendationIds that an event echoes and that may be credited. */
export function echoedIds(event: KeptEvent): string[] {
  if (!CREDITED.has(event.name)) return [];
  return [null, ...(event.items ?? [])].flatMap((item) => idOf(event, item) ?? []);
}

/** The hashes by which a recommendation would hold an item: its own, and those of the variants in its group. */
function hashesOf(itemId: string, { catalogue }: Echoes): number[] {
  const slot = catalogue.indexOf(itemId);
  if (slot < 0) return [itemHash(itemId)];
  return catalogue.membersOf(catalogue.keyOf(slot)).map((member) => itemHash(catalogue.itemId(member)));
}

function isInTime(issued: Issued, at: number, windowMs: number): boolean {
  const age = at - issued.at;
  return age >= -CLOCK_TOLERANCE_MS && age <= windowMs + (issued.isSeeded ? DAY_MS : 0);
}

type Judged = { shown: Shown; isOwn: true } | { why: Unattributed; isOwn: boolean };

/** @param itemId null where the recommendation is spoken of as a whole */
function judge(id: string, about: { itemId: string | null; at: number }, echoes: Echoes): Judged {
  const issued = echoes.issued.get(id) ?? null;
  if (issued === null) return { why: 'unverified', isOwn: false };
  if (issued.isDryRun) return { why: 'dryRun', isOwn: false };
  const hashes = about.itemId === null ? issued.items : hashesOf(about.itemId, echoes);
  if (about.itemId !== null && !hashes.some((hash) => issued.items.includes(hash)))
    return { why: 'otherItem', isOwn: false };
  if (!isInTime(issued, about.at, echoes.windowMs)) return { why: 'expired', isOwn: true };
  const { placement, strategy, explored } = issued;
  const shown: Shown = { recommendation: key53(id), placement, strategy };
  const drawn = explored === null ? undefined : issued.items[explored.index];
  if (explored !== null && drawn !== undefined && hashes.includes(drawn)) shown.explored = explored.probability;
  return { shown, isOwn: true };
}

/** Puts down on an event what its echoes are worth: by item, of an impression by recommendation, and what they are not worth. */
export function creditEchoes(event: KeptEvent, echoes: Echoes): void {
  if (!CREDITED.has(event.name)) return;
  const refused = new Map<string, Unattributed>();
  const impressed = new Map<number, Shown>();
  const abouts = event.items === undefined || event.items.length === 0 ? [null] : event.items;
  for (const item of abouts) {
    const id = idOf(event, item);
    if (item !== null) noteKey(item, echoes);
    if (id === undefined) continue;
    const judged = judge(id, { itemId: item?.itemId ?? null, at: event.at }, echoes);
    if (judged.isOwn && item !== null) item.own = true;
    if ('why' in judged) refused.set(id, judged.why);
    else if (event.name === 'impression') {
      const known = impressed.get(judged.shown.recommendation);
      impressed.set(judged.shown.recommendation, known?.explored === undefined ? judged.shown : known);
    } else if (item !== null) item.shown = judged.shown;
  }
  if (impressed.size > 0) event.impressed = [...impressed.values()];
  if (refused.size === 0) return;
  event.unattributed = {};
  for (const why of refused.values()) event.unattributed[why] = (event.unattributed[why] ?? 0) + 1;
}

/** Where the catalogue has variants, what is reached is the group. */
function noteKey(item: EventItem, { catalogue }: Echoes): void {
  const slot = catalogue.indexOf(item.itemId);
  if (slot < 0) return;
  const key = catalogue.keyOf(slot);
  if (key !== key53(item.itemId)) item.key = key;
}
