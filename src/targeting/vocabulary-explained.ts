/** What the facts mean, for people: the README's table and the API document are made of it. Nothing that decides reads it. */
import { FACTS, type Fact, type FactPath, ITEM_VOCABULARY, type ItemFactPath } from './vocabulary.ts';

/** What a fact says, and a clause about it. */
type Explained = readonly [meaning: string, example: object];

const EXPLAINED: Readonly<Record<FactPath, Explained>> = {
  'visitor.visitorId': ['the visitor', { $regex: '^test-' }],
  'visitor.customerId': ['the customer, where the request proves one', { $exists: true }],
  'visitor.isNew': ['the first visit', { $eq: true }],
  'visitor.visits': ['visits, this one included', { $gte: 2 }],
  'visitor.events': ['events in all', { $gte: 50 }],
  'visitor.orders': ['orders that are remembered', { $gte: 1 }],
  'visitor.daysKnown': ['days since the first event', { $lt: 30 }],
  'visitor.evidence': [
    'how much is known of the visitor, in views: what the prior of a persona gives way to',
    { $lt: 3 },
  ],
  'visitor.pagesPerVisit': ['pages of a usual visit, the recent ones counting most', { $gte: 8, $exists: true }],
  'visitor.viewsPerVisit': ['views of items in a usual visit', { $gte: 5, $exists: true }],
  'visitor.searchesPerVisit': ['searches in a usual visit', { $gte: 1, $exists: true }],
  'visitor.minutesPerVisit': ['how long a usual visit lasts', { $gte: 10, $exists: true }],
  'trait.*': [
    'what was stated about the visitor (`identity.traits` says which): age, trade, …',
    { $in: ['florist', 'cook'] },
  ],
  'affinity.category.*': [
    'share of the visitor’s interactions, the recent ones counting most, that touched a category, by its slug',
    { $gt: 0.3 },
  ],
  'affinity.brand.*': ['the same of a brand, by its name', { $gt: 0.5 }],
  'affinity.priceBand.1': ['of the cheapest fifth of the shop’s prices', { $gt: 0.5 }],
  'affinity.priceBand.2': ['of the second fifth', { $gt: 0.4 }],
  'affinity.priceBand.3': ['of the middle fifth', { $gt: 0.4 }],
  'affinity.priceBand.4': ['of the fourth fifth', { $gt: 0.4 }],
  'affinity.priceBand.5': ['of the dearest fifth', { $gt: 0.3 }],
  'affinity.priceLevel': ['the mean of the fifths of the shop’s prices, 1 to 5', { $gte: 4, $exists: true }],
  'affinity.priceScore': ['fifth of the shop’s visitors by their price level, 5 the highest', { $eq: 5 }],
  'affinity.discount.score': ['the same by the share of what they viewed that was reduced', { $eq: 5 }],
  'affinity.discount.viewed': ['share of what was viewed that was reduced', { $gte: 0.5, $exists: true }],
  'affinity.discount.bought': ['share of what was bought that was reduced', { $gte: 0.5, $exists: true }],
  'affinity.pageType.*': ['share of the pages looked at, by their type', { $gte: 0.2 }],
  'affinity.evidence': ['how many interactions, the old ones counting less, the shares are of', { $gte: 5 }],
  lifecycle: ['where a customer stands, by the own rhythm of buying', { $in: ['at-risk', 'lapsed'] }],
  'loyalty.tier': [
    'tier in your programme of loyalty, as it was stated (`identity.traits` with `loyalty`)',
    { $in: ['gold', 'platinum'] },
  ],
  'loyalty.points': ['points that may be spent', { $gte: 500, $exists: true }],
  'loyalty.status': ['whether they take part, in the words of the programme', { $eq: 'member' }],
  'loyalty.daysToExpiry': ['days until the points expire; less than 0: they have', { $gte: 0, $lte: 7, $exists: true }],
  'rfm.recencyDays': ['days since the last order; 1,000,000 for who never ordered', { $lte: 30 }],
  'rfm.frequency': ['orders', { $gte: 3 }],
  'rfm.monetary': ['worth of all orders, in the shop’s currency', { $gte: 200 }],
  'rfm.recencyScore': [
    'fifth of the shop’s customers by how lately they bought, 5 the latest; null without an order and while too few customers are known',
    { $gte: 4, $exists: true },
  ],
  'rfm.frequencyScore': ['the same by how often', { $gte: 4, $exists: true }],
  'rfm.monetaryScore': ['the same by how much', { $eq: 5 }],
  'rfm.tier': ['third of the shop’s customers by what they have spent: `high`, `medium`, `low`', { $eq: 'high' }],
  persona: ['the persona’s key, `unknown` where none is sure enough', { $ne: 'unknown' }],
  'experiment.*': ['the variation that the visitor has in an experiment', { $eq: 'b' }],
  'session.views': ['views of items in this visit', { $gte: 5 }],
  'session.items': ['the items viewed, oldest first', { $size: { $gte: 3 } }],
  'session.distinctItems': ['how many different ones', { $gte: 3 }],
  'session.categories': ['categories of what was viewed in this visit, by their slugs', { $in: ['mugs'] }],
  'session.pages': ['pages looked at in this visit', { $gte: 5 }],
  'session.pageTypes': ['their types', { $in: ['search'] }],
  'session.searches': ['what was searched for', { $elemMatch: { $regexi: 'gift' } }],
  'session.landing': ['address of the page that the visit began on', { $regex: '/sale' }],
  'session.referrer': ['where the visit came from', { $regex: '^https://www\\.example\\.com' }],
  'session.campaign': ['campaign of the visit', { $eq: 'christmas' }],
  'session.country': ['country of the visit (ISO 3166)', { $in: ['DE', 'AT', 'CH'] }],
  'session.device': ['kind of device', { $eq: 'mobile' }],
  'session.hour': ['hour of the day where the visitor is', { $gte: 18 }],
  'session.weekday': ['day of the week there, 1 is Monday', { $in: [6, 7] }],
  'session.minutes': ['how long the visit has lasted', { $gte: 10 }],
  'page.type': ['kind of page', { $in: ['cart', 'checkout'] }],
  'page.itemId': ['the item that the page is about', { $eq: '85123A' }],
  'page.category': ['its category, as the page says it', { $regex: '^Home' }],
  'page.query': ['what was searched for on it', { $exists: true }],
  'page.url': ['its address', { $regex: '/sale' }],
  'page.title': ['its title', { $regexi: 'sale' }],
  'page.referrer': ['the page before', { $regex: '/checkout' }],
  'page.availability': ['whether its item can be had', { $eq: 'out_of_stock' }],
  'page.exitRate': [
    'share of the views of pages of this type, over 28 days, after which the visit ended; null under a hundred views',
    { $gt: 0.4, $exists: true },
  ],
  'page.bounceRate': [
    'share of the visits that began on such a page and saw no other; null under a hundred visits',
    { $gt: 0.5, $exists: true },
  ],
  'cart.count': ['different items in the basket', { $eq: 0 }],
  'cart.quantity': ['pieces in the basket', { $gte: 3 }],
  'cart.value': ['worth of the basket', { $gte: 20, $lt: 35 }],
  'cart.currency': ['in which currency', { $eq: 'GBP' }],
  'cart.items': ['the items in the basket', { $in: ['85123A'] }],
  'cart.toFreeShipping': [
    'what is missing for free delivery; null where delivery is never free',
    { $gt: 0, $lte: 10, $exists: true },
  ],
  'context.country': ['country of the request', { $eq: 'DE' }],
  'context.device': ['kind of device', { $ne: 'mobile' }],
  'context.campaign': ['campaign that the request names', { $eq: 'christmas' }],
  'context.market': ['the market whose prices count', { $eq: 'DE' }],
  'context.locale': ['language of the page (BCP 47)', { $regex: '^de' }],
  'context.timeZone': ['time zone of the visitor', { $regex: '^Europe/' }],
  'context.**': ['whatever else the caller sends', { $eq: 'staff' }],
};

