/**
 * What personas are worth where the truth is known: the households of Complete Journey (dunnhumby), of whom 801 have stated age, income and family. Personas
 * are made of what they buy alone; calibration is measured against what they stated.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { createCards } from '../../learning/cards.ts';
import { contextsTold } from '../../learning/contexts.ts';
import { learnView } from '../../learning/learn.ts';
import { FIRST_VIEWS } from '../../learning/persona-trials.ts';
import { assignTo, kMeans, type Point } from '../../personas/cluster.ts';
import { type Discovery, discover, type Observed, pointOf } from '../../personas/discover.ts';
import { DAY_MS } from '../../shared/decay.ts';
import { key53 } from '../../shared/hash.ts';
import { seededRandom } from '../../shared/random.ts';
import type { Table } from '../evaluation/tables.ts';
import { ImportError } from '../importing/read.ts';
import { recovery } from './recovery.ts';

const ATTRIBUTES = { age: 'age', income: 'income', family: 'household_comp' } as const;
/** The last quarter of the year is held out. */
const HELD_OUT_FROM = Date.UTC(2017, 9, 1);
const HALF_LIFE_DAYS = 60;

type Row = Record<string, string>;

interface Line {
  household: string;
  basket: string;
  product: string;
  price: number;
  isReduced: boolean;
  value: number;
  at: number;
}

function rowsOf(folder: string, name: string): Row[] {
  const text = gunzipSync(readFileSync(join(folder, `${name}.csv.gz`))).toString('utf8');
  return Papa.parse<Row>(text, { header: true, skipEmptyLines: true }).data;
}

const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');

function linesOf(folder: string): Line[] {
  return rowsOf(folder, 'transactions_sample')
    .map((row) => ({
      household: row.household_id ?? '',
      basket: row.basket_id ?? '',
      product: row.product_id ?? '',
      price: Number(row.sales_value) / Math.max(1, Number(row.quantity)),
      isReduced: Number(row.retail_disc) > 0 || Number(row.coupon_disc) > 0,
      value: Number(row.sales_value),
      at: Date.parse(`${row.transaction_timestamp?.replace(' ', 'T')}Z`),
    }))
    .sort((a, b) => a.at - b.at);
}

/** The households as a shop would know them: what they bought, by the facts that personas are made of. */
function observedOf(lines: readonly Line[], categoryOf: ReadonlyMap<string, string>): Map<string, Observed> {
  const prices = lines.map((line) => line.price).sort((a, b) => a - b);
  const bounds = [0.2, 0.4, 0.6, 0.8].map((share) => prices[Math.floor(share * prices.length)] ?? 0);
  const byHousehold = Map.groupBy(lines, (line) => line.household);
  const observed = new Map<string, Observed>();
  for (const [household, own] of byHousehold) {
    const baskets = new Set(own.map((line) => line.basket)).size;
    const categories = Map.groupBy(own, (line) => categoryOf.get(line.product) ?? 'other');
    const mean = (value: (line: Line) => number) => own.reduce((sum, line) => sum + value(line), 0) / own.length;
    observed.set(household, {
      facts: {
        'visitor.evidence': own.length,
        'visitor.viewsPerVisit': own.length / baskets,
        'affinity.priceLevel': mean(({ price }) => 1 + bounds.filter((bound) => price > bound).length),
        'affinity.discount.bought': mean((line) => Number(line.isReduced)),
        'rfm.frequency': baskets,
        'rfm.monetary': own.reduce((sum, line) => sum + line.value, 0),
        ...Object.fromEntries(
          [...categories].map(([slug, all]) => [`affinity.category.${slug}`, all.length / own.length]),
        ),
      },
    });
  }
  return observed;
}

/** Persona of each household: the stable one where there are stable ones, else that of the number of clusters that was the most stable. */
function personasOf(households: ReadonlyMap<string, Observed>, found: Discovery, seed: number): Map<string, number> {
  const all = [...households];
  const points: Point[] = all.map(([, observed]) => pointOf(observed, found.features));
  const best = found.tried.reduce((one, other) => (other.rand > one.rand ? other : one), { k: 2, rand: -1, chance: 1 });
  const centres =
    found.found?.clustering.centres ?? kMeans(points, { k: best.k, starts: 12, random: seededRandom(seed) }).centres;
  const { labels } = assignTo(centres, points);
  return new Map(all.map(([household], i) => [household, labels[i] ?? 0]));
}

