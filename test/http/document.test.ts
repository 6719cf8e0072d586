import { exports } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { descriptionOf } from '../../src/http/describe.ts';
import { PROBLEMS } from '../../src/http/problems.ts';
import { factRows, factTable, itemFactRows } from '../../src/targeting/vocabulary-explained.ts';

const get = (path: string) => exports.default.fetch(`http://shop.test${path}`);

interface Operation {
  operationId?: string;
  summary?: string;
  responses: Record<string, unknown>;
}

describe('the API document', () => {
  test('describes every route of the app with its problems', async () => {
    const answer = await get('/openapi.json');
    expect(answer.status).toBe(200);
    const document: { openapi: string; paths: Record<string, Record<string, Operation>> } = await answer.json();
    expect(document.openapi).toMatch(/^3\.1/);
    const described = createApp({ now: () => 0, random: () => 0 }).routes.filter((route) =>
      descriptionOf(route.handler),
    );
    expect(described.length).toBeGreaterThan(30);
    const ids = Object.values(document.paths).flatMap((path) => Object.values(path).map((one) => one.operationId));
    expect(new Set(ids).size).toBe(ids.length);
    for (const { method, path } of described) {
      const operation = document.paths[path.replace(/:([^/{]+)(\{[^}]*\})?/g, '{$1}')]?.[method.toLowerCase()];
      expect(operation, `${method} ${path}`).toBeDefined();
      expect(operation?.summary).not.toBe('');
      expect(Object.keys(operation?.responses ?? {})).toContain('500');
    }
  });

  test('no route of the public surface is left without a description', () => {
    const bare = createApp({ now: () => 0, random: () => 0 }).routes;
    const described = new Set(
      bare.filter((route) => descriptionOf(route.handler)).map((route) => `${route.method} ${route.path}`),
    );
    const missing = [...new Set(bare.map((route) => `${route.method} ${route.path}`))].filter(
      (route) => /\/(v1|ofrep|api)\//.test(route) && !route.startsWith('ALL ') && !described.has(route),
    );
    expect(missing).toEqual([]);
  });

  test('describes what a parameter holds that is JSON', async () => {
    const document = (await (await get('/openapi.json')).json()) as {
      paths: Record<string, Record<string, { parameters: { name: string; content?: unknown }[] }>>;
    };
    const parameters = document.paths['/v1/recommendations/{placement}']?.get?.parameters ?? [];
    expect(parameters.find((one) => one.name === 'caps')?.content).toMatchObject({
      'application/json': { schema: { type: 'object', properties: { brand: {}, category: {}, group: {} } } },
    });
  });

  test('lists the facts that conditions may name', async () => {
    const document: {
      tags: { name: string; description: string }[];
      'x-facts': { visitors: unknown[]; items: unknown[] };
    } = await (await get('/openapi.json')).json();
    expect(document['x-facts']).toEqual({ visitors: factRows(), items: itemFactRows() });
    expect(document.tags.find((tag) => tag.name === 'Config')?.description).toContain(factTable(factRows()));
  });

  test('is shown by a page that loads nothing from elsewhere', async () => {
    const page = await get('/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('Content-Security-Policy')).toContain("default-src 'self'");
    const html = await page.text();
    const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(loaded.length).toBeGreaterThan(2);
    for (const path of loaded) {
      expect(path).toMatch(/^\/docs\//);
      expect((await get(path)).status).toBe(200);
    }
  });
});

describe('the pages of problems', () => {
  test.each(Object.entries(PROBLEMS))('%s has a page that says how to mend it', async (slug, row) => {
    const page = await get(`/problems/${slug}`);
    expect(page.status).toBe(200);
    expect(page.headers.get('Content-Type')).toContain('text/html');
    expect(await page.text()).toContain(String(row.status));
  });

  test('a slug that is none is not found, as a problem', async () => {
    const answer = await get('/problems/no-such-thing');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ type: '/problems/not-found', status: 404 });
  });
});
