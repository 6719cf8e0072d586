import { Hono } from 'hono';
import type { AppEnv } from '../env.ts';

export const demoRoutes = new Hono<AppEnv>();