const EXPLAINED_ITEMS: Readonly<Record<ItemFactPath, Explained>> = {
  itemId: ['the item', { $in: ['22423', '85123A'] }],
  title: ['its title', { $regexi: 'mug' }],
  price: ['price in the visitor’s market', { $lt: 20 }],
  salePrice: ['reduced price', { $exists: true }],
  currency: ['of the price', { $eq: 'GBP' }],
  availability: ['whether it can be had', { $ne: 'out_of_stock' }],
  availableAt: ['from when on', { $lt: '2027-01-01' }],
  stock: ['pieces there are', { $gte: 5, $exists: true }],
  brand: ['brand', { $eq: 'Leaf' }],
  categories: ['slugs of every level of its categories', { $in: ['mugs', 'cups'] }],
  'attributes.*': ['any of its attributes', { $eq: 'red' }],
  tags: ['tags', { $all: ['clearance'] }],
  groupId: ['what it is a variant of', { $exists: false }],
  margin: ['margin', { $gt: 0.3, $exists: true }],
  rating: ['rating', { $gte: 4, $exists: true }],
  createdAt: ['when it was new (ISO 8601)', { $gte: '2026-10-01' }],
  'offers.*.price': ['price in a market', { $lt: 20, $exists: true }],
  'offers.*.salePrice': ['reduced price there', { $exists: true }],
  'offers.*.currency': ['currency there', { $eq: 'EUR' }],
  'offers.*.availability': ['whether it can be had there', { $eq: 'in_stock' }],
  'offers.*.stock': ['pieces there', { $gte: 5, $exists: true }],
};

