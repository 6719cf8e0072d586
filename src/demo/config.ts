import { defineConfig } from '../config/define-config.ts';
import { CURRENCY } from './catalogue/items.ts';
import { SHOP_NAME } from './opening.ts';

/** While the shop is being filled it carries this name. */
const FILLING_NAME = `${SHOP_NAME} (being filled)`;

/** The demo shop's config. Cards are published every few seconds, so that one sees the model learn while browsing. */
export const demoConfig = defineConfig({
  shop: { name: SHOP_NAME, currency: CURRENCY, locale: 'en-GB', timeZone: 'Europe/London' },
  consent: { default: 'personal' },
  freshness: { flushSeconds: 1, cardsSeconds: 5, catalogSeconds: 5 },
  carts: { freeShippingFrom: 45 },
  placements: {
    home: {
      title: 'Picked for you',
      count: 8,
      strategies: [
        { strategy: 'for_you', weight: 1 },
        { strategy: 'trending', weight: 0.2 },
      ],
      fallback: ['trending', 'bestsellers'],
    },
    'home-again': {
      title: 'Pick up where you left off',
      count: 6,
      strategies: [{ strategy: 'recently_viewed' }],
      fallback: [],
    },
    'home-loved': {
      title: 'Much loved this week',
      count: 8,
      strategies: [{ strategy: 'trending' }],
      fallback: ['bestsellers'],
    },
    'item-page': {
      title: 'Goes well with this',
      count: 6,
      strategies: [{ strategy: 'bought_together' }],
      fallback: ['also_viewed', 'trending'],
      whenSoldOut: { title: 'Sold out, but much like it' },
    },
    'item-next': {
      title: 'Others went on to look at',
      count: 6,
      strategies: [{ strategy: 'also_viewed' }],
      fallback: ['trending'],
      seen: 'hideCurrent',
    },
    'category-page': {
      title: 'On this shelf, for you',
      count: 6,
      strategies: [
        { strategy: 'for_you', weight: 1 },
        { strategy: 'trending', weight: 0.3 },
      ],
      fallback: ['trending', 'bestsellers'],
      seen: 'allow',
    },
    search: {
      title: 'You may also like',
      count: 6,
      strategies: [{ strategy: 'for_you' }],
      fallback: ['trending', 'bestsellers'],
    },
    cart: {
      title: 'Before you go',
      count: 6,
      strategies: [{ strategy: 'bought_together' }],
      fallback: ['trending', 'bestsellers'],
    },
    thanks: {
      title: 'For another day',
      count: 6,
      strategies: [{ strategy: 'for_you' }],
      fallback: ['trending', 'bestsellers'],
    },
    account: {
      title: 'Time for more?',
      count: 6,
      strategies: [{ strategy: 'buy_again' }],
      fallback: ['for_you', 'trending'],
    },
  },
  // What stands in for something is from the same shelf.
  alternatives: { hard: [{ field: 'categories', as: 'covers' }, 'attributes.size'] },
  attention: { perPage: 1, perSession: 4, minutesBetween: 0 },
  messages: {
    'sold-out': {
      placement: 'notice',
      type: 'inline',
      priority: 90,
      audience: { 'page.availability': 'out_of_stock' },
      trigger: { on: 'page', page: ['item'] },
      content: { en: { text: 'Sold out, but much like {{recommendations:alternatives.0.title}}.' } },
    },
    'free-delivery': {
      placement: 'notice',
      type: 'bar',
      priority: 80,
      audience: { 'cart.toFreeShipping': { $gt: 0, $lte: 20 }, 'cart.count': { $gt: 0 } },
      trigger: { on: 'page', page: ['cart'] },
      caps: { perSession: 2 },
      content: {
        en: {
          text: 'Only {{cart.toFreeShipping}} to free delivery: how about {{recommendations:basket_filler.0.title}}?',
        },
      },
    },
    help: {
      placement: 'notice',
      type: 'popup',
      priority: 70,
      trigger: { on: 'idle', page: ['checkout'], afterSeconds: 20 },
      caps: { perSession: 1 },
      content: {
        en: { text: 'Take your time: the basket stays as it is, and everything may come back for thirty days.' },
      },
    },
    'welcome-back': {
      placement: 'notice',
      type: 'banner',
      priority: 50,
      trigger: { on: 'return', page: ['home'] },
      caps: { perSession: 1 },
      content: { en: { text: 'Nice to see you again. What you looked at last is further down.' } },
    },
  },
  personas: {
    cook: {
      name: 'Keen cook',
      signals: [
        { condition: { 'affinity.category.cookware': { $gt: 0.15 } }, weight: 1.2 },
        { condition: { 'affinity.category.pantry': { $gt: 0.15 } }, weight: 1 },
        { condition: { 'affinity.category.tableware': { $gt: 0.25 } }, weight: 0.8 },
        { condition: { 'affinity.category.kitchen': { $gt: 0.6 } }, weight: 0.8 },
        {
          condition: { 'session.searches': { $elemMatch: { $regexi: 'pan|knife|pasta|bake|bread|oil' } } },
          weight: 0.8,
        },
      ],
    },
    gardener: {
      name: 'Gardener',
      signals: [
        { condition: { 'affinity.category.garden': { $gt: 0.3 } }, weight: 1.2 },
        { condition: { 'affinity.category.garden': { $gt: 0.6 } }, weight: 0.8 },
        { condition: { 'affinity.category.seeds-and-bulbs': { $gt: 0.15 } }, weight: 0.8 },
        {
          condition: { 'session.searches': { $elemMatch: { $regexi: 'seed|garden|pot|bulb|tomato|water' } } },
          weight: 0.8,
        },
      ],
    },
    nester: {
      name: 'Home-lover',
      signals: [
        { condition: { 'affinity.category.home': { $gt: 0.3 } }, weight: 1.2 },
        { condition: { 'affinity.category.home': { $gt: 0.6 } }, weight: 0.8 },
        { condition: { 'affinity.category.candles-and-light': { $gt: 0.2 } }, weight: 0.6 },
        {
          condition: { 'session.searches': { $elemMatch: { $regexi: 'candle|blanket|cushion|towel|lamp|soap' } } },
          weight: 0.8,
        },
      ],
    },
    'tea-drinker': {
      name: 'Tea and coffee person',
      signals: [
        { condition: { 'affinity.category.tea-and-coffee': { $gt: 0.25 } }, weight: 1.6 },
        { condition: { 'affinity.category.tea-and-coffee': { $gt: 0.5 } }, weight: 1 },
        { condition: { 'session.searches': { $elemMatch: { $regexi: 'tea|coffee|mug|cup|kettle' } } }, weight: 1 },
      ],
    },
    'gift-hunter': {
      name: 'Gift hunter',
      signals: [
        {
          condition: { 'session.searches': { $elemMatch: { $regexi: 'gift|present|birthday|set of|pair' } } },
          weight: 2.2,
        },
        { condition: { 'session.views': { $gte: 6 }, 'visitor.orders': 0 }, weight: 0.3 },
      ],
      prior: [{ condition: { 'session.campaign': { $regexi: 'christmas|gift|mother' } }, weight: 1 }],
    },
    'bargain-hunter': {
      name: 'Bargain hunter',
      signals: [
        {
          condition: { 'session.searches': { $elemMatch: { $regexi: 'sale|cheap|offer|reduced|discount' } } },
          weight: 2.2,
        },
        { condition: { 'affinity.priceBand.1': { $gt: 0.6 } }, weight: 0.8 },
      ],
    },
  },
});

/** The same config under a name that says that the shop is not open yet. */
export const fillingConfig = { ...demoConfig, shop: { ...demoConfig.shop, name: FILLING_NAME } };
