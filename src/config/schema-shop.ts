import * as z from 'zod';
import { Consent } from '../events/schema.ts';
import { OutgoingEventName, SHAPES } from '../integrations/schema.ts';
import { Currency, HttpUrl, Locale, named, SecretReference, Share, strict } from './schema-common.ts';

function isTimeZone(text: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const Shop = strict({
  name: z.string().min(1).max(200).optional(),
  currency: Currency.optional(),
  locale: Locale.optional(),
  locales: z.array(Locale).min(1).max(50).optional(),
  timeZone: z.string().max(60).refine(isTimeZone, 'an IANA time zone such as Europe/London is expected').optional(),
  url: HttpUrl.nullable().optional(),
});

/** Scheme, host and port, as browsers send it in `Origin`. */
export const Origin = z
  .string()
  .max(300)
  .refine(
    (text) => /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text,
    'an origin such as https://shop.example is expected, without a path',
  );

export const Identity = strict({
  secret: SecretReference.nullable().optional(),
  jwksUrl: HttpUrl.nullable().optional(),
  issuer: z.string().min(1).max(500).nullable().optional(),
  audience: z.string().min(1).max(500).nullable().optional(),
  traits: z.array(z.string().min(1).max(100)).max(100).optional(),
}).refine(
  (identity) => identity.jwksUrl == null || (identity.issuer != null && identity.audience != null),
  'with a jwksUrl, issuer and audience are needed',
);

export const ConsentSettings = strict({
  default: Consent.optional(),
  gpc: Consent.optional(),
  categories: z.record(z.string().min(1).max(100), Consent).optional(),
});

const days = (least: number) => z.number().int('whole days').min(least).max(3650);

export const Retention = strict({
  eventsDays: days(1).optional(),
  profileDays: days(1).optional(),
  archiveDays: days(0).optional(),
});

export const Plan = z.enum(['paid', 'free']);

export const Freshness = strict({
  flushSeconds: z.number().min(1).max(3600).optional(),
  cardsSeconds: z.number().min(1).max(86_400).optional(),
  catalogSeconds: z.number().min(1).max(3600).optional(),
  kvWritesPerDay: z.number().int().min(10).max(10_000_000).optional(),
});

export const Learning = strict({
  halfLifeDays: z.number().min(1).max(3650).optional(),
  sessionMinutes: z.number().min(1).max(1440).optional(),
  bigBaskets: z
    .union([z.boolean(), z.literal('auto')])
    .optional()
    .describe(
      'Whether companions are weighed against each other (regression), or each pair by itself. `auto`: as soon as the shop’s own orders show that it helps.',
    ),
  ownClicks: Share.optional(),
  personas: z
    .enum(['auto', 'on', 'off'])
    .optional()
    .describe('Whether what is popular leans towards the visitor’s persona; auto: the shop’s own hold-out decides'),
  blend: z
    .enum(['auto', 'on', 'off'])
    .optional()
    .describe(
      'Whether recent sessions (VMIS-kNN) have half the say in what comes next. `auto`: as soon as the shop’s own hold-out shows that they help. `off` keeps no sessions.',
    ),
  variants: z.enum(['group', 'separate']).optional(),
});

const Country = z.string().regex(/^[A-Z]{2}$/, 'a country such as DE is expected');

/** Markets are named as shops name them (`DE`), so capitals are allowed. */
export const Markets = z.record(
  z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'names of markets have 1 to 64 characters of A-Z a-z 0-9 -'),
  strict({
    currency: Currency,
    countries: z.array(Country).max(300).optional(),
    /** In the market's currency. Absent: the shop's, where the currency is the same; null: delivery is never free. */
    freeShippingFrom: z.number().min(0).nullable().optional(),
  }),
);

export const Carts = strict({
  abandonedAfterMinutes: z.number().min(1).max(43_200).optional(),
  restoreUrl: HttpUrl.refine((url) => url.includes('{token}'), 'the address needs the place {token}').optional(),
  freeShippingFrom: z.number().min(0).nullable().optional(),
});

/** What of others' purchases may be shown: items that at least so many different people bought within so many hours. */
export const RecentlyBought = strict({
  buyers: z.number().int().min(2, 'what one person bought is nobody else’s business: at least 2').max(1000).optional(),
  hours: z.number().int('whole hours').min(1).max(72).optional(),
});

export const Attribution = strict({ windowHours: z.number().min(1).max(8760).optional() });

const Incoming = strict({ secret: SecretReference }).optional();

export const Webhooks = strict({
  shopify: Incoming,
  woocommerce: Incoming,
  bigcommerce: Incoming,
  ecwid: Incoming,
  stripe: Incoming,
  saleor: Incoming,
});

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/;

/** Outgoing. Loopback addresses are called only where the deployment allows it. */
export const Endpoints = named(
  strict({
    url: HttpUrl.refine((url) => url.startsWith('https://') || LOOPBACK.test(url), 'only https is called'),
    secret: SecretReference,
    events: z.array(OutgoingEventName).min(1).max(100),
    /** How a delivery looks: a signed Standard Webhook, or what a sender of e-mails expects, whose key the secret then is. */
    shape: z.enum(SHAPES).optional(),
  }),
);
