import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect } from 'vitest';
import { visitorObject } from '../../src/env.ts';
import type { VisitorExport } from '../../src/visitors/schema-held.ts';

export const ALLOW = { given: 'personal', cap: null, fallback: 'session' } as const;
export const SESSION = { given: 'session', cap: null, fallback: 'session' } as const;

export function newcomer() {
  const visitorId = crypto.randomUUID();
  return { visitorId, stub: visitorObject(env, 'demo', visitorId) };
}

export type Stub = ReturnType<typeof newcomer>['stub'];

/** The runtime's types give up on `unknown` within an answer. */
export const exportOf = async (stub: Stub, now: number): Promise<VisitorExport | null> =>
  (await stub.exportAll(now)) as unknown as VisitorExport | null;

export const rowsOf = (stub: Stub) =>
  runInDurableObject(stub, (_instance, state) => {
    const isThere = state.storage.sql.exec(`SELECT 1 FROM sqlite_master WHERE name = 'kept'`).toArray().length > 0;
    if (!isThere) return [];
    return state.storage.sql
      .exec<{ kind: string; number: number; body: string | null }>('SELECT kind, number, body FROM kept')
      .toArray();
  });

export const flushTexts = async (stub: Stub): Promise<string[]> =>
  (await rowsOf(stub)).filter((row) => row.kind === 'batch').map((row) => row.body ?? '');

/** Waits until the queue has delivered what the visitor flushed. */
export const delivered = (stub: Stub) =>
  expect.poll(async () => (await stub.wake()).undelivered, { timeout: 15_000, interval: 200 }).toEqual([]);

export const alarmOf = (stub: Stub) => runInDurableObject(stub, (_instance, state) => state.storage.getAlarm());

/** What the Worker would send with consent that a visitor states now. */
export const statedBy = (visitorId: string) => {
  const now = Date.now();
  return { shop: 'demo', sender: `v:${visitorId}`, now, at: now, source: 'visitor', proof: null } as const;
};
