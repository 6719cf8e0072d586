/** What visitors' objects tell the counters of visits. Plain data. */
import { CHECKOUT_STEPS } from '../events/schema.ts';

/**
 * `views`: pages seen; `entries`: visits that began there; `exits`: visits that ended there; `bounces`: visits that saw no other page; `visits`: of a step of
 * the checkout, visits that took it; its `exits` are those that came no further and bought nothing.
 */
export const VISIT_METRICS = ['views', 'entries', 'exits', 'bounces', 'visits'] as const;
export type VisitMetric = (typeof VISIT_METRICS)[number];

/** Sums of the visits that began on a day (UTC), by {@link pageKey} and {@link stepKey}. Of changes some are below zero. */
export type VisitSums = Record<string, Record<string, Partial<Record<VisitMetric, number>>>>;

const LONGEST_TYPE = 40;

/** A type of page as it is counted. */
export const typeOfPage = (said: string): string => said.trim().toLowerCase().slice(0, LONGEST_TYPE);

/** A type of page is what a sender calls it: marked, no name of it is one that every object has. */
export const pageKey = (type: string): string => `/${type}`;

/** The type that a key marks; null for what is none. */
export const pageTypeOf = (key: string): string | null => (key.startsWith('/') ? key.slice(1) : null);

/** A step of the checkout, by its place in {@link CHECKOUT_STEPS}. */
export const stepKey = (step: number): string => `@${CHECKOUT_STEPS[step]}`;
