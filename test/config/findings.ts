export const content = { en: { headline: 'Hello' } };

/** A config of one message, in order but for these fields. */
export const message = (fields: object, rest: object = {}) => ({
  messages: { hello: { placement: 'home', content, ...fields } },
  ...rest,
});
/** Two messages of one placement, `a` tried before `b` where both have one priority. */
export const two = (a: object, b: object, rest: object = {}) => ({
  messages: { a: { placement: 'home', content, ...a }, b: { placement: 'home', content, ...b } },
  ...rest,
});
export const persona = (fields: object) => ({
  personas: { fan: { signals: [{ condition: { 'cart.count': 1 }, weight: 1 }], ...fields } },
});
const variations = [{ key: 'a' }, { key: 'b' }];
export const running = (fields: object, rest: object = {}) => ({
  metrics: { sales: { type: 'proportion', event: 'purchase' } },
  experiments: { layout: { status: 'running', goals: ['sales'], variations, ...fields } },
  ...rest,
});
/** Two running experiments of one exclusion group that draw visitors here and customers there. */
export const grouped = (group: object) => {
  const { metrics, experiments } = running({ group: { name: 'g', ranges: [[0, 0.5]] } });
  const other = { ...experiments.layout, hashAttribute: 'customerId', group: { name: 'g', ranges: [[0.5, 1]] } };
  return { metrics, exclusionGroups: { g: { seed: 'g', ...group } }, experiments: { ...experiments, other } };
};
/** A running experiment that waits for variation "b" of another. */
export const waiting = (first: object) => {
  const { metrics, experiments } = running({ prerequisites: [{ experiment: 'first', variations: ['b'] }] });
  return { metrics, experiments: { ...experiments, first: { goals: ['sales'], variations, ...first } } };
};
export const DEAD = { 'cart.value': { $gt: 5, $lt: 3 } };

const endpoint = (fields: object) => ({
  endpoints: {
    crm: { url: 'https://crm.example/in', secret: { secret: 'CRM' }, events: ['browse.abandoned'], ...fields },
  },
});