/** The shop's own hold-out, as it would have gone: in the order of time, the first items of each basket asked for before they are learnt. */
function usefulness(lines: readonly Line[], personaOf: ReadonlyMap<string, number>): Table {
  const cards = createCards({ halfLifeMs: HALF_LIFE_DAYS * DAY_MS });
  const places = new Map<string, number>();
  for (const { household, basket, product, at } of lines) {
    const length = (places.get(basket) ?? 0) + 1;
    places.set(basket, length);
    const persona = personaOf.get(household);
    const tag = persona === undefined ? {} : { persona: persona + 1 };
    const before = persona !== undefined && at >= HELD_OUT_FROM && length <= FIRST_VIEWS ? { before: persona + 1 } : {};
    learnView(cards, { key: key53(product), at, previous: [], length, own: false, ...tag, ...before });
  }
  const { trials = 0, gain = 0, interval = [0, 0], isOn = false } = contextsTold(cards.contexts).persona ?? {};
  const bits = (value: number | undefined) => (value ?? 0).toFixed(4);
  return {
    title: `Popularity by persona on the first ${FIRST_VIEWS} items of baskets of the last quarter, personas of the quarters before`,
    columns: ['items', 'bits gained an item', '99 % interval', 'used'],
    rows: [[String(trials), bits(gain), `${bits(interval[0])} to ${bits(interval[1])}`, isOn ? 'yes' : 'no']],
  };
}

/** @param data folder with `completejourney` in it @throws ImportError where it is not */
export function evaluateHouseholds(data: string, seed: number): Table[] {
  const folder = join(data, 'completejourney');
  if (!existsSync(folder))
    throw new ImportError(`There is no ${folder}: name the folder of the data sets with --data.`);
  const categoryOf = new Map(
    rowsOf(folder, 'products').map((row) => [row.product_id ?? '', slugOf(row.department ?? '')]),
  );
  const lines = linesOf(folder);
  const stated = new Map(rowsOf(folder, 'demographics').map((row) => [row.household_id ?? '', row]));
  const households = observedOf(
    lines.filter((line) => stated.has(line.household)),
    categoryOf,
  );
  const found = discover([...households.values()], seededRandom(seed));
  const personas = personasOf(households, found, seed);
  const ordered = [...households.keys()].filter((household) => stated.has(household));
  const rows = Object.entries(ATTRIBUTES).map(([name, column]) => {
    const pairs = ordered.flatMap((household) => {
      const value = stated.get(household)?.[column];
      return value === undefined || value === 'NA' ? [] : [{ persona: personas.get(household) ?? 0, value }];
    });
    const { prior, byPersona, p } = recovery(pairs, seededRandom(seed));
    const gain = (100 * (prior - byPersona)) / prior;
    return [name, String(pairs.length), prior.toFixed(4), byPersona.toFixed(4), `${gain.toFixed(2)} %`, p.toFixed(3)];
  });
  const past = observedOf(
    lines.filter((line) => line.at < HELD_OUT_FROM),
    categoryOf,
  );
  const earlier = discover([...past.values()], seededRandom(seed));
  return [
    {
      title: `Personas of ${households.size} households that have stated who they are${found.found === null ? ': none is stable, the most stable number is taken' : ''}`,
      columns: ['clusters', 'adjusted Rand', 'by chance'],
      rows: found.tried.map(({ k, rand, chance }) => [
        `${k}${k === found.found?.k ? ' *' : ''}`,
        rand.toFixed(2),
        chance === 1 ? '-' : chance.toFixed(2),
      ]),
    },
    {
      title: 'What they tell: log-loss of ten folds, and how often chance tells as much (1,000 permutations)',
      columns: ['', 'households', 'class priors', 'by persona', 'less', 'p'],
      rows,
    },
    usefulness(lines, personasOf(past, earlier, seed)),
  ];
}
