import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';
import { configStore } from './store.ts';
import { type StoredVersion, type VersionHead, type VersionsStore, versionsStore } from './versions-store.ts';

/** How soon what KV refused (one write a second per key) is tried again. */
const RETRY_MS = 5_000;

export interface Publication {
  shop: string;
  /** The config as JSON, checked by the caller. */
  config: string;
  /** The version that the publisher believes is current; null publishes whatever is there. */
  expected: number | null;
  by: string;
  rollbackOf: number | null;
  /** Why, where it is the system itself that publishes. */
  why?: string;
  /** Epoch milliseconds. */
  now: number;
}

/** Either published, or the version that stands in the way. */
export type PublishOutcome = { done: true; version: number; publishedAt: number } | { done: false; current: number };

/** A shop's config: every version ever published, its secrets, and the one writer of `<shop>/current` in KV. */
export class ConfigObject extends DurableObject<Env> {
  private readonly versions: VersionsStore;
  /** KV writes one after the other, so that the newest version is also the last one written. */
  private writing: Promise<void> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.versions = versionsStore(ctx.storage);
    if (this.versions.owed() !== null) {
      ctx.blockConcurrencyWhile(async () => {
        if ((await ctx.storage.getAlarm()) === null) await ctx.storage.setAlarm(Date.now() + RETRY_MS);
      });
    }
  }

  /** Publishes a config as the next version and writes it to KV; if KV refuses, the alarm does. */
  async publish({ shop, config, expected, by, rollbackOf, why, now }: Publication): Promise<PublishOutcome> {
    const outcome = this.ctx.storage.transactionSync((): PublishOutcome => {
      const current = this.versions.current()?.version ?? 0;
      if (expected !== null && expected !== current) return { done: false, current };
      const version = current + 1;
      this.versions.add({ version, publishedAt: now, by, rollbackOf, why: why ?? null, config });
      this.versions.owe(shop);
      this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
      return { done: true, version, publishedAt: now };
    });
    if (outcome.done) await this.writeOut();
    return outcome;
  }

  /** The newest version, null when nothing was ever published. */
  current(): StoredVersion | null {
    return this.versions.current();
  }

  get(version: number): StoredVersion | null {
    return this.versions.get(version);
  }

  /** Heads of versions below `before`, newest first. */
  list(before: number, limit: number): VersionHead[] {
    return this.versions.list(before, limit);
  }

  putSecret(name: string, value: string, now: number): void {
    this.versions.putSecret(name, value, now);
  }

  /** The value of a secret, for those who verify or sign; no route hands it out. */
  secret(name: string): string | null {
    return this.versions.secret(name);
  }

  override async alarm(): Promise<void> {
    await this.writeOut();
  }

  /** Brings KV up to the newest version. A failure is not thrown: the version is published, and the alarm tries again. */
  private writeOut(): Promise<void> {
    this.writing = this.writing.then(async () => {
      const shop = this.versions.owed();
      const newest = this.versions.current();
      if (shop === null || newest === null) return;
      try {
        const { version, publishedAt, config } = newest;
        await configStore(this.env.CONFIG).write(shop, { version, publishedAt, config: JSON.parse(config) });
        if (this.versions.current()?.version === version) this.versions.settle();
      } catch (error) {
        console.error(JSON.stringify({ shop, error: error instanceof Error ? error.message : String(error) }));
        this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
      }
    });
    return this.writing;
  }
}
