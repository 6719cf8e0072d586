/** What targeting costs: the condition language by itself, and a decision of a shop with many personas and messages. In one process. */
import { resolveConfig } from '../../src/config/defaults.ts';
import type { SiteConfigInput } from '../../src/config/schema.ts';
import { factsWithPersona } from '../../src/decide/compiled.ts';
import { decide } from '../../src/decide/decide.ts';
import { factsForMany } from '../../src/decide/facts.ts';
import { answerMessages, messagesFor } from '../../src/decide/messages.ts';
import { stageOf } from '../../src/decide/place.ts';
import { sceneOf } from '../../src/decide/scene.ts';
import { popularityOf } from '../../src/recommendations/popularity.ts';
import { type Random, seededRandom } from '../../src/shared/random.ts';
import { compileCondition } from '../../src/targeting/compile.ts';
import type { Condition, Facts } from '../../src/targeting/schema.ts';
import type { Profile } from '../../src/visitors/schema.ts';
import type { BenchModel } from './model.ts';
import { itemIdOf } from './shop.ts';

const PERSONAS = 200;
const MESSAGES = 500;
const VISITORS = 256;
/** Other conditions in use make a single one slower: the machine code that they share has seen many kinds of facts. */
const CONDITIONS = 64;
const NOW = Date.UTC(2026, 10, 20);
const DAY_MS = 86_400_000;
const COUNTRIES = ['DE', 'AT', 'CH', 'GB', 'FR', 'NL'];
const CATEGORIES = ['mugs', 'tea', 'lamps', 'rugs', 'plates', 'chairs', 'vases', 'books'];

export interface TargetingCost {
  /** Of a condition with four clauses, all of which hold (one that fails is left at the first that does): milliseconds of processor time per million. */
  holding: number;
  /** Of such conditions about the facts as they come. */
  mixed: number;
  /** As {@link holding}, of facts that are worked out when they are asked for: what a shop with few conditions has. */
  lazily: number;
  /** Of a decision with {@link PERSONAS} personas and {@link MESSAGES} messages, microseconds. */
  crowded: { meanMicros: number; p99Micros: number; cpuMicros: number };
  /** Messages that were meant for a visitor, of all, on average. */
  meant: number;
}

/** Four clauses about basket, place, habits and visit, a little different each. */
function conditionAt(i: number): Condition {
  return {
    'cart.value': { $gte: 5 + (i % 7), $lt: 60 + i },
    'context.country': { $in: [COUNTRIES[i % 6], COUNTRIES[(i + 1) % 6], 'ES'] },
    [`affinity.category.${CATEGORIES[i % 8]}`]: { $gt: 0.05 * (i % 5) },
    'session.views': { $gte: 1 + (i % 6) },
  };
}

function visitorAt(random: Random): Profile {
  const among = <V>(list: readonly V[]): V => list[Math.floor(random() * list.length)] as V;
  const items = Array.from({ length: 1 + Math.floor(random() * 12) }, () => ({
    itemId: itemIdOf(Math.floor(random() * 1000)),
    at: NOW - 60_000,
  }));
  return {
    createdAt: NOW - 90 * DAY_MS,
    seenAt: NOW,
    events: 40,
    session: {
      number: 1 + Math.floor(random() * 9),
      startedAt: NOW - 300_000,
      lastAt: NOW,
      items,
      views: items.length,
      searches: ['mug'],
      landing: 'https://shop.example/',
      referrer: null,
      campaign: random() < 0.3 ? 'christmas' : null,
      country: among(COUNTRIES),
      device: random() < 0.6 ? 'mobile' : 'desktop',
    },
    viewed: items,
    affinities: {
      category: Object.fromEntries(CATEGORIES.map((name) => [name, { weight: random() * 5, at: NOW - DAY_MS }])),
      brand: { Leaf: { weight: 2, at: NOW } },
      priceBand: { 1: { weight: random() * 5, at: NOW }, 4: { weight: random() * 5, at: NOW } },
    },
    cart: {
      lines: [{ itemId: itemIdOf(Math.floor(random() * 1000)), quantity: 2, price: random() * 30 }],
      currency: 'GBP',
      updatedAt: NOW,
    },
    orders: Array.from({ length: Math.floor(random() * 4) }, (_, i) => ({
      orderId: `o-${i}`,
      at: NOW - (i + 1) * 20 * DAY_MS,
      currency: 'GBP',
      value: random() * 90,
      gift: false,
      lines: [{ itemId: itemIdOf(i), quantity: 1, price: 9 }],
    })),
    traits: { tier: among(['gold', 'silver', 'bronze']) },
    hidden: [],
  };
}

const SIGNALS = ({ i }: { i: number }) => [
  { condition: { [`affinity.category.${CATEGORIES[i % 8]}`]: { $gt: 0.1 + (i % 4) / 10 } }, weight: 1.5 },
  { condition: { 'session.views': { $gte: 2 + (i % 9) }, 'visitor.orders': { $lt: 1 + (i % 3) } }, weight: 0.5 },
  { condition: { 'rfm.recencyDays': { $lte: 10 + i } }, weight: 0.75 },
  { condition: { 'trait.tier': { $in: ['gold', 'silver'] }, 'context.country': COUNTRIES[i % 6] }, weight: -0.5 },
];

