import type { SiteConfig } from '../config/schema.ts';
import { updatePersona } from '../personas/assign.ts';
import type { Held } from '../personas/schema.ts';
import type { Judging, Profile } from '../visitors/schema.ts';
import { personasOf } from './compiled.ts';
import { affinitiesOf, factsOf } from './facts.ts';
import { marketOf } from './scene.ts';

const MINUTE_MS = 60_000;

/**
 * The persona that a visitor is held to be after an update of the profile (see {@link updatePersona}); `unknown` where none is sure enough.
 * @param from.judging the request that brought the update about; where that is not known, country, device and campaign are those of the visit
 */
export function rememberedPersona(
  config: SiteConfig,
  from: { profile: Profile; sender: string; now: number; judging: Judging | undefined },
): Held {
  const { profile, sender, now, judging } = from;
  const { session } = profile;
  const sessionIsOpen = now - session.lastAt <= config.learning.sessionMinutes * MINUTE_MS;
  const visit = sessionIsOpen ? { country: session.country, device: session.device, campaign: session.campaign } : {};
  const said = Object.entries({ ...visit, ...judging?.context }).filter(([, value]) => value !== null);
  const context = Object.fromEntries(said);
  const market = marketOf(context, config);
  const configured = market === undefined ? undefined : config.markets[market];
  const { lines, currency } = profile.cart;
  const isCustomer = sender.startsWith('c:');
  const facts = factsOf({
    now,
    timeZone: judging?.context.timeZone ?? config.shop.timeZone,
    visitorId: isCustomer ? '' : sender.slice(2),
    customerId: isCustomer ? sender.slice(2) : null,
    profile,
    page: judging?.page ?? {},
    context,
    market,
    cart: lines,
    cartValue: lines.reduce((sum, { price, quantity }) => sum + (price ?? 0) * quantity, 0),
    freeShippingFrom: configured === undefined ? config.carts.freeShippingFrom : configured.freeShippingFrom,
    currency: currency ?? configured?.currency ?? config.shop.currency,
    shopCurrency: config.shop.currency,
    sentSession: null,
    sessionIsOpen,
    affinity: affinitiesOf(profile, now),
    exits: null,
  });
  return updatePersona(personasOf(config), facts, profile.held ?? null);
}
