import { grouped, message, persona, running, waiting } from './findings.ts';

/** The same of personas, experiments and placements. */
export const OTHER_FINDINGS: [what: string, config: object, path: string, says: string][] = [
  [
    'strategies without weight where an item is sold out',
    { placements: { home: { strategies: [], whenSoldOut: { strategies: [{ strategy: 'similar', weight: 0 }] } } } },
    'placements.home.whenSoldOut.strategies',
    'every strategy weighs 0',
  ],
  ['a persona of which nothing speaks', { personas: { fan: {} } }, 'personas.fan', 'without signals'],
  [
    'a persona against which all speaks',
    persona({ signals: [{ condition: { 'cart.count': 1 }, weight: -1 }] }),
    'personas.fan',
    'give a signal a weight above 0',
  ],
  [
    'a persona that is never sure enough',
    persona({ minimumConfidence: 0.9 }),
    'personas.fan.minimumConfidence',
    'all its signals together make 0.731 at most',
  ],
  [
    'a signal without weight',
    persona({ prior: [{ condition: { 'cart.count': 2 }, weight: 0 }] }),
    'personas.fan.prior[0].weight',
    'says nothing',
  ],
  [
    'a persona by its persona',
    persona({ prior: [{ condition: { persona: 'fan' }, weight: 1 }] }),
    'personas.fan.prior[0].condition.persona',
    'cannot be told by the persona itself',
  ],
  [
    'a message for a persona that nobody has',
    { ...persona({ minimumConfidence: 0.9 }), ...message({ audience: { persona: 'fan' } }) },
    'messages.hello.audience',
    'a persona or a variation that nobody ever has',
  ],
  [
    'a trait that is not kept',
    message({ audience: { 'trait.plan': 'gold' } }),
    'messages.hello.audience.trait.plan',
    'name it in identity.traits',
  ],
  [
    'a variation that there is not',
    { ...running({}), ...message({ audience: { 'experiment.layout': 'c' } }) },
    'messages.hello.audience',
    'a persona or a variation that nobody ever has',
  ],
  ['an experiment without a goal', running({ goals: [] }), 'experiments.layout', 'without a goal'],
  ['an experiment of nobody', running({ coverage: 0 }), 'experiments.layout.coverage', 'raise the coverage'],
  ['an experiment of one', running({ variations: [{ key: 'a' }] }), 'experiments.layout.variations', 'add a control'],
  ['an experiment that is forced', running({ force: 'b' }), 'experiments.layout.force', 'take it out'],
  ['waiting for a draft', waiting({}), 'experiments.layout.prerequisites[0]', '"first" is a draft'],
  [
    'waiting for what was stopped',
    waiting({ status: 'stopped' }),
    'experiments.layout.prerequisites[0]',
    '"first" was stopped, so nobody',
  ],
  [
    'waiting for what nobody is given',
    waiting({ status: 'stopped', force: 'a' }),
    'experiments.layout.prerequisites[0]',
    'gives everybody "a"',
  ],
  [
    'an exclusion group of visitors and customers',
    grouped({}),
    'experiments.layout.group.name',
    'draws visitorId here and customerId in "other"',
  ],
  [
    'a least bucket version where nothing is remembered',
    running({ bucketVersion: 1, minBucketVersion: 1 }),
    'experiments.layout.minBucketVersion',
    'set sticky',
  ],
  ['a variation of nobody', running({ weights: [1, 0] }), 'experiments.layout.weights[1]', '"b"'],
  [
    'an experiment on experiments',
    running({ condition: { 'experiment.layout': 'a' } }),
    'experiments.layout.condition',
    'use prerequisites',
  ],
  [
    'an audience and a condition that exclude each other',
    running({ audience: { 'cart.count': 0 }, condition: { 'cart.count': 1 } }),
    'experiments.layout.condition',
    'it and the audience exclude each other',
  ],
  [
    'a share of 0',
    { placements: { home: { strategies: [{ strategy: 'for_you' }], promoted: { items: { tags: 'ad' }, share: 0 } } } },
    'placements.home.promoted.share',
    'shows none of these',
  ],
  [
    'a rule for nobody',
    {
      placements: {
        home: {
          strategies: [{ strategy: 'for_you' }],
          rules: [{ key: 'r', when: { 'session.hour': 24 }, items: { tags: 'x' }, do: 'hide' }],
        },
      },
    },
    'placements.home.rules[0].when.session.hour',
    'it goes from 0 to 23',
  ],
  [
    'a filter that nothing passes',
    { placements: { home: { strategies: [{ strategy: 'for_you' }], filter: { price: { $lt: 0 } } } } },
    'placements.home.filter.price',
    'it is 0 or more',
  ],
  ['a ratio of nothing', { metrics: { m: { type: 'ratio', event: 'purchase' } } }, 'metrics.m', 'a denominator'],
];
