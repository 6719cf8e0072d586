import { describe, expect, test } from 'vitest';
import { banditTable } from '../../../src/commands/evaluation/bandit-trials.ts';
import { longRandom } from '../../../src/commands/evaluation/long-random.ts';
import { coverage, falseAlarms, ratioAlarms } from '../../../src/commands/evaluation/proofs.ts';
import { orderValues, worldsOf } from '../../../src/commands/evaluation/trials.ts';
import { cupedWorld, proportionWorld, ratioWorld } from '../../../src/commands/evaluation/worlds.ts';

/** Every draw comes from a seed, so these figures are the same each time; `npm run evaluate -- --experiments` makes 10,000 runs of each. */
const RUNS = 1_000;
const seeded = (seed: number) => ({ runs: RUNS, random: longRandom(seed) });

/** Without a data set: a lognormal shop. */
const worlds = worldsOf(orderValues('/nowhere'));

describe('A/A tests', () => {
  test.each(worlds.map((world, i) => [world.name, world, i] as const))(
    'call no more than was promised: %s',
    (_name, world, i) => {
      const { fixed, sequential } = falseAlarms(world, { units: 1_000 }, seeded(i));
      // Five in a hundred, and three standard errors of a thousand runs.
      expect(fixed).toBeLessThan(0.0707);
      expect(fixed).toBeGreaterThan(0.015);
      expect(sequential).toBeLessThan(0.05);
    },
  );

  test.each(worlds.map((world, i) => [world.name, world, i] as const))(
    'call no more where one arm is a holdout of a tenth: %s',
    (_name, world, i) => {
      const few = { runs: 500, random: longRandom(50 + i) };
      const { fixed, sequential } = falseAlarms(world, { units: 300, times: 9 }, few);
      // Three standard errors of five hundred runs.
      expect(fixed).toBeLessThan(0.0793);
      expect(sequential).toBeLessThan(0.05);
    },
  );

  test('read daily as if once would call far too many: the sequential interval is there for that', () => {
    const { fixed, sequential } = falseAlarms(proportionWorld(0.05), { units: 5_000 }, seeded(11));
    expect(sequential).toBeLessThan(fixed);
  });
});

describe('A/B tests', () => {
  test.each([proportionWorld(0.05), ratioWorld(), cupedWorld()].map((world) => [world.name, world] as const))(
    'are held by 95 of 100 intervals: %s',
    (_name, world) => {
      const held = coverage(world, { units: 1_000, lift: 0.2 }, seeded(21));
      for (const share of [held.absolute, held.relative]) expect(Math.abs(share - 0.95)).toBeLessThan(0.0207);
    },
  );
});

describe('the sample-ratio check', () => {
  test('is silent where nothing is lost, and sounds where a twentieth of an arm is', () => {
    expect(ratioAlarms({ units: 2_000, lost: 0 }, seeded(31))).toBeLessThan(0.005);
    expect(ratioAlarms({ units: 20_000, lost: 0.05 }, { runs: 200, random: longRandom(32) })).toBeGreaterThan(0.93);
  });
});

test('a bandit loses less than dealing evenly, and settles on the best arm', () => {
  const { columns, rows } = banditTable({ runs: 4, random: longRandom(41) });
  const of = (row: readonly string[], column: string) => Number(row[columns.indexOf(column)]);
  for (const row of rows.slice(0, 4)) {
    expect(of(row, 'bandit'), row[0]).toBeLessThan(of(row, 'evenly'));
    expect(of(row, 'settled'), row[0]).toBeGreaterThan(50);
  }
});
