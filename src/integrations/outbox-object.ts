import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../env.ts';
import { withItems } from '../http/left-behind.ts';
import { postOutside } from '../http/outside.ts';
import { secretOf } from '../http/secrets.ts';
import { signedHeaders } from '../http/standard-webhook.ts';
import { loadNewestConfig } from '../snapshot-load.ts';
import type { Profile } from '../visitors/schema.ts';
import { judgeAttempt, type Outcome, resend } from './judge.ts';
import { type OutboxStore, outboxStore } from './outbox-store.ts';
import type { Delivery, DeliveryState, Endpoint, OutgoingEvent } from './schema.ts';
import { shapeRequest } from './shapes.ts';

/** Calls that are under way at once: a Worker has six connections. */
const AT_ONCE = 6;
const RETRY_MS = 10_000;

export interface EndpointState extends Endpoint {
  off: { at: number; why: string } | null;
  waiting: number;
  failed: number;
}

const notSent = (why: string): Outcome => ({ status: null, retryAfter: null, why });
/** What nobody wants any more, or nobody can be reached by, is not tried again. */
const hopeless = (why: string): Outcome => ({ ...notSent(why), isHopeless: true });

/** Sends a shop's outgoing events to the endpoints of its config: each once, by its id, until it is delivered or three days are over. */
export class OutboxObject extends DurableObject<Env> {
  readonly #store: OutboxStore;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = outboxStore(ctx.storage.sql);
  }

  /** Puts events in line for the endpoints that ask for them; one that is in line already, or was sent, is not put there again. @returns how many were new */
  async emit(events: OutgoingEvent[]): Promise<number> {
    const endpoints = await this.#endpoints();
    const now = Date.now();
    const added = this.ctx.storage.transactionSync(() => {
      let count = 0;
      for (const event of events)
        for (const [name, endpoint] of endpoints)
          if (endpoint.events.includes(event.type) && this.#off(name, endpoint) === null)
            count += this.#store.add(name, event, now) ? 1 : 0;
      if (count > 0) void this.ctx.storage.setAlarm(now);
      return count;
    });
    return added;
  }

  /**
   * The same for what a visitor's object tells, once what it says of items has been looked up.
   * @param profile of whom it is about, null when nothing is remembered any more
   */
  async tell(event: OutgoingEvent, profile: Profile | null): Promise<number> {
    const isWanted = [...(await this.#endpoints()).values()].some((endpoint) => endpoint.events.includes(event.type));
    if (!isWanted || this.#store.has(event.messageId)) return 0;
    const waitUntil = (work: Promise<unknown>): void => this.ctx.waitUntil(work);
    const whole = await withItems(this.env, this.#shop, { event, profile, now: Date.now(), waitUntil });
    return whole === null ? 0 : this.emit([whole]);
  }

  /** Sends one event to one endpoint, whatever that asks for. @returns false when there is no such endpoint */
  async try(endpoint: string, event: OutgoingEvent): Promise<boolean> {
    if (!(await this.#endpoints()).has(endpoint)) return false;
    this.#store.add(endpoint, event, Date.now());
    await this.ctx.storage.setAlarm(Date.now());
    return true;
  }

  /** Puts a message in line again, under the same id. @returns null when there is none, or it was kept too long ago */
  async resend(endpoint: string, messageId: string): Promise<Delivery | null> {
    const delivery = this.#store.get(endpoint, messageId);
    if (delivery === null) return null;
    const again = resend(delivery, Date.now());
    this.#store.update(again);
    await this.ctx.storage.setAlarm(Date.now());
    return again;
  }

  async endpoints(): Promise<Record<string, EndpointState>> {
    const found: Record<string, EndpointState> = {};
    for (const [name, endpoint] of await this.#endpoints())
      found[name] = { ...endpoint, off: this.#off(name, endpoint), ...this.#store.counts(name) };
    return found;
  }

  /** @returns null when the config has no such endpoint; otherwise a page of its messages, newest first */
  async deliveries(
    endpoint: string,
    from: { cursor: string | null; state: DeliveryState | null },
  ): Promise<{ items: Delivery[]; cursor: string | null } | null> {
    return (await this.#endpoints()).has(endpoint) ? this.#store.page(endpoint, from) : null;
  }

  /** Switches an endpoint on again that had answered 410. @returns null when the config has no such endpoint */
  async enable(endpoint: string): Promise<boolean | null> {
    return (await this.#endpoints()).has(endpoint) ? this.#store.switchOn(endpoint) : null;
  }

  /** What is held about somebody, under any of these names. */
  about(subjects: readonly string[]): Delivery[] {
    return subjects.flatMap((subject) => this.#store.about(subject));
  }

  /** Erases what is held about somebody. @returns how many messages */
  forget(subject: string): number {
    return this.#store.forget(subject);
  }

  /** What is held about a visitor is about a customer from here on. */
  handOver(subject: string, to: string): void {
    this.#store.handOver(subject, to);
  }

  override async alarm(): Promise<void> {
    try {
      await this.#sendDue();
      this.#store.prune(Date.now());
      const nextAt = this.#store.nextAt();
      if (nextAt !== null) await this.ctx.storage.setAlarm(Math.max(nextAt, Date.now()));
    } catch (error) {
      console.error(JSON.stringify({ outbox: this.ctx.id.name, error: String(error) }));
      await this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
    }
  }

  async #sendDue(): Promise<void> {
    const endpoints = await this.#endpoints();
    const due = this.#store.due(Date.now(), AT_ONCE);
    await Promise.all(
      due.map(async (delivery) => {
        const endpoint = endpoints.get(delivery.endpoint);
        const outcome = await this.#attempt(delivery, endpoint);
        const judged = judgeAttempt(delivery, outcome, { now: Date.now(), random: Math.random });
        this.ctx.storage.transactionSync(() => {
          this.#store.update(judged.delivery);
          if (judged.isGone && endpoint !== undefined)
            this.#store.switchOff(delivery.endpoint, { url: endpoint.url, at: Date.now(), why: '410 Gone' });
        });
      }),
    );
  }

  async #attempt(delivery: Delivery, endpoint: Endpoint | undefined): Promise<Outcome> {
    if (endpoint === undefined) return hopeless('the endpoint is not in the config any more');
    if (this.#off(delivery.endpoint, endpoint) !== null) return { status: 410, retryAfter: null, why: null };
    const secret = await secretOf(this.env, this.#shop, endpoint.secret);
    if (secret === null) return notSent(`the secret "${endpoint.secret}" is not set`);
    const { event } = delivery;
    const request = shapeRequest(event, endpoint, secret);
    if ('cannot' in request) return hopeless(request.cannot);
    const { url, body } = request;
    const { messageId } = event;
    const signed =
      endpoint.shape === 'standard' ? await signedHeaders(secret, { messageId, at: Date.now(), body }) : {};
    const headers = { ...request.headers, ...signed, 'User-Agent': 'Floorwalker' };
    const posted = await postOutside(url, { headers, body }, this.env.ALLOW_LOOPBACK);
    return 'why' in posted ? notSent(posted.why) : { ...posted, why: null };
  }

  /** An endpoint is off until its config names another address. */
  #off(name: string, { url }: Endpoint): { at: number; why: string } | null {
    const off = this.#store.off(name);
    if (off === null || off.url === url) return off;
    this.#store.switchOn(name);
    return null;
  }

  get #shop(): string {
    return this.ctx.id.name ?? '';
  }

  async #endpoints(): Promise<Map<string, Endpoint>> {
    const { config } = await loadNewestConfig(this.env, this.#shop);
    return new Map(
      Object.entries(config.endpoints).map(([name, { url, secret, events, shape }]) => [
        name,
        { url, secret: secret.secret, events, shape: shape ?? 'standard' },
      ]),
    );
  }
}
