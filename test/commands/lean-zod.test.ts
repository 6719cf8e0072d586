import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import * as installed from 'zod';
import { writeLeanZod } from '../../src/commands/lean-zod.ts';

const folder = mkdtempSync(join(tmpdir(), 'lean-zod-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Fields of every kind that may be absent, and one that may not. As in a Worker, no code is compiled. */
function schemaOf(z: typeof installed) {
  z.config({ jitless: true });
  return z.object({
    required: z.string().min(2),
    optional: z.string().min(2).optional(),
    nullish: z.number().nullish(),
    exact: z.string().exactOptional(),
    byDefault: z.number().default(1),
    defaultedOptional: z.number().default(1).optional(),
    optionalDefault: z.number().optional().default(1),
    prefault: z.string().prefault('before'),
    caught: z.number().catch(7),
    caughtOptional: z.number().catch(7).optional(),
    transformed: z
      .string()
      .optional()
      .transform((text) => text?.length),
    transformedOptional: z
      .string()
      .transform((text) => text.length)
      .optional(),
    preprocessed: z.preprocess((value) => value ?? 'made', z.string().optional()),
    anything: z.unknown(),
    nested: z.object({ inner: z.string().optional(), other: z.number().default(2) }).optional(),
  });
}

test('the zod of the Worker makes of an object what zod makes of it', async () => {
  await writeLeanZod(folder);
  const lean = schemaOf(await import(join(folder, 'index.js')));
  const whole = schemaOf(installed);
  const value = fc.constantFrom<unknown>(undefined, null, 'a', 'text', 3, {}, { inner: 'x' }, { inner: 3, other: 'y' });
  const some = fc.dictionary(fc.constantFrom(...Object.keys(whole.shape), 'stray'), value);
  fc.assert(
    fc.property(some, (input) => {
      const [made, expected] = [lean.safeParse(input), whole.safeParse(input)];
      expect(made.data).toStrictEqual(expected.data);
      expect(made.error?.issues).toEqual(expected.error?.issues);
    }),
    { numRuns: 500 },
  );
});
