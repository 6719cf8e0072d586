/** Where reference material for tests is found: real data sets and recorded fixtures. Tests that need it are skipped, and say so, without it. */
export const SHARED = process.env.FLOORWALKER_DATA ?? '../shared';
