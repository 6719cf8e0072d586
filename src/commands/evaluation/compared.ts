/** The product next to the baselines. */
import { BASELINES } from './baselines.ts';
import { beyondSet, evaluateBeyond, MEASURES } from './beyond.ts';
import { blended, neighboursAlone, sessionIndexOf } from './blend.ts';
import { modelOfSessions } from './model.ts';
import type { NamedSet } from './named-sets.ts';
import { product, type Recommender } from './recommender.ts';
import type { SessionSet } from './session-set.ts';
import { judge } from './sessions.ts';
import type { Table } from './tables.ts';

/** All recommenders, the product's cards first; each learns when its turn comes, so that one is in memory at a time. */
export function* recommendersOf(set: SessionSet): Generator<{ name: string; recommender: Recommender }> {
  const model = modelOfSessions(set.train);
  yield { name: 'item cards', recommender: product(model) };
  const sessions = sessionIndexOf(set.train);
  yield { name: 'cards and VMIS-kNN', recommender: blended(model, sessions) };
  yield { name: 'VMIS-kNN', recommender: neighboursAlone(sessions) };
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

/** What lists are worth beyond their hits, with 95 % intervals. */
export function beyondTable({ name, set, protocols, seen }: NamedSet): Table {
  const shared = beyondSet(set);
  const rows: string[][] = [];
  for (const { name: asked, recommender } of recommendersOf(set))
    for (const protocol of protocols) {
      const { estimates, cold } = evaluateBeyond(recommender, shared, { protocol, seen });
      const cells = estimates.map(({ value, margin }, i) =>
        cold === 0 && MEASURES[i] === 'HR@20 cold' ? 'none' : `${value.toFixed(1)} ± ${margin.toFixed(1)}`,
      );
      rows.push([`${protocol} ${asked}`, ...cells, String(cold)]);
    }
  return {
    title: `${name}: percent, ± half of the 95 % interval over visits; diversity is one less the mean cosine, in sessions, of two items of a list; cold targets have fewer than five training views`,
    columns: ['recommender', ...MEASURES, 'cold'],
    rows,
  };
}
