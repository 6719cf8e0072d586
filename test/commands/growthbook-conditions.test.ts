import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileCondition } from '../../src/targeting/compile.ts';
import type { Condition, Facts, Groups } from '../../src/targeting/schema.ts';
import { SHARED } from '../support/shared.ts';

const FILE = join(SHARED, 'fixtures/growthbook-cases/cases.json');

type Row = [name: string, condition: Condition, facts: Facts, expected: boolean, groups?: Groups];

const rows: Row[] = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')).evalCondition : [];

if (rows.length === 0) console.info(`GrowthBook's cases are not checked: there is no ${FILE}`);

describe.skipIf(rows.length === 0)('the cases that every GrowthBook SDK must satisfy', () => {
  test('all of them are there', () => {
    expect(rows).toHaveLength(124);
  });

  test.each(rows)('%s: %j of %j', (_name, condition, facts, expected, groups) => {
    expect(compileCondition(condition, groups)(facts)).toBe(expected);
  });
});
