/** Published figures that the statistics must agree with; null where the reference material is not there. */
const found = import.meta.glob<Record<string, unknown>>('#shared/fixtures/stats-vectors/vectors.json', {
  eager: true,
  import: 'default',
});

export const VECTORS: Readonly<Record<string, unknown>> | null = Object.values(found)[0] ?? null;
