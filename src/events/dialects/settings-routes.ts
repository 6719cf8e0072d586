import { Hono } from 'hono';
import * as z from 'zod';
import type { AppEnv } from '../../env.ts';
import { describe } from '../../http/describe.ts';
import { admitForeign, foreignKeyOf } from '../../http/foreign-key.ts';

/** What Segment's browser client reads before it starts (`CDNSettings`): one destination, which is here, nothing to load, nothing measured elsewhere. */
function segmentSettings(key: string, url: string) {
  const { host, protocol } = new URL(url);
  const all = { __default: { enabled: true, integrations: {} } };
  return {
    integrations: {
      'Segment.io': {
        apiKey: key,
        apiHost: `${host}/v1`,
        protocol: protocol.slice(0, -1),
        unbundledIntegrations: [],
        addBundledMetadata: true,
        maybeBundledConfigIds: {},
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: { track: all, identify: all, group: all },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
}

/** What RudderStack's browser client reads before it starts: a source without destinations, whose errors and metrics are reported nowhere. */
function rudderSourceConfig(key: string, shop: string) {
  const nowhere = { enabled: false };
  return {
    source: {
      id: `floorwalker-${shop}`,
      name: 'Floorwalker',
      writeKey: key,
      workspaceId: `floorwalker-${shop}`,
      enabled: true,
      config: { statsCollection: { errors: nowhere, metrics: nowhere } },
      destinations: [],
      connections: [],
    },
  };
}

const SETTINGS_SECONDS = 300;
const CACHED = { 'Cache-Control': `private, max-age=${SETTINGS_SECONDS}` };

/** What browser clients of other tools ask for before they send anything. */
export const settingsRoutes = new Hono<AppEnv>()
  .get(
    '/v1/projects/:key/settings',
    describe(
      DESCRIBED && {
        summary: 'What Segment’s browser client starts with',
        tag: 'Events',
        key: 'publishable',
        param: z.object({ key: z.string().describe('The publishable key') }),
        answers: { 200: z.looseObject({ integrations: z.looseObject({}) }) },
      },
    ),
    (c) => {
      const key = c.req.param('key');
      admitForeign(c, { key, from: 'query' });
      return c.json(segmentSettings(key, c.req.url), 200, CACHED);
    },
  )
  .on(
    'GET',
    ['/sourceConfig/', '/sourceConfig'],
    describe(
      DESCRIBED && {
        summary: 'What RudderStack’s browser client starts with',
        tag: 'Events',
        key: 'publishable',
        query: z.object({
          writeKey: z.string().optional().describe('The publishable key, also as the user of Basic auth'),
        }),
        answers: { 200: z.looseObject({ source: z.looseObject({}) }) },
      },
    ),
    (c) => {
      const carried = foreignKeyOf(c.req.raw);
      admitForeign(c, carried);
      return c.json(rudderSourceConfig(c.req.query('writeKey') ?? '', c.var.shop), 200, CACHED);
    },
  );
