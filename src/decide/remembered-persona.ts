import type { SiteConfig } from '../config/schema.ts';
import { UNKNOWN_PERSONA } from '../personas/schema.ts';
import type { Profile } from '../visitors/schema.ts';
import { personaOf } from './compiled.ts';
import { affinitiesOf, factsOf } from './facts.ts';

const MINUTE_MS = 60_000;

/**
 * The persona that a visitor's memory speaks for, without a page and a request: what is learnt from the visitor is counted under it.
 * @param profile null where nothing is remembered, or may be
 * @returns undefined when none is sure enough
 */
export function rememberedPersona(
  config: SiteConfig,
  { profile, sender, now }: { profile: Profile | null; sender: string; now: number },
): string | undefined {
  if (profile === null || Object.keys(config.personas).length === 0) return undefined;
  const { lines } = profile.cart;
  const isCustomer = sender.startsWith('c:');
  const cartValue = lines.reduce((sum, { price, quantity }) => sum + (price ?? 0) * quantity, 0);
  const facts = factsOf({
    now,
    timeZone: config.shop.timeZone,
    visitorId: isCustomer ? '' : sender.slice(2),
    customerId: isCustomer ? sender.slice(2) : null,
    profile,
    page: {},
    context: {},
    market: undefined,
    cart: lines,
    cartValue,
    freeShippingFrom: config.carts.freeShippingFrom,
    currency: profile.cart.currency ?? config.shop.currency,
    shopCurrency: config.shop.currency,
    sentSession: null,
    sessionIsOpen: now - profile.session.lastAt <= config.learning.sessionMinutes * MINUTE_MS,
    affinity: affinitiesOf(profile, now),
  });
  const { key } = personaOf({ config, facts, locales: [] });
  return key === UNKNOWN_PERSONA ? undefined : key;
}
