import { Hono } from 'hono';
import { archiveRoutes } from './analytics/archive-routes.ts';
import { analyticsRoutes } from './analytics/routes.ts';
import { cartRoutes } from './carts/routes.ts';
import { catalogRoutes } from './catalog/routes.ts';
import { configRoutes } from './config/routes.ts';
import { sweepOnce } from './cron.ts';
import { deadLetterRoutes } from './dead-letters/routes.ts';
import { decideRoutes } from './decide/routes.ts';
import { demoRoutes } from './demo/routes.ts';
import type { AppEnv } from './env.ts';
import { dialectRoutes, prefixedRoutes } from './events/dialects/routes.ts';
import { settingsRoutes } from './events/dialects/settings-routes.ts';
import { eventRoutes } from './events/routes.ts';
import { resultsRoutes } from './experiments/results-routes.ts';
import { experimentRoutes } from './experiments/routes.ts';
import { setHeaders } from './http/answer-headers.ts';
import { cors } from './http/cors.ts';
import { isCarrier } from './http/describe.ts';
import { Problem, problemOf, problemResponse } from './http/problem.ts';
import { RememberingRouter } from './http/router.ts';
import { metaRoutes } from './http/routes.ts';
import { integrationRoutes } from './integrations/routes.ts';
import { learningRoutes } from './learning/routes.ts';
import { personaRoutes } from './personas/routes.ts';
import { privacyRoutes } from './privacy/routes.ts';
import { replayRoutes } from './replays/routes.ts';
import type { Random } from './shared/random.ts';
import { visitorRoutes } from './visitors/routes.ts';

/** Where time and chance come from; tests and replays pass their own. */
export interface AppOptions {
  now: () => number;
  random: Random;
}

const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/;

/** The whole HTTP surface. @example createApp({ now: Date.now, random: Math.random }).request('/v1/health') */
export function createApp(options: AppOptions) {
  const app = new Hono<AppEnv>({ router: new RememberingRouter(([handler]) => isCarrier(handler)) });
  app.use(async (c, next) => {
    const sent = c.req.header('X-Request-Id');
    const requestId = sent !== undefined && REQUEST_ID.test(sent) ? sent : crypto.randomUUID();
    c.set('requestId', requestId);
    c.set('now', options.now());
    c.set('random', options.random);
    await next();
    // What somebody sent us may stand in an answer; no browser is to take it for a page.
    setHeaders(c, { 'X-Request-Id': requestId, 'X-Content-Type-Options': 'nosniff' });
    const shop: string | undefined = c.get('shop');
    const sweep = shop === undefined ? null : sweepOnce(c.env, shop, c.get('now'));
    if (sweep !== null) c.executionCtx.waitUntil(sweep);
  });
  app.use(cors);
  app.onError((error, c) => problemResponse(c, problemOf(error, c.get('requestId'))));
  app.notFound((c) =>
    problemResponse(c, new Problem('not-found', `There is no ${c.req.method} ${c.req.path.slice(0, 200)}.`)),
  );
  return app
    .route('/', metaRoutes)
    .route('/', eventRoutes)
    .route('/', dialectRoutes)
    .route('/', settingsRoutes)
    .route('/', decideRoutes)
    .route('/', cartRoutes)
    .route('/', replayRoutes)
    .route('/', catalogRoutes)
    .route('/', configRoutes)
    .route('/', visitorRoutes)
    .route('/', privacyRoutes)
    .route('/', learningRoutes)
    .route('/', analyticsRoutes)
    .route('/', personaRoutes)
    .route('/', archiveRoutes)
    .route('/', deadLetterRoutes)
    .route('/', integrationRoutes)
    .route('/', experimentRoutes)
    .route('/', resultsRoutes)
    .route('/', demoRoutes)
    .route('/', prefixedRoutes);
}

/** For typed clients: `hc<App>(url)`. */
export type App = ReturnType<typeof createApp>;
