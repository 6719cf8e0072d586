import * as z from 'zod';
import { CHECKOUT_STEPS } from '../events/schema.ts';
import { documented } from '../shared/documented.ts';

const pageFigures = /* @__PURE__ */ documented(() => ({
  views: z.number().describe('Pages seen; events of one page are one view, and so is a reload'),
  entries: z.number().describe('Visits that began there'),
  exits: z.number().describe('Visits that ended there'),
  bounces: z.number().describe('Visits that saw no other page'),
  exitRate: z.number().nullable().describe('exits / views, null without views'),
  bounceRate: z.number().nullable().describe('bounces / entries, null without entries'),
}));
export const PageFigures = /* @__PURE__ */ documented(() => z.object(pageFigures));
export type PageFigures = z.infer<typeof PageFigures>;

export const StepFigures = /* @__PURE__ */ documented(() =>
  z.object({
    visits: z.number().describe('Visits that took this step'),
    exits: z.number().describe('Of those, visits that came no further and bought nothing'),
    exitRate: z.number().nullable().describe('exits / visits, null without visits'),
  }),
);
export type StepFigures = z.infer<typeof StepFigures>;

const Funnel = /* @__PURE__ */ documented(() => z.record(z.enum(CHECKOUT_STEPS), StepFigures));

export const VisitsAnswer = /* @__PURE__ */ documented(() =>
  z.object({
    from: z.string(),
    to: z.string(),
    total: PageFigures.describe('`entries` and `exits` are the number of visits'),
    pages: z.record(z.string(), PageFigures).describe('By type of page; `other` where only an address was said'),
    days: z.record(z.string(), PageFigures).describe('By the day (UTC) on which the visit began'),
    rows: z.array(z.object({ day: z.string(), page: z.string(), ...pageFigures })),
    checkout: z.object({ steps: Funnel, days: z.record(z.string(), Funnel) }),
  }),
);
export type VisitsAnswer = z.infer<typeof VisitsAnswer>;