/** A row of the documentation. */
export interface FactRow {
  path: string;
  /** In words: `number from 0 to 23`. */
  type: string;
  meaning: string;
  /** A condition about it, which may be used as it is once free names are filled in. */
  example: Readonly<Record<string, object>>;
}

function boundsOf({ least, most }: Fact): string {
  if (most !== undefined) return ` from ${least} to ${most}`;
  return least === undefined ? '' : `, ${least} or more`;
}

/** A fact's type in words. */
export function typeInWords(fact: Fact): string {
  const names = { number: 'number', text: 'text', boolean: 'true or false', list: 'list of texts', any: 'any value' };
  const kind = fact.isWhole ? 'whole number' : names[fact.type];
  const list = fact.values ?? fact.usual;
  const listed = list === undefined ? '' : `: ${list.join(', ')}${fact.values === undefined ? ', …' : ''}`;
  return `${kind}${boundsOf(fact)}${listed}${fact.absent === 'unknown' && fact.type !== 'any' ? ', or unknown' : ''}`;
}

const NAMES: Readonly<Record<string, string>> = {
  'trait.*': 'trade',
  'affinity.category.*': 'mugs',
  'affinity.brand.*': 'Leaf',
  'experiment.*': 'layout',
  'context.**': 'team',
  'attributes.*': 'color',
};

function rowsOf(vocabulary: Readonly<Record<string, Fact>>, explained: Readonly<Record<string, Explained>>): FactRow[] {
  return Object.entries(vocabulary).map(([path, fact]) => {
    const [meaning = '', about = {}] = explained[path] ?? [];
    const name = path.replace(/\*+/, NAMES[path] ?? 'DE');
    return { path, type: typeInWords(fact), meaning, example: { [name]: about } };
  });
}

/** Every fact about visitors and pages. */
export const factRows = (): FactRow[] => rowsOf(FACTS, EXPLAINED);

/** Every field of items. */
export const itemFactRows = (): FactRow[] => rowsOf(ITEM_VOCABULARY, EXPLAINED_ITEMS);

/** Rows as a table in Markdown, its columns aligned. */
export function factTable(rows: readonly FactRow[]): string {
  const cells = [
    ['fact', 'what it is', 'type', 'example'],
    ...rows.map(({ path, meaning, type, example }) => [
      `\`${path}\``,
      meaning,
      type,
      `\`${JSON.stringify(Object.values(example)[0]).replaceAll('|', '\\|')}\``,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const [head = '', ...body] = cells.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n');
}
