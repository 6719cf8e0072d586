import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { tallyObject } from '../../src/env.ts';
import type { Results } from '../../src/experiments/schema-results.ts';
import { bucket } from '../../src/shared/hash.ts';
import { seededRandom } from '../../src/shared/random.ts';
import { send } from '../decide/http.ts';
import { arrived } from './arrived.ts';

const EXPERIMENTS = 200;
const VISITORS = 240;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WINDOW = 72 * HOUR;
const CAP = 120;
/** The most events in a request. */
const BATCH = 400;
const ALPHA = 0.05;
/** Visitors' objects that are called at the same time. */

const keyOf = (experiment: number): string => `aa-${experiment}`;
const armOf = (experiment: number, visitorId: string): 'a' | 'b' =>
  bucket(keyOf(experiment), visitorId) < 0.5 ? 'a' : 'b';

interface Order {
  orderId: string;
  at: number;
  value: number;
  /** Given back, in parts; null: all of it. */
  refunds: (number | null)[];
}

interface Shopper {
  visitorId: string;
  /** When the first third of the experiments was met; the others follow by six hours. */
  metAt: number;
  orders: Order[];
}

const metAt = (shopper: Shopper, experiment: number): number => shopper.metAt + (experiment % 3) * 6 * HOUR;

const random = seededRandom(2026);
const hex = (): string =>
  Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
const start = Date.now() - 8 * DAY;

/** In quarters, so that sums are exact; a few are many times what most are. */
const price = (): number => Math.ceil(4 * (5 + 20 * random() + (random() < 0.1 ? 300 * random() : 0))) / 4;

function drawOrder(visitorId: string, n: number, at: number): Order {
  const refunds: Order['refunds'] = [];
  if (random() < 0.15) refunds.push(random() < 0.4 ? null : Math.ceil(40 * random()) / 4);
  if (refunds.length > 0 && random() < 0.2) refunds.push(Math.ceil(400 * random()) / 4);
  return { orderId: `${visitorId}-${n}`, at, value: price(), refunds };
}

/** Two in five buy, before they meet the experiments, in the window or after it. */
function drawShopper(): Shopper {
  const visitorId = `${hex()}-${hex()}-${hex()}`;
  const met = start + Math.floor(random() * 3 * DAY);
  const orders =
    random() < 0.6
      ? []
      : Array.from({ length: 1 + Math.floor(random() * 3) }, (_, n) =>
          drawOrder(visitorId, n, met + Math.floor((random() * 8 - 3) * DAY)),
        ).filter((order) => order.at < Date.now() - HOUR);
  return { visitorId, metAt: met, orders };
}

const shoppers = Array.from({ length: VISITORS }, drawShopper);

type Said = Record<string, unknown>;
let said = 0;
const event = (visitorId: string, at: number, fields: Said): Said => ({
  visitorId,
  eventId: `aa-${++said}`,
  timestamp: new Date(at).toISOString(),
  ...fields,
});

const purchase = ({ visitorId }: Shopper, { orderId, at, value }: Order): Said =>
  event(visitorId, at, { name: 'purchase', orderId, currency: 'EUR', value, items: [{ itemId: 'mug' }] });

const refunds = ({ visitorId }: Shopper, { orderId, at, refunds: given }: Order): Said[] =>
  given.map((value, n) =>
    event(visitorId, at + (n + 1) * HOUR, {
      name: 'refund',
      orderId,
      ...(value === null ? {} : { currency: 'EUR', value }),
    }),
  );

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one): [number, T] => [random(), one])
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
}

/** Events of many visitors, as a server of the shop sends them. */
async function post(events: readonly Said[]): Promise<void> {
  for (let from = 0; from < events.length; from += BATCH) {
    const body = { consent: 'personal', events: events.slice(from, from + BATCH) };
    const answer = await send('/v1/events', { key: 'sk_demo', body });
    expect([answer.status, answer.body.rejected]).toEqual([202, []]);
  }
}

