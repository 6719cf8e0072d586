/** Quality of lists of recommendations. Metrics as in the session-rec and Serenade evaluations. */

/** Length of the lists that are judged. */
export const LIST = 20;

/** All but `n` in percent. */
export interface Metrics {
  /** Hit rate: how often the next click is in the list. */
  hr: number;
  /** Mean reciprocal rank of the next click, 0 where it is not in the list. */
  mrr: number;
  ndcg: number;
  recall: number;
  precision: number;
  /** Share of the known items that were ever recommended. */
  coverage: number;
  /** Mean frequency of recommended items, relative to the most frequent one. */
  popularity: number;
  /** Questions asked. */
  n: number;
}

export interface Meter<Item> {
  /** @param list best first, at most {@link LIST} are read @param truth what was clicked after it, the next click first; not empty */
  judge(list: readonly Item[], truth: readonly Item[]): void;
  result(): Metrics;
}

function discount(rank: number): number {
  return rank === 1 ? 1 : 1 / Math.log2(rank);
}

/** @param frequencies how often each item was clicked in training */
export function createMeter<Item>(frequencies: ReadonlyMap<Item, number>): Meter<Item> {
  const sums = { hr: 0, mrr: 0, ndcg: 0, recall: 0, precision: 0, popularity: 0 };
  const recommended = new Set<Item>();
  let most = 1;
  for (const frequency of frequencies.values()) most = Math.max(most, frequency);
  let n = 0;
  return {
    judge(list, truth) {
      n++;
      const shown = list.slice(0, LIST);
      const wanted = new Set(truth);
      const rank = shown.indexOf(truth[0] as Item) + 1;
      if (rank > 0) {
        sums.hr++;
        sums.mrr += 1 / rank;
      }
      let gain = 0;
      let hits = 0;
      let popularity = 0;
      for (const [i, item] of shown.entries()) {
        recommended.add(item);
        popularity += (frequencies.get(item) ?? 0) / most;
        if (!wanted.has(item)) continue;
        hits++;
        gain += discount(i + 1);
      }
      let ideal = 0;
      for (let place = 1; place <= Math.min(LIST, truth.length); place++) ideal += discount(place);
      sums.ndcg += gain / ideal;
      sums.recall += hits / truth.length;
      sums.precision += hits / LIST;
      if (shown.length > 0) sums.popularity += popularity / shown.length;
    },
    result() {
      const percent = (sum: number) => (n === 0 ? 0 : round((100 * sum) / n));
      return {
        hr: percent(sums.hr),
        mrr: percent(sums.mrr),
        ndcg: percent(sums.ndcg),
        recall: percent(sums.recall),
        precision: percent(sums.precision),
        coverage: frequencies.size === 0 ? 0 : round((100 * recommended.size) / frequencies.size),
        popularity: percent(sums.popularity),
        n,
      };
    },
  };
}

function round(percent: number): number {
  return Math.round(percent * 1000) / 1000;
}