/** Ways to mean something else with messages than what is said, on 22 November 2026: the path at which that is told, and a part of what is told. */
export const MESSAGE_FINDINGS: [what: string, config: object, path: string, says: string][] = [
  ['a sender of mail without addresses', endpoint({ shape: 'resend' }), 'endpoints.crm.shape', 'identity.traits'],
  ['an address without the member', endpoint({ shape: 'mailchimp' }), 'endpoints.crm.url', '{email}'],
  [
    'a basket that nobody hears of',
    { ...endpoint({}), carts: { abandonedAfterMinutes: 30 } },
    'carts.abandonedAfterMinutes',
    'no endpoint asks for cart.abandoned',
  ],
  ['a message that is over', message({ schedule: { until: '2026-11-01' } }), 'messages.hello.schedule.until', 'over'],
  ['hours of no length', message({ schedule: { hours: [8, 8] } }), 'messages.hello.schedule.hours', '[0, 24]'],
  ['a cap of 0', message({ caps: { perDay: 0 } }), 'messages.hello.caps.perDay', 'a cap of 0 means never; raise it'],
  [
    'a placement that is not there',
    message({ placement: 'hom' }),
    'messages.hello.placement',
    'no placement is called "hom", so no page asks for it by name; did you mean "home"?',
  ],
  [
    'a group without caps',
    message({ group: 'shiping' }, { attention: { groups: { shipping: { perDay: 1 } } } }),
    'messages.hello.group',
    'did you mean "shipping"?',
  ],
  [
    'everybody held out',
    message({ holdout: { seed: 's', coverage: 1 } }),
    'messages.hello.holdout.coverage',
    'lower it',
  ],
  [
    'a choice among no variants',
    {
      metrics: { sales: { type: 'proportion', event: 'purchase' } },
      ...message({ optimize: { by: 'bandit', metric: 'sales' } }),
    },
    'messages.hello.optimize',
    'add some under "variants"',
  ],
  ['nothing to say', message({ content: {} }), 'messages.hello.content', 'there is nothing to say'],
  [
    'a place that no fact fills',
    message({ content: { en: { headline: '{{cart.valu}} so far' } } }),
    'messages.hello.content.en',
    'did you mean "cart.value"?; with a hole in it',
  ],
  [
    'a place that a list is to fill',
    message({ content: { en: { headline: 'You saw {{session.items}}' } } }),
    'messages.hello.content.en',
    'session.items cannot be written as a text',
  ],
  [
    'a place in a variant',
    message({ variants: { short: { content: { en: { list: ['{{trait}}'] } } } } }),
    'messages.hello.variants.short.content.en',
    'there are trait.*',
  ],
  [
    'what is missing for free delivery, where there is none',
    message({ content: { en: { headline: 'Only {{cart.toFreeShipping}}' } } }),
    'messages.hello.content.en',
    'carts.freeShippingFrom',
  ],
  [
    'a strategy that there is not',
    message({ content: { en: { items: '{{recommendations:best:3}}' } } }),
    'messages.hello.content.en',
    'there is no strategy "best"',
  ],
  ['an event without a name', message({ trigger: { on: 'event' } }), 'messages.hello.trigger', 'name it under "event"'],
  [
    'an event that counts for nothing',
    message({ trigger: { on: 'page', event: 'delayed' } }),
    'messages.hello.trigger.event',
    'make it "on": "event"',
  ],
  [
    'how far to scroll, without scrolling',
    message({ trigger: { on: 'exit', percent: 50 } }),
    'messages.hello.trigger.percent',
    'where "on" is "scroll"',
  ],
  [
    'how long somebody was away, without a return',
    message({ trigger: { on: 'page', afterHours: 24 } }),
    'messages.hello.trigger.afterHours',
    'where "on" is "return"',
  ],
  ['no page', message({ trigger: { on: 'page', page: [] } }), 'messages.hello.audience', 'leave no page'],
  [
    'only pages without messages',
    message({ trigger: { on: 'page', page: ['payment', 'account'] } }, { attention: { never: ['account'] } }),
    'messages.hello.trigger.page',
    'nothing is shown on these pages (payment, and attention.never); name another',
  ],
  [
    'an audience on a page without messages',
    message({ audience: { 'page.type': { $in: ['payment', 'cart'] } } }, { attention: { never: ['cart'] } }),
    'messages.hello.audience',
    'it and pages without messages (payment, and attention.never) leave no page',
  ],
  [
    'an audience on another page than the trigger’s',
    message({ audience: { 'page.type': 'item' }, trigger: { on: 'page', page: ['cart'] } }),
    'messages.hello.audience',
    'it and trigger.page leave no page',
  ],
  [
    'a type of page that is misspelt',
    message({ trigger: { on: 'page', page: ['cart', 'chekout'] } }),
    'messages.hello.trigger.page',
    'did you mean "checkout"?',
  ],
  [
    'an audience that asks for what cannot be',
    message({ audience: DEAD }),
    'messages.hello.audience.cart.value',
    'so it never holds; take one away',
  ],
  [
    'an audience that is everybody',
    message({ audience: { 'cart.value': { $gte: 0 } } }),
    'messages.hello.audience',
    'this always holds; leave it out',
  ],
  [
    'a budget of 0',
    message({}, { attention: { perPage: 0 } }),
    'attention.perPage',
    'shows no message at all; raise it',
  ],
  ['a budget of 0 a visit', message({}, { attention: { perSession: 0 } }), 'attention.perSession', 'raise it'],
  [
    'a group of which nothing is shown',
    message({ group: 'g' }, { attention: { groups: { g: { perDay: 0 } } } }),
    'attention.groups.g.perDay',
    'shows none of this group; raise it',
  ],
  [
    'a group that is empty',
    { attention: { groups: { g: { perDay: 1 } } } },
    'attention.groups.g',
    'no message is in this',
  ],
  ['a misspelt page without messages', { attention: { never: ['paymnt'] } }, 'attention.never', '"payment"?'],
  [
    'one priority for two',
    two({ priority: 5 }, { priority: 5 }),
    'messages.b.priority',
    '"a" has the same placement and priority, and both may be meant at once: say which comes first',
  ],
  [
    'one priority for two, in part of the pages and hours',
    two(
      { trigger: { on: 'page', page: ['cart', 'home'] }, schedule: { hours: [22, 6] } },
      { trigger: { on: 'page', page: ['cart'] }, schedule: { hours: [5, 9], from: '2026-12-01' } },
    ),
    'messages.b.priority',
    '"a" has the same',
  ],
  [
    'a message that always comes first',
    two({ priority: 9 }, { priority: 1, audience: { 'cart.count': 1 } }),
    'messages.b.priority',
    '"a" always comes first in this placement',
  ],
];
