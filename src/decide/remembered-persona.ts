import type { SiteConfig } from '../config/schema.ts';
import { assignByPrior, updatePersona } from '../personas/assign.ts';
import type { Held } from '../personas/schema.ts';
import type { Facts } from '../targeting/schema.ts';
import type { Judging, Profile } from '../visitors/schema.ts';
import { personasOf } from './compiled.ts';
import { affinitiesOf, VisitFacts } from './facts.ts';
import { marketOf } from './scene.ts';

const MINUTE_MS = 60_000;

export interface Remembered {
  profile: Profile;
  /** Name of the object: whose profile it is. */
  sender: string;
  now: number;
  /** The request that brought an update about; where that is not known, country, device and campaign are those of the visit. */
  judging?: Judging | undefined;
}

/** What a visitor's object knows of the visitor, as facts. */
export function rememberedFacts(config: SiteConfig, from: Remembered): Facts {
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
  return new VisitFacts({
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
    availability: null,
    quantiles: judging?.quantiles ?? {},
  });
}

/** The persona that a visitor is held to be after an update of the profile (see {@link updatePersona}); `unknown` where none is sure enough. */
export function rememberedPersona(config: SiteConfig, from: Remembered): Held {
  return updatePersona(personasOf(config), rememberedFacts(config, from), from.profile.held ?? null);
}

/** The persona that the context alone speaks for, as of a visitor of whom nothing else is known; null where none is sure enough. */
export function priorPersona(config: SiteConfig, from: Remembered): string | null {
  return assignByPrior(personasOf(config), rememberedFacts(config, from));
}
