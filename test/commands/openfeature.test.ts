import { randomUUID } from 'node:crypto';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature as Server } from '@openfeature/server-sdk';
import { type JsonValue, type Provider, ProviderEvents, OpenFeature as Web } from '@openfeature/web-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DevServer, startDevServer } from '../support/dev-server.ts';
import { startUnreliable } from '../support/unreliable.ts';

/** Every type of value, as a variation that everybody gets. */
const VALUES: Record<string, JsonValue> = {
  yes: true,
  no: false,
  text: 'three columns',
  'no-text': '',
  whole: 3,
  zero: 0,
  part: 0.25,
  record: { columns: 3, labels: { add: 'Add' } },
  list: [1, 'two', { three: 3 }],
};

const TWO = [
  { key: 'control', value: 'old' },
  { key: 'b', value: 'new' },
];

const certainly = (value: JsonValue) => ({
  status: 'running',
  phase: 2,
  weights: [1, 0],
  variations: [{ key: 'on', value }, { key: 'off' }],
});

/** One experiment for every reason. */
const REASONED = {
  winner: { status: 'stopped', force: 'b', variations: TWO },
  staff: { status: 'running', rules: [{ condition: { 'context.staff': true }, variation: 'b' }], variations: TWO },
  lot: { status: 'running', seed: 'lot', variations: TWO },
  draft: { status: 'draft', variations: TWO },
  german: { status: 'running', audience: { 'context.country': 'DE' }, weights: [0, 1], variations: TWO },
  silent: { status: 'running', weights: [1, 0], variations: [{ key: 'mute' }, { key: 'b' }] },
};

const CONFIG = {
  experiments: {
    ...Object.fromEntries(Object.entries(VALUES).map(([key, value]) => [key, certainly(value)])),
    ...REASONED,
  },
};

let server: DevServer;

async function publish(config: object): Promise<void> {
  const headers = { Authorization: 'Bearer sk_demo', 'Content-Type': 'application/json' };
  const put = await fetch(`${server.url}/v1/config`, { method: 'PUT', headers, body: JSON.stringify(config) });
  expect(put.status, await put.text()).toBe(200);
}

beforeAll(async () => {
  server = await startDevServer(CONFIG);
}, 90_000);
afterAll(async () => {
  await Promise.all([Server.close(), Web.close()]);
  await server?.stop();
});

const BEARER: [string, string][] = [['Authorization', 'Bearer pk_demo']];

/** A client of a shop's server, of its own. */
async function ofServer(headers: [string, string][] = BEARER, baseUrl = server.url) {
  const domain = randomUUID();
  await Server.setProviderAndWait(domain, new OFREPProvider({ baseUrl, headers }));
  return Server.getClient(domain);
}

/** What a variation of the same type would not be. */
function defaultFor(value: JsonValue): JsonValue {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return -1;
  return typeof value === 'string' ? 'default' : { is: 'default' };
}

