import { DurableObject } from 'cloudflare:workers';
import type { ItemNews } from '../catalog/news.ts';
import { customerObject, type Env, visitorObject } from '../env.ts';
import { DAY_MS } from '../shared/decay.ts';
import { WATCH_DAYS, type Watched, type WatchersStore, watchersStore } from './watchers-store.ts';

/** Watchers that one alarm looks at, and how many of them are told at the same time. */
const PAGE = 500;
const AT_ONCE = 10;
/** Attempts at a page in which somebody could not be told. */
const MOST_ATTEMPTS = 3;
const RETRY_MS = 5_000;

/** Knows who has looked at which items, and tells them of changes: each object decides for itself whether it is news to its visitor. */
export abstract class WatchersObject extends DurableObject<Env> {
  readonly #watchers: WatchersStore;
  #attempts = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#watchers = watchersStore(ctx.storage.sql);
  }

  /** Somebody who consents to being remembered has looked at items. */
  watch(subject: string, items: readonly Watched[], now: number): void {
    this.ctx.storage.transactionSync(() => this.#watchers.watch(subject, items, now));
  }

  /** What these have looked at, as far as it is held here. */
  watchedBy(subjects: readonly string[]): Watched[] {
    return subjects.flatMap((subject) => this.#watchers.read(subject));
  }

  unwatch(subject: string): void {
    this.#watchers.forget(subject);
  }

  handOver(subject: string, to: string, now: number): void {
    this.ctx.storage.transactionSync(() => this.#watchers.handOver(subject, to, now));
  }

  /** Items have changed in a way that those who looked at them may want to hear of. On disk when this returns. */
  changed(news: readonly ItemNews[]): void {
    this.ctx.storage.transactionSync(() => {
      this.#watchers.note(news);
      void this.ctx.storage.setAlarm(Date.now());
    });
  }

  /** Tells some of those who looked; the others follow by alarm. @param shop part of this object's name */
  protected async tellNews(now: number): Promise<void> {
    const shop = this.ctx.id.name?.split(':')[0] ?? '';
    const pending = this.#watchers.pending();
    if (pending === null) return;
    const page = this.#watchers.page(pending.after, PAGE);
    const byItem = new Map(pending.news.map((one) => [one.after.itemId, one]));
    const concerned = page.flatMap(({ subject, items }) => {
      const recent = items.filter((one) => now - one.at < WATCH_DAYS * DAY_MS);
      const news = recent.flatMap(({ itemId }) => byItem.get(itemId) ?? []);
      return news.length === 0 ? [] : [{ subject, news }];
    });
    let failures = 0;
    for (let i = 0; i < concerned.length; i += AT_ONCE) {
      const told = concerned.slice(i, i + AT_ONCE).map((one) => this.#tell(shop, one));
      failures += (await Promise.all(told)).filter((isTold) => !isTold).length;
    }
    this.#attempts = failures > 0 ? this.#attempts + 1 : 0;
    const isRetried = failures > 0 && this.#attempts < MOST_ATTEMPTS;
    if (!isRetried) {
      this.#attempts = 0;
      this.#watchers.told(pending.n, page.length < PAGE ? null : (page.at(-1)?.subject ?? null));
    }
    if (this.#watchers.pending() !== null)
      await this.ctx.storage.setAlarm(isRetried ? Date.now() + RETRY_MS : Date.now());
  }

  /** @returns false where the object could not be reached */
  async #tell(shop: string, { subject, news }: { subject: string; news: ItemNews[] }): Promise<boolean> {
    const name = subject.slice(2);
    const stub = subject.startsWith('c:') ? customerObject(this.env, shop, name) : visitorObject(this.env, shop, name);
    try {
      if (!(await stub.hear(news))) this.#watchers.forget(subject);
      return true;
    } catch (error) {
      console.error(JSON.stringify({ shop, news: 'not told', error: String(error) }));
      return false;
    }
  }
}
