import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visitorObject } from '../../src/env.ts';
import type { Offer } from '../../src/messages/schema.ts';
import type { Granted, Offerable, OfferRequest } from '../../src/visitors/attention.ts';
import { DAY, kept, MINUTE, NOON, observationOf } from '../support/events.ts';

const caps = { perSession: 1, perDay: 2, perVisitor: 3 };
const budget = { perPage: 2, perSession: 2, minutesBetween: 0, never: [], groups: { g: { perDay: 3 } } };
const WAIT_MINUTES = 5;

/** What happens in one of two tabs of one of two devices. */
const step = fc.record({
  device: fc.nat(1),
  tab: fc.nat(1),
  minutes: fc.constantFrom(0, 0, 1, 4, 6, 40),
  // A page opens where another one was, and says what that one did not show, or has lost the list; or the moment comes, in time or too late.
  act: fc.constantFrom('open', 'open', 'open', 'forget', 'show', 'show', 'late'),
  together: fc.boolean(),
});

interface Armed {
  offer: Offer;
  id: string;
  since: number;
  lapsesAt: number;
}
interface Shown extends Armed {
  at: number;
}

let drawn = 0;

/** Messages `a` and `b` wait for their moment, `b` is held out, `c` is shown at once. */
function offersNow(): Offerable[] {
  return ['a', 'b', 'c'].map((key) => ({
    ...{ key, kind: 'message' as const, group: key === 'c' ? null : 'g', caps, isGhost: key === 'b' },
    ...{ id: `i_${++drawn}`, variant: '', ...(key === 'c' ? {} : { waitSeconds: WAIT_MINUTES * 60 }) },
  }));
}

/** The pages of a visitor or customer, which do as they are told, and the objects that hand them messages. */
class Pages {
  now = NOON;
  since = NOON;
  readonly shown: Shown[] = [];
  readonly #armed = new Map<string, Armed[]>();
  readonly #devices = [0, 1].map((n) => `waits-${++drawn}-${n}-${crypto.randomUUID()}`);
  readonly #proof: { customerId: string; login: null } | null;

  constructor(isCustomer: boolean) {
    this.#proof = isCustomer ? { customerId: `waits-${++drawn}`, login: null } : null;
  }

  #deviceOf = (device: number): string => this.#devices[this.#proof === null ? 0 : device] ?? '';