describe('@openfeature/ofrep-provider', () => {
  test.each(Object.entries(VALUES))('is given the value of "%s": %j', async (key, value) => {
    const client = await ofServer();
    const context = { targetingKey: randomUUID() };
    const other = defaultFor(value);
    const details =
      typeof other === 'boolean'
        ? await client.getBooleanDetails(key, other, context)
        : typeof other === 'number'
          ? await client.getNumberDetails(key, other, context)
          : typeof other === 'string'
            ? await client.getStringDetails(key, other, context)
            : await client.getObjectDetails(key, other, context);
    expect(details).toMatchObject({ value, variant: 'on', reason: 'STATIC', flagMetadata: { phase: 2 } });
    expect(details.errorCode).toBeUndefined();
  });

  test.each([
    ['winner', {}, { value: 'new', variant: 'b', reason: 'STATIC' }],
    ['staff', { staff: true }, { value: 'new', variant: 'b', reason: 'TARGETING_MATCH' }],
    ['lot', { targetingKey: 'visitor-1' }, { reason: 'SPLIT' }],
    ['german', { country: 'DE' }, { value: 'new', variant: 'b', reason: 'STATIC' }],
  ])('is told why: %s for %j', async (key, more, expected) => {
    const client = await ofServer();
    expect(await client.getStringDetails(key, 'default', { targetingKey: 'anybody', ...more })).toMatchObject(expected);
  });

  test.each([
    ['that is a draft', 'draft', {}],
    ['for others', 'german', { country: 'FR' }],
    ['whose variation has no value', 'silent', {}],
  ])('leaves the code its default with a flag %s', async (_what, key, more) => {
    const client = await ofServer();
    expect(await client.getStringValue(key, 'default', { targetingKey: 'anybody', ...more })).toBe('default');
  });

  test('is told of an unknown flag, of a missing targetingKey and of another type, and then leaves the default', async () => {
    const client = await ofServer();
    const somebody = { targetingKey: 'anybody' };
    expect(await client.getStringDetails('nope', 'default', somebody)).toMatchObject({
      value: 'default',
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(await client.getStringDetails('text', 'default', {})).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' });
    expect(await client.getNumberDetails('text', 5, somebody)).toMatchObject({ value: 5, errorCode: 'TYPE_MISMATCH' });
    expect(await client.getStringDetails('odd/key?', 'default', somebody)).toMatchObject({ value: 'default' });
  });

  test.each<[string, [string, string][], string]>([
    ['the key in X-API-Key', [['X-API-Key', 'pk_demo']], 'three columns'],
    ['the secret key', [['Authorization', 'Bearer sk_demo']], 'three columns'],
    ['a wrong key', [['Authorization', 'Bearer pk_wrong']], 'default'],
    ['no key', [], 'default'],
  ])('with %s', async (_what, headers, expected) => {
    const client = await ofServer(headers);
    const details = await client.getStringDetails('text', 'default', { targetingKey: 'anybody' });
    expect(details).toMatchObject({ value: expected, reason: expected === 'default' ? 'ERROR' : 'STATIC' });
  });

  test('waits as long as a refusal says, and then asks again', async () => {
    const proxy = await startUnreliable(server.url, [{ do: 'refuse', status: 429 }]);
    const client = await ofServer(BEARER, proxy.url);
    const ask = () => client.getStringValue('text', 'default', { targetingKey: 'anybody' });
    expect([await ask(), await ask(), await ask()]).toEqual(['default', 'default', 'default']);
    expect(proxy.posts).toHaveLength(1);
    await expect.poll(ask, { timeout: 5_000 }).toBe('three columns');
    await proxy.stop();
  });

  test('gives three hundred units what a bulk evaluation gives them', async () => {
    const client = await ofServer([['Authorization', 'Bearer sk_demo']]);
    const found = new Set<string>();
    for (let i = 0; i < 300; i += 50)
      await Promise.all(
        Array.from({ length: 50 }, async (_, n) => {
          const context = { targetingKey: `unit ${i + n}` };
          const answer = await fetch(`${server.url}/ofrep/v1/evaluate/flags`, {
            method: 'POST',
            headers: { Authorization: 'Bearer sk_demo' },
            body: JSON.stringify({ context }),
          });
          const { flags } = (await answer.json()) as { flags: { key: string; variant?: string }[] };
          const { variant } = await client.getStringDetails('lot', 'default', context);
          expect(variant).toBe(flags.find((flag) => flag.key === 'lot')?.variant);
          found.add(variant ?? '');
        }),
      );
    expect(found).toEqual(new Set(['control', 'b']));
  });
});

/** What a client of a page asked and was answered. */
interface Exchange {
  status: number;
  /** The ETag that it said it knows. */
  knew: string | null;
  etag: string | null;
  /** Milliseconds. */
  at: number;
}

interface Page {
  client: ReturnType<typeof Web.getClient>;
  domain: string;
  exchanges: Exchange[];
  /** Names of what the provider told. */
  told: string[];
}

/** A page's client of its own, whose exchanges are written down. */
async function ofPage(
  context: Record<string, JsonValue>,
  { headers = BEARER, baseUrl = server.url, pollInterval = 0 } = {},
): Promise<Page & { ready: Promise<void> }> {
  const domain = randomUUID();
  const exchanges: Exchange[] = [];
  const recorded: typeof fetch = async (...asked) => {
    const request = new Request(...asked);
    const knew = request.headers.get('If-None-Match');
    const answer = await fetch(request);
    exchanges.push({ status: answer.status, knew, etag: answer.headers.get('ETag'), at: performance.now() });
    return answer;
  };
  const client = Web.getClient(domain);
  const told: string[] = [];
  for (const event of [ProviderEvents.ConfigurationChanged, ProviderEvents.Stale, ProviderEvents.Error])
    client.addHandler(event, () => void told.push(event));
  await Web.setContext(domain, context);
  const provider = new OFREPWebProvider({ baseUrl, headers, pollInterval, fetchImplementation: recorded });
  return { client, domain, exchanges, told, ready: Web.setProviderAndWait(domain, provider as Provider) };
}

describe('@openfeature/ofrep-web-provider', () => {
  test('is given every flag at once, of every type, with reason and variant', async () => {
    const { client, exchanges, ready } = await ofPage({ targetingKey: randomUUID(), staff: true, country: 'DE' });
    await ready;
    for (const [key, value] of Object.entries(VALUES)) {
      const other = defaultFor(value);
      const details =
        typeof other === 'boolean'
          ? client.getBooleanDetails(key, other)
          : typeof other === 'number'
            ? client.getNumberDetails(key, other)
            : typeof other === 'string'
              ? client.getStringDetails(key, other)
              : client.getObjectDetails(key, other);
      expect(details).toMatchObject({ value, variant: 'on', reason: 'STATIC', flagMetadata: { phase: 2 } });
    }
    const of = (key: string) => client.getStringDetails(key, 'default');
    expect(of('winner')).toMatchObject({ value: 'new', reason: 'STATIC' });
    expect(of('staff')).toMatchObject({ value: 'new', reason: 'TARGETING_MATCH' });
    expect(of('lot')).toMatchObject({ reason: 'SPLIT' });
    expect(of('german')).toMatchObject({ value: 'new', variant: 'b' });
    expect(of('draft')).toMatchObject({ value: 'default', reason: 'DISABLED' });
    expect(of('silent')).toMatchObject({ value: 'default', variant: 'mute' });
    expect(of('nope')).toMatchObject({ value: 'default', errorCode: 'FLAG_NOT_FOUND' });
    expect(exchanges.map(({ status }) => status)).toEqual([200]);
  });

  test('evaluates anew when the context changes, and says what it knows by its ETag', async () => {
    const targetingKey = randomUUID();
    const { client, domain, exchanges, ready } = await ofPage({ targetingKey, country: 'FR' });
    await ready;
    expect(client.getStringValue('german', 'default')).toBe('default');
    await Web.setContext(domain, { targetingKey, country: 'DE' });
    expect(client.getStringValue('german', 'default')).toBe('new');
    await Web.setContext(domain, { targetingKey, country: 'DE', unasked: 1 });
    expect(client.getStringValue('german', 'default')).toBe('new');
    expect(exchanges.map(({ status }) => status)).toEqual([200, 200, 304]);
    expect(exchanges.map(({ knew }) => knew)).toEqual([null, exchanges[0]?.etag, exchanges[1]?.etag]);
  });

  test('hears of a config that was published, and until then that nothing has changed', async () => {
    const { client, exchanges, told, ready } = await ofPage({ targetingKey: randomUUID() }, { pollInterval: 100 });
    await ready;
    await expect.poll(() => exchanges.length, { timeout: 10_000 }).toBeGreaterThan(3);
    expect(new Set(exchanges.slice(1).map(({ status }) => status))).toEqual(new Set([304]));
    expect(told).toEqual([]);
    await publish({ experiments: { ...CONFIG.experiments, text: certainly('four columns') } });
    await expect.poll(() => client.getStringValue('text', 'default'), { timeout: 20_000 }).toBe('four columns');
    await publish(CONFIG);
    await expect.poll(() => client.getStringValue('text', 'default'), { timeout: 20_000 }).toBe('three columns');
    expect(new Set(told)).toEqual(new Set([ProviderEvents.ConfigurationChanged]));
  });

  test.each<[string, Record<string, JsonValue>, [string, string][], number, string]>([
    ['a missing targetingKey', { country: 'DE' }, BEARER, 400, 'GENERAL'],
    ['a targetingKey that is too long', { targetingKey: 'x'.repeat(257) }, BEARER, 400, 'GENERAL'],
    ['a wrong key', { targetingKey: 'anybody' }, [['X-API-Key', 'pk_wrong']], 401, 'PROVIDER_FATAL'],
  ])('is told of %s', async (_what, context, headers, status, code) => {
    const { client, exchanges, ready } = await ofPage(context, { headers });
    await expect(ready).rejects.toMatchObject({ code });
    expect(exchanges.map((one) => one.status)).toEqual([status]);
    expect(client.getStringValue('text', 'default')).toBe('default');
  });

  test('polls no more after a refusal until that says so', async () => {
    const proxy = await startUnreliable(server.url);
    const { client, exchanges, told, ready } = await ofPage(
      { targetingKey: randomUUID() },
      { baseUrl: proxy.url, pollInterval: 50 },
    );
    await ready;
    proxy.mishaps.push({ do: 'refuse', status: 429 });
    await expect.poll(() => exchanges.some(({ status }) => status === 429), { timeout: 10_000 }).toBe(true);
    const refusedAt = exchanges.findIndex(({ status }) => status === 429);
    await expect.poll(() => exchanges.length, { timeout: 10_000 }).toBeGreaterThan(refusedAt + 1);
    const [refusal, next] = exchanges.slice(refusedAt);
    // The refusal says one second.
    expect((next?.at ?? 0) - (refusal?.at ?? 0)).toBeGreaterThan(990);
    expect(next?.status).toBe(304);
    expect(told).toContain(ProviderEvents.Stale);
    expect(client.getStringValue('text', 'default')).toBe('three columns');
    await proxy.stop();
  });
});
