import * as z from 'zod';
import { Simulation } from '../experiments/schema-simulation.ts';
import { SiteConfigInput } from './schema.ts';
import { Key } from './schema-common.ts';

/** What the config routes take and answer. */

const Issue = z.object({ path: z.string(), message: z.string() });

const Version = z.number().int().min(0);

export const Published = z.object({
  version: Version,
  publishedAt: z.iso.datetime().nullable(),
  config: SiteConfigInput,
});

export const Publication = z.object({
  version: Version,
  publishedAt: z.iso.datetime(),
  inactive: z.array(z.string()),
  warnings: z.array(Issue),
});

export const Validation = z.object({
  valid: z.boolean(),
  problems: z.array(Issue),
  warnings: z.array(Issue),
  inactive: z.array(z.string()),
  simulation: Simulation.optional(),
});

export const ValidateQuery = z.object({
  simulate: Key.optional().describe(
    'Key of an experiment of the config: it is run over the newest events of the archive, and the answer has its `simulation`. It may be a draft.',
  ),
});

export const Versions = z.object({
  versions: z.array(
    z.object({
      version: Version,
      publishedAt: z.iso.datetime(),
      by: z.string(),
      rollbackOf: Version.nullable(),
      why: z
        .string()
        .nullable()
        .describe('Of versions by "floorwalker", which stops an experiment that harms a guardrail: what was seen.'),
    }),
  ),
  cursor: z.string().nullable(),
});

export const VersionsQuery = z.object({
  cursor: z.coerce.number().int().min(1).default(Number.MAX_SAFE_INTEGER),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const RollbackRequest = z.strictObject({ version: z.number().int().min(1) });

export const SecretValue = z.strictObject({ value: z.string().min(1).max(10_000) });

export const SecretReceipt = z.object({ name: z.string(), updatedAt: z.iso.datetime() });
