/** How much a persona tells about what somebody stated. */
import { type Random, sample } from '../../shared/random.ts';

export interface Stated {
  persona: number;
  value: string;
}

export interface Recovery {
  /** Log-loss in nats, each household judged by the other nine folds: by how frequent a value is, and by persona. */
  prior: number;
  byPersona: number;
  /** Share of permutations that gain as much, itself included. */
  p: number;
}

const FOLDS = 10;
const PERMUTATIONS = 1_000;
/** A persona's own shares have half the say at so many households of it. */
const HALF_EVIDENCE = 10;

function countsOf(all: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of all) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** @param folds by household */
function losses(all: readonly Stated[], folds: readonly number[]): { prior: number; byPersona: number } {
  const classes = new Set(all.map((one) => one.value)).size;
  let prior = 0;
  let byPersona = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const known = all.filter((_, i) => folds[i] !== fold);
    const values = countsOf(known.map((one) => one.value));
    const cells = countsOf(known.map(({ persona, value }) => `${persona} ${value}`));
    const personas = countsOf(known.map(({ persona }) => String(persona)));
    all.forEach(({ persona, value }, i) => {
      if (folds[i] !== fold) return;
      const share = ((values.get(value) ?? 0) + 1) / (known.length + classes);
      const own =
        ((cells.get(`${persona} ${value}`) ?? 0) + HALF_EVIDENCE * share) /
        ((personas.get(String(persona)) ?? 0) + HALF_EVIDENCE);
      prior -= Math.log(share) / all.length;
      byPersona -= Math.log(own) / all.length;
    });
  }
  return { prior, byPersona };
}

/** Ten-fold log-loss by persona against class priors, with a permutation test of the gain. */
export function recovery(all: readonly Stated[], random: Random): Recovery {
  const order = sample(
    all.map((_, i) => i),
    all.length,
    random,
  );
  const folds = all.map(() => 0);
  order.forEach((household, place) => {
    folds[household] = place % FOLDS;
  });
  const measured = losses(all, folds);
  const gain = measured.prior - measured.byPersona;
  let asMuch = 1;
  for (let i = 0; i < PERMUTATIONS; i++) {
    const personas = sample(
      all.map((one) => one.persona),
      all.length,
      random,
    );
    const shuffled = all.map(({ value }, j) => ({ value, persona: personas[j] ?? 0 }));
    const { prior, byPersona } = losses(shuffled, folds);
    if (prior - byPersona >= gain) asMuch += 1;
  }
  return { ...measured, p: asMuch / (PERMUTATIONS + 1) };
}
