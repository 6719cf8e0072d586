import { Hono } from 'hono';
import type { AppEnv } from '../env.ts';

export const catalogRoutes = new Hono<AppEnv>();
