/** The product next to the baselines. */
import { BASELINES } from './baselines.ts';
import { modelOfSessions } from './model.ts';
import type { NamedSet } from './named-sets.ts';
import { product, type Recommender } from './recommender.ts';
import type { SessionSet } from './session-set.ts';
import { judge } from './sessions.ts';
import type { Table } from './tables.ts';

/** All recommenders, the product's model first; each learns when its turn comes, so that one is in memory at a time. */
export function* recommendersOf(set: SessionSet): Generator<{ name: string; recommender: Recommender }> {
  yield { name: 'Floorwalker', recommender: product(modelOfSessions(set.train)) };
  for (const { name, learn } of BASELINES) yield { name, recommender: learn(set.train) };
}

/** HR@20 and MRR@20 of every recommender under every protocol. */
export function baselineTable({ name, set, protocols, seen }: NamedSet): Table {
  const rows: string[][] = [];
  for (const { name: asked, recommender } of recommendersOf(set)) {
    const figures = protocols.flatMap((protocol) => {
      const { hr, mrr } = judge(recommender, set, { protocol, seen });
      return [hr.toFixed(2), mrr.toFixed(2)];
    });
    rows.push([asked, ...figures]);
  }
  return {
    title: `${name}: HR@20 and MRR@20, percent`,
    columns: ['recommender', ...protocols.flatMap((protocol) => [`${protocol} HR`, `${protocol} MRR`])],
    rows,
  };
}
