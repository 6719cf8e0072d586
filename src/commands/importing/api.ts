/** The server that is imported into: sends until it was taken, waits where the server asks for it, and says plainly what the server refuses. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { PROBLEMS } from '../../http/problems.ts';
import { ImportError } from './read.ts';

const ATTEMPTS = 12;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** A server may ask for a longer pause, up to this. */
const MOST_ASKED_MS = 300_000;
const TIMEOUT_MS = 180_000;
/** Fewer where nobody answers: an address may simply be wrong. */
const ATTEMPTS_TO_CONNECT = 8;
const NO_KEYS = PROBLEMS['no-keys'].title;

const ProblemBody = z.looseObject({
  title: z.string().optional(),
  detail: z.string().optional(),
  issues: z.array(z.looseObject({ path: z.string(), message: z.string() })).optional(),
});

/** What the server refused, with the status by which it said so. */
export class RefusedError extends ImportError {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Api {
  url: string;
  /** @returns the parsed body, null for 404 */
  get(path: string): Promise<unknown>;
  /** @returns the body as it is, null for 404 */
  text(path: string): Promise<string | null>;
  /** @param more headers beside the usual ones */
  send(
    method: 'PUT' | 'POST',
    path: string,
    body: string | Uint8Array,
    more?: Readonly<Record<string, string>>,
  ): Promise<unknown>;
}

export interface ApiOptions {
  url: string;
  key: string;
  /** Told of every pause, with the reason for it. */
  paused: (reason: string, milliseconds: number) => void;
  signal: AbortSignal;
}

/** An answer that has arrived whole: a connection that breaks in the middle of one is a fault like any other. */
interface Answer {
  status: number;
  retryAfter: string | null;
  text: string;
}

function pauseOf(answer: Answer | null, attempt: number): number {
  const asked = Number(answer?.retryAfter ?? Number.NaN);
  const growing = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
  return Number.isFinite(asked) && asked >= 0 ? Math.min(Math.max(asked * 1000, growing), MOST_ASKED_MS) : growing;
}

function isTemporary(status: number): boolean {
  return status === 429 || status === 408 || status >= 500;
}

function problemText({ status, text }: Answer): string {
  const parsed = ProblemBody.safeParse(jsonOf(text));
  if (!parsed.success) return `${status} ${text.slice(0, 200)}`.trim();
  const { title, detail, issues } = parsed.data;
  const said = [title, detail].filter((part) => part !== undefined).join('. ');
  const places = (issues ?? []).slice(0, 5).map((issue) => `\n    ${issue.path}: ${issue.message}`);
  return `${status} ${said}${places.join('')}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}

/** One attempt: the answer, or why there was none. */
async function attemptOnce(url: string, init: RequestInit, options: ApiOptions): Promise<Answer | string> {
  try {
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const answer = await fetch(url, { ...init, signal });
    return { status: answer.status, retryAfter: answer.headers.get('Retry-After'), text: await answer.text() };
  } catch (error) {
    options.signal.throwIfAborted();
    return reasonOf(error);
  }
}

async function request(path: string, init: RequestInit, options: ApiOptions): Promise<Answer> {
  let reason = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const answer = await attemptOnce(options.url + path, init, options);
    if (typeof answer !== 'string' && !isTemporary(answer.status)) return answer;
    reason = typeof answer === 'string' ? answer : problemText(answer);
    // A deployment without keys will not get them by waiting.
    if (reason.includes(NO_KEYS)) break;
    if (typeof answer === 'string' && attempt + 1 >= ATTEMPTS_TO_CONNECT) break;
    const pause = pauseOf(typeof answer === 'string' ? null : answer, attempt);
    options.paused(reason, pause);
    await sleep(pause, undefined, { signal: options.signal });
  }
  throw new ImportError(
    `${options.url} does not take it: ${reason}\nWhat was sent so far stays; the same command continues from here.`,
  );
}

/**
 * @param options.url of the deployment, without a path
 * @returns calls that repeat themselves on 429, 5xx and network faults (Retry-After, otherwise a growing pause)
 * @throws ImportError from the calls, RefusedError where the server said no, with the problem as the server states it
 */
export function connect(options: ApiOptions): Api {
  const headers = { Authorization: `Bearer ${options.key}` };
  const bodyOf = (answer: Answer, path: string): unknown => {
    if (answer.status >= 300) throw new RefusedError(answer.status, `${path} was refused: ${problemText(answer)}`);
    return jsonOf(answer.text);
  };
  return {
    url: options.url,
    async get(path) {
      const answer = await request(path, { headers }, options);
      return answer.status === 404 ? null : bodyOf(answer, `GET ${path}`);
    },
    async text(path) {
      const answer = await request(path, { headers }, options);
      if (answer.status === 404) return null;
      if (answer.status >= 300) throw new ImportError(`GET ${path} was refused: ${problemText(answer)}`);
      return answer.text;
    },
    async send(method, path, body, more) {
      const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
      const init: RequestInit = {
        method,
        body: body as BodyInit,
        headers: { ...headers, 'Content-Type': type, ...more },
      };
      return bodyOf(await request(path, init, options), `${method} ${path}`);
    },
  };
}
