import type { ConsentRecord } from '../visitors/schema.ts';
import { Consent, type KeptEvent } from './schema.ts';

/**
 * The consent that a visitor's events state: the newest `custom` event with the key `consent` and `properties: {"consent": "none|session|personal"}`. It
 * is stored if it is newer than what is stored.
 */
export function consentStated(events: readonly KeptEvent[]): { stated?: ConsentRecord } {
  let stated: ConsentRecord | undefined;
  for (const event of events) {
    if (event.name !== 'custom' || event.key !== 'consent') continue;
    const said = Consent.safeParse(event.properties?.consent);
    if (said.success && (stated === undefined || event.at >= stated.at))
      stated = { consent: said.data, at: event.at, source: 'event' };
  }
  return stated === undefined ? {} : { stated };
}
