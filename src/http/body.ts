import type { Context, MiddlewareHandler } from 'hono';
import type { input, output, ZodError, ZodType } from 'zod';
import type { AppEnv } from '../env.ts';
import { Problem } from './problem.ts';
import type { Issue } from './problems.ts';

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** `['events', 3, 'items', 0]` as `events[3].items[0]`. */
export function pathOf(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path)
    text += typeof step === 'number' ? `[${step}]` : text === '' ? String(step) : `.${String(step)}`;
  return text;
}

/**
 * A schema's complaints as issues with paths into the request.
 * @param prefix the way to the part that was checked
 */
export function issuesOf(error: ZodError, prefix: readonly PropertyKey[] = []): Issue[] {
  return error.issues.map((issue) => ({ path: pathOf([...prefix, ...issue.path]), message: issue.message }));
}

async function readAll(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel().catch(() => undefined);
      throw new Problem('too-large', `The body is over the limit of ${limit} bytes.`);
    }
    parts.push(value);
  }
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** A declared length is what the sender says. @throws Problem `too-large` */
function bounded(bytes: Uint8Array, limit: number): Uint8Array {
  if (bytes.byteLength > limit) throw new Problem('too-large', `The body is over the limit of ${limit} bytes.`);
  return bytes;
}

/**
 * Reads a request's body within a bound, inflating gzip (the bound holds for the inflated size too).
 * @param limit bytes
 * @throws Problem `too-large`, `unsupported-encoding`, `malformed` (broken gzip)
 */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get('Content-Length') ?? 0);
  if (declared > limit) throw new Problem('too-large', `The body is over the limit of ${limit} bytes.`);
  const encoding = (request.headers.get('Content-Encoding') ?? 'identity').trim().toLowerCase();
  const isPlain = encoding === 'identity' || encoding === '';
  // A body of declared, small length needs no chunk-wise counting.
  if (isPlain && declared > 0) return bounded(new Uint8Array(await request.arrayBuffer()), limit);
  if (request.body === null) return new Uint8Array(0);
  if (isPlain) return readAll(request.body, limit);
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new Problem('unsupported-encoding', `Content-Encoding "${encoding.slice(0, 40)}" is not understood.`);
  }
  try {
    return await readAll(
      request.body.pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>),
      limit,
    );
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('malformed', 'The body says it is gzip, but it cannot be inflated.');
  }
}

/** Reads a body as strict UTF-8 text. @throws Problem as {@link readBytes}, and `malformed` for bytes that are not UTF-8 */
export async function readText(request: Request, limit: number): Promise<string> {
  const bytes = await readBytes(request, limit);
  try {
    return DECODER.decode(bytes);
  } catch {
    throw new Problem('malformed', 'The body is not valid UTF-8.');
  }
}

/** Reads a body as JSON, whatever its content type says. @throws Problem as {@link readText}, and `malformed` for broken JSON */
export async function readJson(request: Request, limit: number): Promise<unknown> {
  return parseJson(await readText(request, limit));
}

/** @throws Problem `malformed`, saying where JSON stopped making sense */
export function parseJson(text: string): unknown {
  if (text.trim() === '') throw new Problem('malformed', 'The body is empty; a JSON document is expected.');
  try {
    return JSON.parse(text);
  } catch (error) {
    const where = error instanceof Error ? error.message : '';
    throw new Problem('malformed', `The body is not JSON: ${where.slice(0, 120)}`);
  }
}

/** Checks plain data against a schema. @throws Problem `invalid` with every issue and its path */
export function check<S extends ZodType>(schema: S, plain: unknown, what: string): output<S> {
  const result = schema.safeParse(plain);
  if (result.success) return result.data;
  const issues = issuesOf(result.error);
  const first = issues[0];
  const detail = first
    ? `${what}: ${first.path === '' ? '' : `${first.path}: `}${first.message}`
    : `${what} is invalid.`;
  throw new Problem('invalid', detail.slice(0, 500), { issues });
}

/**
 * Middleware: reads and checks a JSON body; `c.req.valid('json')` is what the schema made of it.
 * @param limit bytes, by default 1 MB
 */
export function json<S extends ZodType>(
  schema: S,
  limit = 1_000_000,
): MiddlewareHandler<AppEnv, string, { in: { json: input<S> }; out: { json: output<S> } }> {
  return async (c, next) => {
    const plain = await readJson(c.req.raw, limit);
    c.req.addValidatedData('json', check(schema, plain, 'The body') as object);
    await next();
  };
}

/** Middleware: checks the query; a parameter given twice arrives as an array. `c.req.valid('query')`. */
export function query<S extends ZodType>(
  schema: S,
): MiddlewareHandler<AppEnv, string, { in: { query: input<S> }; out: { query: output<S> } }> {
  return async (c, next) => {
    c.req.addValidatedData('query', check(schema, queryOf(c), 'The query') as object);
    await next();
  };
}

function queryOf(c: Context<AppEnv>): Record<string, string | string[]> {
  const plain: Record<string, string | string[]> = Object.create(null);
  for (const [name, values] of Object.entries(c.req.queries()))
    plain[name] = values.length === 1 ? (values[0] as string) : values;
  return plain;
}

/** Middleware: checks the parameters in the path. `c.req.valid('param')`. */
export function param<S extends ZodType>(
  schema: S,
): MiddlewareHandler<AppEnv, string, { in: { param: input<S> }; out: { param: output<S> } }> {
  return async (c, next) => {
    c.req.addValidatedData('param', check(schema, c.req.param(), 'The path') as object);
    await next();
  };
}
