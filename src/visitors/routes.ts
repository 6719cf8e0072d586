import { Hono } from 'hono';
import type { AppEnv } from '../env.ts';

export const visitorRoutes = new Hono<AppEnv>();
