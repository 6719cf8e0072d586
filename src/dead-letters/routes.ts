import { Hono } from 'hono';
import { type AppEnv, directoryObject, type Env, learnerObject, tallyObject } from '../env.ts';
import { access } from '../http/access.ts';
import { json, query } from '../http/body.ts';
import { describe } from '../http/describe.ts';
import type { Flush } from '../learning/schema.ts';
import { fittingOneCall } from '../visitors/deliver.ts';
import { LettersAnswer, LettersQuery, type ListedLetter, RedriveAnswer, RedriveBody } from './schema.ts';

/** Letters that one call looks at. */
const AT_ONCE = 100;

/** Which flushes were not applied everywhere. */
async function lackingOf(env: Env, shop: string, flushIds: readonly string[]): Promise<Set<string>> {
  if (flushIds.length === 0) return new Set();
  const asked = [...flushIds];
  const answers = await Promise.all([tallyObject(env, shop).lacking(asked), learnerObject(env, shop).lacking(asked)]);
  return new Set(answers.flat());
}

/** Sends letters again, and only then strikes them off: who is interrupted has sent one twice, which is harmless. @returns how many */
async function redrive(env: Env, shop: string, letterIds: readonly string[]): Promise<number> {
  const directory = directoryObject(env, shop);
  let waiting = [...letterIds];
  while (waiting.length > 0) {
    const letters = (await directory.letterBodies(waiting.slice(0, 10))).map(({ letterId, body }, number) => ({
      letterId,
      number,
      text: body,
    }));
    const fitting = fittingOneCall(letters);
    const some = letters.slice(0, fitting.length);
    if (some.length === 0) break;
    await env.INTERACTIONS.sendBatch(
      some.map(({ text }) => ({ body: JSON.parse(text) as Flush, contentType: 'json' })),
    );
    const sent = some.map((letter) => letter.letterId);
    await directory.strikeLetters(sent);
    waiting = waiting.filter((letterId) => !sent.includes(letterId));
  }
  return letterIds.length - waiting.length;
}

/** Flushes that could not be delivered. */
export const deadLetterRoutes = new Hono<AppEnv>()
  .get(
    '/v1/dead-letters',
    describe(
      DESCRIBED && {
        summary: 'Flushes that could not be delivered after all attempts',
        description:
          'Nothing is lost by it: the visitor’s object still has the flush and sends it again for 14 days. A letter names no visitor. Kept for 14 days, 2,000 at most.',
        tag: 'Analytics',
        key: 'secret',
        query: LettersQuery,
        answers: { 200: LettersAnswer },
        problems: ['invalid'],
      },
    ),
    access('secret'),
    query(LettersQuery),
    async (c) => {
      const { shop, now } = c.var;
      const page = await directoryObject(c.env, shop).listLetters(c.req.valid('query').after ?? '', now);
      const letterIds = page.items.map((letter) => letter.letterId);
      const lacking = await lackingOf(c.env, shop, letterIds);
      const items = page.items.map(({ letterId, diedAt, hasBody, ...letter }) => ({
        shop,
        flushId: letterId,
        ...letter,
        diedAt: new Date(diedAt).toISOString(),
        ageSeconds: Math.max(0, Math.round((now - diedAt) / 1000)),
        delivered: !lacking.has(letterId),
        redrivable: hasBody,
      }));
      return c.json({ total: page.total, items, cursor: page.cursor });
    },
  )
  .post(
    '/v1/dead-letters/redrive',
    describe(
      DESCRIBED && {
        summary: 'Sends dead letters into the queue again',
        description:
          'A hundred at most in a call; `left` says how many wait for the next. A flush that was delivered already is struck off. One that fails again comes back.',
        tag: 'Analytics',
        key: 'secret',
        body: RedriveBody,
        answers: { 200: RedriveAnswer },
        problems: ['malformed', 'invalid'],
      },
    ),
    access('secret'),
    json(RedriveBody),
    async (c) => {
      const { shop, now } = c.var;
      const { flushIds } = c.req.valid('json');
      const directory = directoryObject(c.env, shop);
      const { found, total } =
        flushIds === undefined ? await unasked(c.env, shop, now) : await asked(c.env, shop, flushIds);
      const unknown = flushIds?.filter((flushId) => !found.some((letter) => letter.letterId === flushId)) ?? [];
      const readable = found.filter((letter) => letter.hasBody).slice(0, AT_ONCE);
      const bodiless = found.filter((letter) => !letter.hasBody);
      const lookedAt = [...readable, ...bodiless].map((letter) => letter.letterId);
      const lacking = await lackingOf(c.env, shop, lookedAt);
      const delivered = lookedAt.filter((letterId) => !lacking.has(letterId));
      await directory.strikeLetters(delivered);
      const sendable = readable.map((letter) => letter.letterId).filter((letterId) => lacking.has(letterId));
      const redriven = await redrive(c.env, shop, sendable);
      const unreadable = bodiless.filter((letter) => lacking.has(letter.letterId)).length;
      const left = total - lookedAt.length;
      return c.json({ redriven, delivered: delivered.length, unreadable, unknown, left });
    },
  );

type Found = { found: ListedLetter[]; total: number };

async function asked(env: Env, shop: string, flushIds: readonly string[]): Promise<Found> {
  const found = await directoryObject(env, shop).findLetters([...new Set(flushIds)]);
  return { found, total: found.length };
}

/** Enough of the letters that can be sent, beyond those that cannot. */
async function unasked(env: Env, shop: string, now: number): Promise<Found> {
  const directory = directoryObject(env, shop);
  const found: ListedLetter[] = [];
  let after = '';
  for (;;) {
    const page = await directory.listLetters(after, now);
    found.push(...page.items);
    if (page.cursor === null || found.filter((letter) => letter.hasBody).length >= AT_ONCE)
      return { found, total: page.total };
    after = page.cursor;
  }
}
