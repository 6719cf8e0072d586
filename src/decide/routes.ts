import { Hono } from 'hono';
import type { AppEnv } from '../env.ts';

export const decideRoutes = new Hono<AppEnv>();
