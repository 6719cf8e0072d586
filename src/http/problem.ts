import type { Context } from 'hono';
import type { AppEnv } from '../env.ts';
import { type Issue, PROBLEMS, type ProblemSlug } from './problems.ts';

interface ProblemOptions {
  issues?: readonly Issue[];
  headers?: Record<string, string>;
}

/**
 * A request that cannot be answered. Throw it anywhere in a route; it becomes RFC 9457 `application/problem+json`.
 * @example throw new Problem('unknown-item', 'There is no item "85123A".')
 */
export class Problem extends Error {
  readonly slug: ProblemSlug;
  readonly issues: readonly Issue[] | undefined;
  readonly headers: Record<string, string> | undefined;

  constructor(slug: ProblemSlug, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.slug = slug;
    this.issues = options.issues;
    this.headers = options.headers;
  }
}

/** The body of a problem, as it goes over the wire. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  issues?: readonly Issue[];
  requestId: string;
}

/** Turns a problem into its answer. */
export function problemResponse(c: Context<AppEnv>, problem: Problem): Response {
  const row = PROBLEMS[problem.slug];
  const body: ProblemBody = {
    type: `/problems/${problem.slug}`,
    title: row.title,
    status: row.status,
    detail: problem.message,
    ...(problem.issues ? { issues: problem.issues } : {}),
    requestId: c.get('requestId'),
  };
  return c.body(JSON.stringify(body), row.status, { 'Content-Type': 'application/problem+json', ...problem.headers });
}

/** The problem that any thrown thing amounts to. What is not ours reveals nothing and is logged with the request id. */
export function problemOf(thrown: unknown, requestId: string): Problem {
  if (thrown instanceof Problem) return thrown;
  console.error(
    JSON.stringify({ requestId, error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) }),
  );
  if (thrown instanceof Error && 'overloaded' in thrown && thrown.overloaded === true) {
    return new Problem('unavailable', 'The storage behind this request is overloaded.', {
      headers: { 'Retry-After': '2' },
    });
  }
  return new Problem('internal', 'The request failed for a reason that is ours, not yours.');
}
