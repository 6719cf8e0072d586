import { Hono } from 'hono';
import * as z from 'zod';
import type { AppEnv } from '../env.ts';
import { describe } from '../http/describe.ts';
import { documented } from '../shared/documented.ts';

/** When what is said about Global Privacy Control last changed: not at all so far. */
const LAST_UPDATE = '2026-11-22';

const GpcAnswer = /* @__PURE__ */ documented(() => z.object({ gpc: z.literal(true), lastUpdate: z.string() }));

/** What a deployment says about itself in matters of privacy. */
export const privacyRoutes = new Hono<AppEnv>().get(
  '/.well-known/gpc.json',
  describe(
    DESCRIBED && {
      summary: 'That Global Privacy Control is honoured',
      description:
        'The GPC support resource of the W3C draft: `Sec-GPC: 1` caps consent as the shop’s config says, at `session` unless it says less.',
      tag: 'Meta',
      key: 'none',
      answers: { 200: GpcAnswer },
    },
  ),
  (c) => {
    c.header('Cache-Control', 'public, max-age=86400');
    return c.json({ gpc: true as const, lastUpdate: LAST_UPDATE });
  },
);
