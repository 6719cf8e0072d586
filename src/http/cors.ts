import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../env.ts';

export const cors: MiddlewareHandler<AppEnv> = async (_c, next) => {
  await next();
};
