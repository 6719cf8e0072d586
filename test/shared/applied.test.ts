import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { learnerObject } from '../../src/env.ts';
import { APPLIED_DAYS, appliedIds } from '../../src/shared/applied.ts';
import { DAY_MS } from '../../src/shared/decay.ts';

let tables = 0;

/** Runs with the storage of an object, in a table that nobody else uses. */
function withTable<T>(
  work: (open: () => ReturnType<typeof appliedIds>, sql: SqlStorage, table: string) => T,
): Promise<T> {
  const table = `applied_${'x'.repeat(++tables)}`;
  return runInDurableObject(learnerObject(env, 'applied'), async (_, state) =>
    work(() => appliedIds(state.storage.sql, table), state.storage.sql, table),
  );
}

test('what was added is known, also to whoever opens the table next', () =>
  withTable((open) => {
    const ids = open();
    expect(ids.lacking(['a.1', 'a.2'])).toEqual(['a.1', 'a.2']);
    ids.add(['a.1'], 0);
    ids.add(['a.3', 'b.1'], 0);
    for (const one of [ids, open()]) {
      expect(one.lacking(['a.1', 'a.2', 'a.3', 'b.1'])).toEqual(['a.2']);
      expect([one.has('a.1'), one.has('a.2')]).toEqual([true, false]);
    }
  }));

test('what is only held is forgotten with the memory', () =>
  withTable((open) => {
    const ids = open();
    ids.hold(['a.1']);
    expect([ids.has('a.1'), open().has('a.1')]).toEqual([true, false]);
  }));

test('adding writes one row, however many there are', () =>
  withTable((open, sql, table) => {
    const ids = open();
    const changes = () => sql.exec<{ n: number }>('SELECT total_changes() AS n').one().n;
    for (let i = 0; i < 30; i++) {
      const before = changes();
      ids.add(
        Array.from({ length: 150 }, (_, n) => `s${i}.${n}`),
        i,
      );
      expect(changes()).toBe(before + 1);
    }
    expect(sql.exec(`SELECT page FROM ${table}`).toArray()).toHaveLength(3);
    expect(open().lacking(Array.from({ length: 4500 }, (_, n) => `s${Math.floor(n / 150)}.${n % 150}`))).toEqual([]);
  }));

test('ids are kept for fifteen days', () =>
  withTable((open) => {
    const fill = (name: string) => Array.from({ length: 2000 }, (_, n) => `${name}.${n}`);
    open().add(fill('old'), 0);
    open().add(fill('newer'), 2 * DAY_MS);
    open().add(['newest.1'], APPLIED_DAYS * DAY_MS);
    expect([open().has('old.7'), open().has('newer.7')]).toEqual([true, true]);
    open().add(['newest.2'], (APPLIED_DAYS + 1) * DAY_MS);
    expect([open().has('old.7'), open().has('newer.7'), open().has('newest.1')]).toEqual([false, true, true]);
  }));
