import { Hono } from 'hono';
import type { AppEnv } from '../env.ts';

export const configRoutes = new Hono<AppEnv>();