  async identify(): Promise<void> {
    const identified = this.#proof === null ? {} : { proof: this.#proof };
    for (const visitorId of this.#devices)
      await visitorObject(env, 'demo', visitorId).observe(
        observationOf(visitorId, [kept('page_view', this.now)], { now: this.now, ...identified }),
      );
  }

  pass(minutes: number): void {
    this.now += minutes * MINUTE;
    if (minutes > 30) this.since = this.now;
  }

  /** What may still be shown by a page that is open. */
  live(key?: string): Armed[] {
    const all = [...this.#armed.values()].flat();
    return all.filter((one) => this.now < one.lapsesAt && (key === undefined || one.offer.key === key));
  }

  async open(device: number, tab: number, isForgotten: boolean): Promise<Granted> {
    const place = `${device} ${tab}`;
    const unshown = isForgotten ? [] : (this.#armed.get(place) ?? []).map((one) => one.id);
    this.#armed.set(place, []);
    const visitorId = this.#deviceOf(device);
    const offers = offersNow();
    const { now, since } = this;
    const request: OfferRequest = {
      ...{ budget, now, since, page: 'home', isPaying: false, offers, proof: this.#proof, unshown },
      ...{ shop: 'demo', sender: `v:${visitorId}`, sessionMinutes: 30, flushSeconds: 10 },
      consent: { given: 'personal', cap: null, fallback: 'session' },
      retention: { eventsDays: 90, profileDays: 400 },
    };
    const answer = (await visitorObject(env, 'demo', visitorId).offer(request)) as unknown as Granted;
    for (const offer of answer.granted) {
      const id = offers.find((one) => one.key === offer.key)?.id ?? '';
      const armed = { offer, id, since, lapsesAt: offer.waits?.lapsesAt ?? 0 };
      if (offer.waits === undefined) this.shown.push({ ...armed, at: now });
      else this.#armed.set(place, [...(this.#armed.get(place) ?? []), armed]);
    }
    return answer;
  }

  /** The moment of the first message that waits in a tab comes; one that is held out says so, too. */
  async show(device: number, tab: number, isLate: boolean): Promise<void> {
    const place = `${device} ${tab}`;
    const [first, ...rest] = this.#armed.get(place) ?? [];
    if (first === undefined || this.now < first.lapsesAt === isLate) return;
    this.#armed.set(place, rest);
    const visitorId = this.#deviceOf(device);
    const event = kept('impression', this.now, { impressionId: first.id });
    await visitorObject(env, 'demo', visitorId).observe(
      observationOf(visitorId, [event], { now: this.now, ...(this.#proof === null ? {} : { proof: this.#proof }) }),
    );
    this.shown.push({ ...first, at: this.now });
  }
}

/** What stands against one more of a message at this moment: what was seen of it, and what may still be seen. */
function expectRoom(pages: Pages, { key }: Offer): void {
  const own = pages.shown.filter((one) => one.offer.key === key);
  const others = pages.live(key).length;
  expect(own.filter((one) => one.at >= pages.since).length + others).toBeLessThanOrEqual(caps.perSession);
  expect(own.filter((one) => one.at > pages.now - DAY).length + others).toBeLessThanOrEqual(caps.perDay);
  expect(own.length + others).toBeLessThanOrEqual(caps.perVisitor);
  const all = pages.shown.filter((one) => one.at >= pages.since).length + pages.live().length;
  expect(all).toBeLessThanOrEqual(budget.perSession);
}

describe('a message whose moment the page finds', () => {
  test.each([
    ['two tabs of a device', false],
    ['two tabs of two devices of a customer', true],
  ])('is never shown beyond caps and budget, whatever the order, by %s', async (_what, isCustomer) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 16 }), async (steps) => {
        const pages = new Pages(isCustomer);
        await pages.identify();
        for (const { device, tab, minutes, act, together } of steps) {
          pages.pass(minutes);
          if (act === 'show' || act === 'late') await pages.show(device, tab, act === 'late');
          else {
            const opened = [pages.open(device, tab, act === 'forget')];
            if (together) opened.push(pages.open(1 - device, tab, false));
            for (const { granted } of await Promise.all(opened)) for (const offer of granted) expectRoom(pages, offer);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  /** Opens a page, and says which messages it was handed. */
  const keysOf = async (pages: Pages, tab = 0, isForgotten = false): Promise<string[]> =>
    (await pages.open(0, tab, isForgotten)).granted.map((one) => one.key);

  test('has its place held while it waits, and gives it back to the page after, or when it has waited in vain', async () => {
    const pages = new Pages(false);
    await pages.identify();
    expect(await keysOf(pages)).toEqual(['a', 'b']);
    expect(await keysOf(pages, 1)).toEqual([]);
    // The page after says that none of it was shown.
    expect(await keysOf(pages)).toEqual(['a', 'b']);
    // One that has lost the list has to wait.
    expect(await keysOf(pages, 0, true)).toEqual([]);
    pages.pass(WAIT_MINUTES);
    expect(await keysOf(pages)).toEqual(['a', 'b']);
    await pages.show(0, 0, false);
    expect(await keysOf(pages)).toEqual(['b']);
  });

  test('that is shown too late counts all the same', async () => {
    const pages = new Pages(true);
    await pages.identify();
    expect(await keysOf(pages)).toEqual(['a', 'b']);
    pages.pass(WAIT_MINUTES + 1);
    await pages.show(0, 0, true);
    expect(await keysOf(pages, 1)).toEqual(['b']);
  });
});