const configOf = (sequential: boolean) => ({
  consent: { default: 'personal' },
  shop: { currency: 'EUR' },
  metrics: {
    conversion: { type: 'proportion', event: 'purchase', windowHours: 72 },
    revenue: { type: 'mean', event: 'purchase', value: 'value', windowHours: 72, cap: CAP, cuped: true },
  },
  experiments: Object.fromEntries(
    Array.from({ length: EXPERIMENTS }, (_, i) => [
      keyOf(i),
      {
        status: 'running',
        variations: [{ key: 'a' }, { key: 'b' }],
        goals: ['conversion'],
        secondary: ['revenue'],
        analysis: { engine: 'frequentist', sequential, alpha: ALPHA },
      },
    ]),
  ),
});

async function publish(sequential: boolean): Promise<void> {
  const put = await send('/v1/config', { key: 'sk_demo', method: 'PUT', body: configOf(sequential) });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
}

const inWindow = (orders: readonly Order[], from: number, until: number): Order[] =>
  orders.filter(({ at }) => at >= from && at < until);

/** What was kept of orders, up to the cap. */
function kept(orders: readonly Order[]): number {
  const left = orders.map(({ value, refunds: given }) =>
    given.includes(null) ? 0 : Math.max(0, value - given.reduce<number>((sum, one) => sum + (one ?? 0), 0)),
  );
  return Math.min(
    CAP,
    left.reduce((sum, one) => sum + one, 0),
  );
}

const SUMS = ['n', 'y', 'yy', 'x', 'xx', 'xy'] as const;
type Sums = Record<(typeof SUMS)[number], number>;
const nothing = (): Sums => ({ n: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0 });

function add(to: Sums, y: number, x: number): void {
  to.y += y;
  to.yy += y * y;
  to.x += x;
  to.xx += x * x;
  to.xy += x * y;
}

/** All at once, from what really happened: by arm and metric. */
function truthOf(experiment: number): Record<string, Sums> {
  const sums: Record<string, Sums> = {};
  for (const arm of ['a', 'b'])
    for (const metric of ['', 'conversion', 'revenue']) sums[`${arm} ${metric}`] = nothing();
  for (const shopper of shoppers) {
    const at = metAt(shopper, experiment);
    const arm = armOf(experiment, shopper.visitorId);
    const after = inWindow(shopper.orders, at, at + WINDOW);
    const before = inWindow(shopper.orders, at - 28 * DAY, at);
    (sums[`${arm} `] ?? nothing()).n += 1;
    add(sums[`${arm} conversion`] ?? nothing(), after.length > 0 ? 1 : 0, 0);
    add(sums[`${arm} revenue`] ?? nothing(), kept(after), kept(before));
  }
  return sums;
}

/** What the tally has come to, by arm and metric. */
async function talliedOf(experiment: number): Promise<Record<string, Sums>> {
  const sums: Record<string, Sums> = {};
  for (const arm of ['a', 'b'])
    for (const metric of ['', 'conversion', 'revenue']) sums[`${arm} ${metric}`] = nothing();
  for (const cell of await tallyObject(env, 'demo').experimentCells(keyOf(experiment), 0)) {
    if (cell.with !== undefined) continue;
    const into = sums[`${cell.arm} ${cell.metric}`] ?? nothing();
    for (const sum of SUMS) into[sum] += cell[sum];
  }
  return sums;
}

const resultsOf = async (experiment: number): Promise<Results> =>
  (await send(`/v1/experiments/${keyOf(experiment)}/results`, { key: 'sk_demo' })).body as unknown as Results;

const everyResult = (): Promise<Results[]> =>
  Promise.all(Array.from({ length: EXPERIMENTS }, (_, experiment) => resultsOf(experiment)));

const significant = (results: readonly Results[], metric: string): number =>
  results.filter(({ variations }) => variations.some((one) => one.metrics[metric]?.isSignificant)).length;

