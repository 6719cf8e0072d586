import fc from 'fast-check';

/** Set by the configuration of the tests. */
declare const SEED: number;

fc.configureGlobal({ seed: SEED });
