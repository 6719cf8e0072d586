/** Rows that every GrowthBook SDK satisfies; null where the reference material is not there. */
const found = import.meta.glob<Record<string, unknown>>('#shared/fixtures/growthbook-cases/cases.json', {
  eager: true,
  import: 'default',
});

export const GROWTHBOOK: Readonly<Record<string, unknown>> | null = Object.values(found)[0] ?? null;
