import type { ReasonCode } from './schema.ts';

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
    new_arrival: 'New in the shop',
    assortment: 'From our range',
    recently_viewed: 'You looked at this recently',
    bought_before: 'You bought this before',
    reaches_free_delivery: 'Reaches free delivery',
    pair_reaches_free_delivery: 'Together they reach free delivery',
    handpicked: 'Picked by the shop',
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
    new_arrival: 'Neu im Sortiment',
    assortment: 'Aus unserem Sortiment',
    recently_viewed: 'Kürzlich angesehen',
    bought_before: 'Das haben Sie schon gekauft',
    reaches_free_delivery: 'Damit ist die Lieferung kostenlos',
    pair_reaches_free_delivery: 'Zusammen wird die Lieferung kostenlos',
    handpicked: 'Vom Shop ausgewählt',
    little_known: 'Neu zu entdecken',
    rule: 'Vom Shop ausgewählt',
    promoted: 'Anzeige',
    rotation: '',
    diversity: '',
  },
};

/**
 * A reason as a shopper reads it.
 * @param locale BCP 47, such as `de-AT`; its language decides
 */
export function reasonText(code: ReasonCode, locale: string | undefined): string {
  const language = locale?.split('-')[0]?.toLowerCase() ?? 'en';
  const sentences = Object.hasOwn(SENTENCES, language) ? SENTENCES[language] : SENTENCES.en;
  return sentences?.[code] ?? '';
}
