import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPersonasOptions } from '../../src/commands/personas/options.ts';
import { recovery } from '../../src/commands/personas/recovery.ts';
import { checkConfig } from '../../src/config/check.ts';
import { seededRandom } from '../../src/shared/random.ts';

const COMMAND = join(import.meta.dirname, '../../src/commands/personas.ts');

/** Samples as the route answers them, of two kinds of visitors. */
function samples(count: number) {
  const random = seededRandom(5);
  const near = (value: number) => Number((value + 0.05 * random()).toFixed(3));
  return Array.from({ length: count }, (_, i) => ({
    at: '2026-11-22T10:00:00.000Z',
    facts: {
      'visitor.evidence': 9,
      'visitor.viewsPerVisit': near(i % 2 === 0 ? 9 : 2),
      'affinity.category.garden': near(i % 2 === 0 ? 0.8 : 0.1),
      'affinity.category.books': near(i % 2 === 0 ? 0.1 : 0.8),
    },
  }));
}

describe('npm run personas', () => {
  test('--discover reads a file of samples and prints a config that validates', () => {
    const folder = mkdtempSync(join(tmpdir(), 'personas-'));
    try {
      const file = join(folder, 'samples.json');
      writeFileSync(file, JSON.stringify({ samples: samples(140) }));
      const said = execFileSync(process.execPath, [COMMAND, '--discover', '--file', file], { encoding: 'utf8' });
      expect(said).toContain('140 visitors');
      expect(said).toContain('2 personas');
      const config: unknown = JSON.parse(said.slice(said.indexOf('{')));
      expect(checkConfig(config)).toMatchObject({ issues: [], warnings: [] });
      expect(JSON.stringify(config)).toContain('affinity.category.garden');
      writeFileSync(file, JSON.stringify({ samples: samples(40) }));
      const few = execFileSync(process.execPath, [COMMAND, '--discover', '--file', file], { encoding: 'utf8' });
      expect(few).toContain('Needs 60 more visitors');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    [[], 'Say --discover or --evaluate'],
    [['--discover', '--evaluate'], 'Say --discover or --evaluate'],
    [['--discover'], '--url is missing'],
    [['--discover', '--url', 'http://localhost:8787', '--key', 'pk_demo'], 'secret key'],
    [['--evaluate', '--seed', 'x'], '--seed'],
  ])('%j is refused: %s', (argv, why) => {
    expect(() => readPersonasOptions(argv, {})).toThrow(why);
  });
});

describe('what a persona tells about what was stated', () => {
  const pairsOf = (tells: boolean) => {
    const random = seededRandom(2);
    return Array.from({ length: 300 }, (_, i) => {
      const persona = i % 2;
      const value = (tells && random() < 0.8 ? persona : Math.floor(random() * 2)) === 0 ? 'young' : 'old';
      return { persona, value };
    });
  };

  test('is gained where it tells something', () => {
    const { prior, byPersona, p } = recovery(pairsOf(true), seededRandom(1));
    expect(prior).toBeCloseTo(Math.log(2), 1);
    expect(byPersona).toBeLessThan(prior - 0.2);
    expect(p).toBeCloseTo(1 / 1001, 9);
  });

  test('is nothing where it tells nothing', () => {
    const { prior, byPersona, p } = recovery(pairsOf(false), seededRandom(1));
    expect(Math.abs(prior - byPersona)).toBeLessThan(0.02);
    expect(p).toBeGreaterThan(0.05);
  });
});
