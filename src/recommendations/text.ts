import type { Reason, ReasonCode } from './schema.ts';

/** Sentences for shoppers, by language. A language that is not here reads English. What only took from a score is nothing to tell a shopper. */
const SENTENCES: Record<string, Record<ReasonCode, string>> = {
  en: {
    also_viewed: 'Others went on to look at this',
    bought_together: 'Often bought with this',
    session: 'Goes with what you looked at',
    seen_before: 'You looked at this before',
    category_affinity: 'From a category you like',
    brand_affinity: 'From a brand you like',
    trending: 'Popular right now',
    bestseller: 'A bestseller',
    popular: 'Popular with others',
    popular_with_persona: 'Popular with shoppers like you',
    popular_in_context: 'Popular around you right now',
    new_arrival: 'New in the shop',
    assortment: 'From our range',
    recently_viewed: 'You looked at this recently',
    bought_before: 'You bought this before',
    bought_by_others: 'Several people bought this lately',
    reaches_free_delivery: 'Reaches free delivery',
    pair_reaches_free_delivery: 'Together they reach free delivery',
    handpicked: 'Picked by the shop',
    similar: 'Similar to what you looked at',
    same_category: 'From the same category',
    same_brand: 'From the same brand',
    alternative: 'An alternative to what is sold out',
    same: 'Same {{detail}}',
    differs: 'Different {{detail}}',
    costs_more: '{{detail}} more',
    costs_less: '{{detail}} less',
    in_stock: 'In stock',
    context: 'Fits what you are looking for',
    little_known: 'Something new to discover',
    rule: 'Picked by the shop',
    promoted: 'Sponsored',
    rotation: '',
    diversity: '',
  },
  de: {
    also_viewed: 'Das sahen sich andere danach an',
    bought_together: 'Wird oft zusammen gekauft',
    session: 'Passt zu dem, was Sie angesehen haben',
    seen_before: 'Das haben Sie schon angesehen',
    category_affinity: 'Aus einer Kategorie, die Sie mögen',
    brand_affinity: 'Von einer Marke, die Sie mögen',
    trending: 'Gerade beliebt',
    bestseller: 'Ein Bestseller',
    popular: 'Bei anderen beliebt',
    popular_with_persona: 'Beliebt bei Menschen mit ähnlichem Geschmack',
    popular_in_context: 'Gerade in Ihrer Umgebung beliebt',
    new_arrival: 'Neu im Sortiment',
    assortment: 'Aus unserem Sortiment',
    recently_viewed: 'Kürzlich angesehen',
    bought_before: 'Das haben Sie schon gekauft',
    bought_by_others: 'Wurde in letzter Zeit mehrmals gekauft',
    reaches_free_delivery: 'Damit ist die Lieferung kostenlos',
    pair_reaches_free_delivery: 'Zusammen wird die Lieferung kostenlos',
    handpicked: 'Vom Shop ausgewählt',
    similar: 'Ähnlich wie das, was Sie angesehen haben',
    same_category: 'Aus derselben Kategorie',
    same_brand: 'Von derselben Marke',
    alternative: 'Eine Alternative zu dem, was ausverkauft ist',
    same: '{{detail}}: gleich',
    differs: '{{detail}}: anders',
    costs_more: '{{detail}} teurer',
    costs_less: '{{detail}} günstiger',
    in_stock: 'Auf Lager',
    context: 'Passt zu dem, was Sie suchen',
    little_known: 'Neu zu entdecken',
    rule: 'Vom Shop ausgewählt',
    promoted: 'Anzeige',
    rotation: '',
    diversity: '',
  },
};

/** What shops usually call the fields that alternatives agree or differ in; other fields are called as the shop calls them. */
const FIELDS: Record<string, Record<string, string>> = {
  de: {
    size: 'Größe',
    color: 'Farbe',
    colour: 'Farbe',
    material: 'Material',
    voltage: 'Spannung',
    allergens: 'Allergene',
    brand: 'Marke',
    price: 'Preis',
    categories: 'Kategorie',
  },
};

const AMOUNT = /^(\d+(?:\.\d+)?) ([A-Z]{3})$/;

/** Making one costs more than the rest of an answer. A shop has few. */
const formats = new Map<string, Intl.NumberFormat>();

/** @param amount such as `4.00 EUR` */
function money(amount: string, currency: string, locale: string | undefined): string {
  const name = `${locale} ${currency}`;
  let format = formats.get(name);
  if (format === undefined) {
    if (formats.size > 100) formats.clear();
    format = new Intl.NumberFormat(canonical(locale), { style: 'currency', currency });
    formats.set(name, format);
  }
  return format.format(Number(amount));
}

/** Requests may name a locale that is none. */
function canonical(locale: string | undefined): string {
  try {
    return Intl.getCanonicalLocales(locale ?? 'en')[0] ?? 'en';
  } catch {
    return 'en';
  }
}

/** What a sentence says in the place of `{{detail}}`. */
function detailText(detail: string | undefined, locale: string | undefined): string {
  if (detail === undefined) return '';
  const [, amount, currency] = AMOUNT.exec(detail) ?? [];
  if (amount !== undefined && currency !== undefined) return money(amount, currency, locale);
  const names = FIELDS[languageOf(locale)];
  return names !== undefined && Object.hasOwn(names, detail) ? (names[detail] ?? detail) : detail;
}

/** A sentence with its place filled in. */
export function withDetail(sentence: string, reason: Pick<Reason, 'detail'>, locale: string | undefined): string {
  if (!sentence.includes('{{detail}}')) return sentence;
  // Joined, and so in one piece: see `iso`.
  return sentence.split('{{detail}}').join(detailText(reason.detail, locale));
}

const languageOf = (locale: string | undefined): string => locale?.split('-')[0]?.toLowerCase() ?? 'en';

/** How a row about one item is called, and one whose title was to name an item, and is about none. */
const ROWS: Record<string, { about: string; plain: string }> = {
  en: { about: 'Because you viewed {{item}}', plain: 'You may like these' },
  de: { about: 'Weil Sie {{item}} angesehen haben', plain: 'Das könnte Ihnen gefallen' },
};

/**
 * The title of a placement that may be about an item.
 * @param title as configured; null for none
 * @param item the title of the item that the row is about; null when it is about none
 */
export function rowTitle(title: string | null, item: string | null, locale: string | undefined): string {
  const built = ROWS[languageOf(locale)] ?? ROWS.en;
  if (item === null) return title?.includes('{{item}}') ? (built?.plain ?? '') : (title ?? '');
  return (title ?? built?.about ?? '').replaceAll('{{item}}', () => item);
}

const SOLD_OUT: Record<string, string> = {
  en: 'Sold out. How about one of these?',
  de: 'Ausverkauft. Wie wäre es damit?',
};

/** The title of what is offered instead of an item that is sold out, where the shop has none of its own. */
export const soldOutTitle = (locale: string | undefined): string => SOLD_OUT[languageOf(locale)] ?? SOLD_OUT.en ?? '';

/**
 * What is said of a reason, `{{detail}}` standing for what it refers to; '' for nothing.
 * @param locale BCP 47, such as `de-AT`; its language decides
 */
export function sentenceOf(code: ReasonCode, locale: string | undefined): string {
  const language = languageOf(locale);
  const sentences = Object.hasOwn(SENTENCES, language) ? SENTENCES[language] : SENTENCES.en;
  return sentences?.[code] ?? '';
}
