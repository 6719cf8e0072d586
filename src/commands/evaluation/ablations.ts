/** What each part of the formulas is worth: figures with one of them off, or changed, at a time. */
import {
  type Formula,
  learnByFormula,
  PRODUCT,
  type PublishedCards,
  publishByFormula,
  recommenderBy,
} from './formula.ts';
import type { NamedSet } from './named-sets.ts';
import { questionsOf, type SessionSet } from './session-set.ts';
import { judge } from './sessions.ts';
import type { Table } from './tables.ts';

interface Variant {
  name: string;
  change: Partial<Formula>;
}

/** Those that learn alike lie together, so that they can share what was learnt. */
const VARIANTS: readonly Variant[] = [
  { name: 'as in the product', change: {} },
  { name: 'no damping n_b^0.1', change: { damping: 0 } },
  { name: 's(w) = w', change: { isSteady: false } },
  { name: 'one item of the session', change: { items: 1 } },
  ...[10, 20, 30, 50, 100].map((neighbours) => ({
    name: `${neighbours} neighbours published`,
    change: { neighbours },
  })),
  { name: 'no way back', change: { reverse: 0 } },
  { name: 'no length^0.25', change: { length: 0 } },
  ...[15, 30, 120, 100_000].map((halfLifeDays) => ({
    name: halfLifeDays > 1000 ? 'no decay' : `half-life ${halfLifeDays} days`,
    change: { halfLifeDays },
  })),
];

/** What a formula publishes for a set. */
function learnt(set: SessionSet, formula: Formula): PublishedCards {
  return publishByFormula(learnByFormula(set.train, formula), formula);
}

/** Whether two formulas differ in what is published, and not only in how it is read. */
function differ(a: Formula, b: Formula): boolean {
  const reading: Partial<Formula> = { damping: 0, isSteady: true, items: 0, neighbours: 0 };
  return (
    JSON.stringify({ ...a, ...reading }) !== JSON.stringify({ ...b, ...reading }) ||
    Math.max(a.neighbours, b.neighbours) > PRODUCT.neighbours
  );
}

/** HR@20 and MRR@20 of every variant under every protocol. */
export function ablationTable({ name, set, protocols, seen }: NamedSet): Table {
  const whole = learnt(set, PRODUCT);
  const rows = VARIANTS.map(({ name: variant, change }) => {
    const formula = { ...PRODUCT, ...change };
    const published = differ(formula, PRODUCT) ? learnt(set, formula) : whole;
    const recommender = recommenderBy(formula, published);
    const figures = protocols.flatMap((protocol) => {
      const { hr, mrr } = judge(recommender, set, { protocol, seen });
      return [hr.toFixed(2), mrr.toFixed(2)];
    });
    return [variant, ...figures];
  });
  return {
    title: `${name}: HR@20 and MRR@20, percent, with one part of the formula off`,
    columns: ['formula', ...protocols.flatMap((protocol) => [`${protocol} HR`, `${protocol} MRR`])],
    rows,
  };
}

/** Of the one list, how much is in the other, 0 to 1; 1 for two empty ones. */
export function overlap(one: readonly number[], other: readonly number[]): number {
  const longest = Math.max(one.length, other.length);
  return longest === 0 ? 1 : one.filter((key) => other.includes(key)).length / longest;
}

/** What the bound of the stream, a hundred neighbours a card, costs against a batch that keeps all of them. */
export function streamTable({ name, set, protocols, seen }: NamedSet): Table {
  const stream = recommenderBy(PRODUCT, learnt(set, PRODUCT));
  const batchFormula = { ...PRODUCT, isBounded: false };
  const batch = recommenderBy(batchFormula, learnt(set, batchFormula));
  const rows = protocols.map((protocol) => {
    const policy = protocol === 'A' ? 'hide' : seen;
    const questions = questionsOf(set, protocol);
    let same = 0;
    for (const { session } of questions)
      same += overlap(stream.recommend(session, policy), batch.recommend(session, policy));
    const [bounded, unbounded] = [stream, batch].map((asked) => judge(asked, set, { protocol, seen }).hr);
    return [
      protocol,
      (bounded ?? 0).toFixed(2),
      (unbounded ?? 0).toFixed(2),
      (same / Math.max(1, questions.length)).toFixed(4),
    ];
  });
  return {
    title: `${name}: a hundred neighbours a card against all of them, HR@20 in percent`,
    columns: ['protocol', '100', 'all', 'overlap of the lists'],
    rows,
  };
}
