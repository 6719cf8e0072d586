import type { MiddlewareHandler } from 'hono';
import type { ZodType } from 'zod';
import type { AppEnv, KeyKind } from '../env.ts';
import type { ProblemSlug } from './problems.ts';

/** What the API document says of a route. Built into `/openapi.json` when the project is built, so that the Worker carries no converter. */
export interface Description {
  summary: string;
  description?: string;
  tag: 'Events' | 'Decide' | 'Catalogue' | 'Config' | 'Visitors' | 'Learning' | 'Analytics' | 'Integrations' | 'Meta';
  key: KeyKind | 'none';
  query?: ZodType;
  param?: ZodType;
  body?: ZodType;
  /** Content type of the body, `application/json` unless said otherwise. */
  bodyType?: string;
  /** Answers by status: a schema for JSON, a string for anything else (its meaning). */
  answers: Record<number, ZodType | string>;
  problems?: readonly ProblemSlug[];
}

declare global {
  /** Whether routes carry their descriptions: true where the API document is made and in tests. The deployed Worker is built without them. */
  const DESCRIBED: boolean;
}

const descriptions = new WeakMap<object, Description>();
const carriers = new WeakSet<object>();

/** Middleware that does nothing but carry a route's description. Put it first. */
export function describe(description: Description | false): MiddlewareHandler<AppEnv> {
  const carrier: MiddlewareHandler<AppEnv> = (_c, next) => next();
  carriers.add(carrier);
  if (description !== false) descriptions.set(carrier, description);
  return carrier;
}

/** Whether a handler is one made by {@link describe}, which requests need not pass through. */
export const isCarrier = (handler: object): boolean => carriers.has(handler);

/** The description that a handler of the app carries, if it is one made by {@link describe}. */
export function descriptionOf(handler: object): Description | undefined {
  return descriptions.get(handler);
}