describe(`${EXPERIMENTS} A/A tests at once over ${VISITORS} visitors, through HTTP`, () => {
  beforeAll(async () => {
    await publish(false);
    const before: Said[] = [];
    const late: Said[] = [];
    for (const shopper of shoppers)
      for (const order of shopper.orders) {
        // What was bought before an experiment is known when it is met; of what followed, some is heard of first.
        const isKnown = order.at < shopper.metAt + 12 * HOUR;
        const [first, again] = [purchase(shopper, order), purchase(shopper, order)];
        (isKnown || random() < 0.3 ? before : late).push(first);
        const rest = [...refunds(shopper, order), ...(random() < 0.4 ? [again] : [])];
        (isKnown ? before : late).push(...rest);
        if (random() < 0.3) late.push(first, ...rest);
      }
    await post(shuffled(before));
    const met = shoppers.flatMap((shopper) =>
      Array.from({ length: EXPERIMENTS }, (_, experiment) =>
        event(shopper.visitorId, metAt(shopper, experiment), {
          name: 'exposure',
          experiment: keyOf(experiment),
          variation: armOf(experiment, shopper.visitorId),
        }),
      ),
    );
    await post(met);
    await arrived(shoppers.map(({ visitorId }) => visitorId));
    await post(shuffled([...late, ...met.filter(() => random() < 0.02)]));
    await arrived(shoppers.map(({ visitorId }) => visitorId));
  }, 240_000);

  test('are about orders of every kind', () => {
    const orders = shoppers.flatMap((shopper) =>
      shopper.orders.map((order) => ({ ...order, after: order.at - shopper.metAt })),
    );
    const are = (holds: (order: (typeof orders)[number]) => boolean): number => orders.filter(holds).length;
    expect(are(({ after }) => after < 0)).toBeGreaterThan(20);
    expect(are(({ after }) => after > 12 * HOUR && after < WINDOW)).toBeGreaterThan(20);
    expect(are(({ after }) => after > WINDOW + 12 * HOUR)).toBeGreaterThan(20);
    expect(are(({ refunds: given }) => given.includes(null))).toBeGreaterThan(3);
    expect(are(({ refunds: given }) => given.length > 1)).toBeGreaterThan(3);
    expect(are(({ value }) => value > CAP)).toBeGreaterThan(3);
  });

  test('come to what a batch over everything that happened comes to, sum by sum', async () => {
    for (let experiment = 0; experiment < EXPERIMENTS; experiment++)
      expect(await talliedOf(experiment), keyOf(experiment)).toEqual(truthOf(experiment));
  }, 60_000);

  test('are answered with these sums', async () => {
    const results = await everyResult();
    results.forEach(({ variations }, experiment) => {
      const truth = truthOf(experiment);
      for (const { key, exposures, metrics } of variations) {
        const totals = [exposures, metrics.conversion?.total, metrics.revenue?.total];
        expect(totals, keyOf(experiment)).toEqual([
          truth[`${key} `]?.n,
          truth[`${key} conversion`]?.y,
          truth[`${key} revenue`]?.y,
        ]);
      }
    });
    expect(results.every(({ units, excluded }) => units === VISITORS && excluded === 0)).toBe(true);
  }, 60_000);

  test('call as many significant as chance makes so at a fixed horizon, and hardly any when they may be read at any time', async () => {
    const fixed = await everyResult();
    // Of 200 at 5 % ten are expected; one series in a thousand has more than 20 or fewer than 2.
    for (const metric of ['conversion', 'revenue']) {
      expect(significant(fixed, metric), metric).toBeGreaterThanOrEqual(2);
      expect(significant(fixed, metric), metric).toBeLessThanOrEqual(20);
    }
    // At a thousandth, 0.2 are expected.
    expect(fixed.filter(({ sampleRatio }) => !sampleRatio.isSound).length).toBeLessThanOrEqual(2);
    await publish(true);
    const sequential = await everyResult();
    for (const metric of ['conversion', 'revenue'])
      expect(significant(sequential, metric), metric).toBeLessThanOrEqual(ALPHA * EXPERIMENTS);
  }, 120_000);
});
