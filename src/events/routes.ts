import { Hono } from 'hono';
import type { AppEnv } from '../env.ts';

export const eventRoutes = new Hono<AppEnv>();
