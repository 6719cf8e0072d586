import { atHour, contextOf, contextTags } from '../learning/contexts.ts';
import type { Profile } from '../visitors/schema.ts';
import { hourIn } from './hour.ts';
import type { DecideContext, DecidePage } from './schema.ts';

const hostOf = (address: string | undefined): string | undefined => /^\w+:\/\/([^/?#]+)/.exec(address ?? '')?.[1];

interface Coming {
  page: DecidePage;
  context: DecideContext;
  /** The visit that goes on, as it is remembered. */
  session: Profile['session'] | null;
  now: number;
  /** Of the shop: by its clock it was counted. */
  timeZone: string;
}

/** What is known of how anybody comes: country, device, time of day, kind of the page before. The shop's own pages are none of those. */
export function contextTagsOf({ page, context, session, now, timeZone }: Coming): number[] {
  const before = hostOf(page.referrer) === hostOf(page.url) ? undefined : page.referrer;
  const known = contextOf({
    country: context.country ?? session?.country,
    device: context.device ?? session?.device,
    referrer: session?.referrer ?? before,
  });
  return contextTags(atHour(known, hourIn(now, timeZone)));
}

/** What is worked out when it is first asked for, and then known. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
