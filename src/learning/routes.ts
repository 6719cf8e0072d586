import { Hono } from 'hono';
import type { AppEnv } from '../env.ts';

export const learningRoutes = new Hono<AppEnv>();