function crowdedConfig(): SiteConfigInput {
  const persona = (i: number) => ({ minimumConfidence: 0, signals: SIGNALS({ i }) });
  const message = (i: number) => ({
    placement: `place-${i % 20}`,
    priority: i,
    audience: conditionAt(i),
    ...(i % 3 === 0 ? { trigger: { on: 'page' as const, page: ['item', 'cart'] } } : {}),
    ...(i % 4 === 0 ? { schedule: { hours: [0, 24] as [number, number] } } : {}),
    caps: { perSession: 2, perDay: 3 },
    content: {
      en: { headline: 'Only {{cart.toFreeShipping}} to free delivery', text: 'You like {{session.country}}' },
    },
  });
  return {
    shop: { currency: 'GBP' },
    carts: { freeShippingFrom: 100 },
    personas: Object.fromEntries(Array.from({ length: PERSONAS }, (_, i) => [`persona-${i}`, persona(i)])),
    messages: Object.fromEntries(Array.from({ length: MESSAGES }, (_, i) => [`message-${i}`, message(i)])),
  };
}

/** Processor time of a million evaluations once the machine code is made, milliseconds: what a busy machine does not add to. */
function perMillion(rounds: number, once: () => number): number {
  once();
  const cpu = process.cpuUsage();
  let evaluated = 0;
  while (evaluated < rounds) evaluated += once();
  const { user, system } = process.cpuUsage(cpu);
  return ((user + system) / 1000 / evaluated) * 1e6;
}

/** Times four-clause conditions asked of the facts that decisions make. */
function measureConditions(facts: readonly Facts[], evaluations: number): Pick<TargetingCost, 'holding' | 'mixed'> {
  const conditions = Array.from({ length: CONDITIONS }, (_, i) => compileCondition(conditionAt(i)));
  const pairs = conditions.flatMap((holds) => facts.filter(holds).map((one) => ({ holds, one })));
  if (pairs.length < 500) throw new Error(`only ${pairs.length} pairs hold: that is not what is to be measured`);
  let held = 0;
  const mixed = perMillion(evaluations, () => {
    for (const holds of conditions) for (const one of facts) if (holds(one)) held++;
    return conditions.length * facts.length;
  });
  const holding = perMillion(evaluations, () => {
    for (const { holds, one } of pairs) if (holds(one)) held++;
    return pairs.length;
  });
  if (held < evaluations) throw new Error('conditions that held do not hold any more');
  return { holding, mixed };
}

/** Times both. @param model any: no item is asked for @param decisions how many are timed */
export function measureTargeting(model: BenchModel, evaluations: number, decisions: number): TargetingCost {
  const random = seededRandom(11);
  const { catalogue, cards, counts } = model;
  const config = resolveConfig(crowdedConfig());
  const known = { config, catalogue, counts, popularity: popularityOf(counts, catalogue), now: NOW };
  const askers = Array.from({ length: VISITORS }, (_, i) => ({
    asker: { visitorId: `bench-visitor-${String(i).padStart(6, '0')}`, customerId: null, profile: visitorAt(random) },
    request: {
      page: { type: i % 2 === 0 ? 'item' : 'home' },
      context: { country: COUNTRIES[i % 6] ?? 'DE' },
      include: ['persona' as const, 'messages' as const],
      explain: 'none' as const,
      dryRun: false,
    },
  }));
  const lazy = askers.map(({ request, asker }) => factsWithPersona(sceneOf(request, asker, known)));
  const facts = lazy.map((one) => factsForMany(one, MESSAGES));
  const durations: number[] = [];
  let meant = 0;
  let answered = 0;
  const warming = Math.round(decisions / 4);
  let cpu = process.cpuUsage();
  for (let i = 0; i < decisions + warming; i++) {
    if (i === warming) cpu = process.cpuUsage();
    const { request, asker } = askers[i % VISITORS] as (typeof askers)[number];
    const started = performance.now();
    const scene = sceneOf(request, asker, known);
    const stage = stageOf(scene, cards, random);
    const chosen = messagesFor(stage, 'personal');
    const messages = answerMessages(chosen, { granted: null, refused: [] });
    const versions = { config: 0, catalog: 'c1', cards: 'k1' };
    const answer = decide(scene, {
      consentUsed: 'personal',
      versions,
      degraded: false,
      notes: [],
      cards,
      random,
      messages,
    });
    if (i >= warming) durations.push((performance.now() - started) * 1000);
    meant += chosen.offers.length + chosen.heldBack.length;
    answered += (answer.persona?.alternatives.length ?? 0) - PERSONAS;
  }
  const { user, system } = process.cpuUsage(cpu);
  if (answered < decisions) throw new Error('not every persona was judged: that is not what is to be measured');
  durations.sort((a, b) => a - b);
  return {
    ...measureConditions(facts, evaluations),
    lazily: measureConditions(lazy, evaluations).holding,
    crowded: {
      meanMicros: durations.reduce((sum, one) => sum + one, 0) / durations.length,
      p99Micros: durations[Math.floor(durations.length * 0.99)] ?? Number.NaN,
      cpuMicros: (user + system) / decisions,
    },
    meant: meant / (decisions + warming),
  };
}

export function printTargeting({ holding, mixed, lazily, crowded, meant }: TargetingCost): void {
  console.log(
    `\na condition of four clauses, a million times: ${holding.toFixed(0)} ms of CPU where it holds (bound 300), ${mixed.toFixed(0)} as visitors come, ${lazily.toFixed(0)} of facts that are worked out when asked for`,
  );
  console.log(
    `${PERSONAS} personas and ${MESSAGES} messages (${meant.toFixed(0)} of them meant): ${crowded.meanMicros.toFixed(0)} µs mean, ${crowded.p99Micros.toFixed(0)} µs p99, ${crowded.cpuMicros.toFixed(0)} µs of CPU (bound 1000)`,
  );
}
