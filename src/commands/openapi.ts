/** The API document, made by hono-openapi from the schemas that the routes check with. Runs when the project is built, so that the Worker carries no converter. */
import { generateSpecs, resolver, uniqueSymbol } from 'hono-openapi';
import type { OpenAPIV3_1 } from 'openapi-types';
import type { ZodType } from 'zod';
import * as z from 'zod';
import { createApp } from '../app.ts';
import { type Description, descriptionOf } from '../http/describe.ts';
import { PROBLEMS, type ProblemSlug } from '../http/problems.ts';
import { factRows, factTable, itemFactRows } from '../targeting/vocabulary-explained.ts';

const JSON_TYPE = 'application/json';
const PROBLEM_TYPE = 'application/problem+json';

const PROBLEM_SCHEMA: OpenAPIV3_1.SchemaObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'requestId'],
  properties: {
    type: { type: 'string', description: 'Stable; the page at this path explains it' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    issues: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
    requestId: { type: 'string' },
  },
};

/** The problems that a route can answer by what it is, beside those it names. */
function problemsOf(description: Description): ProblemSlug[] {
  const slugs: ProblemSlug[] = [...(description.problems ?? []), 'internal'];
  if (description.key !== 'none') slugs.push('no-keys', 'no-key', 'unknown-key', 'key-may-not');
  if (description.query || description.param || description.body) slugs.push('invalid');
  if (description.body) slugs.push('malformed', 'too-large', 'unsupported-encoding');
  return [...new Set(slugs)];
}

function problemAnswers(description: Description): Record<string, unknown> {
  const byStatus = new Map<number, ProblemSlug[]>();
  for (const slug of problemsOf(description))
    byStatus.set(PROBLEMS[slug].status, [...(byStatus.get(PROBLEMS[slug].status) ?? []), slug]);
  return Object.fromEntries(
    [...byStatus].map(([status, slugs]) => [
      String(status),
      {
        description: slugs.map((slug) => `\`/problems/${slug}\`: ${PROBLEMS[slug].title}`).join('. '),
        content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

async function schemaOf(schema: ZodType): Promise<OpenAPIV3_1.SchemaObject> {
  const made = await resolver(schema).toOpenAPISchema();
  return made.schema as OpenAPIV3_1.SchemaObject;
}

/** Parameters that are JSON text have the schema of what the text says; the others that of the text. */
async function parametersOf(schema: ZodType | undefined, where: 'query' | 'path'): Promise<object[]> {
  if (!schema) return [];
  const [made, read] = [await schemaOf(schema), z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' })];
  return Object.entries(made.properties ?? {}).map(([name, property]) => {
    const { contentMediaType, ...said } = Object(read.properties?.[name]) as { contentMediaType?: string };
    return {
      name,
      in: where,
      required: where === 'path' || (made.required ?? []).includes(name),
      ...(contentMediaType === JSON_TYPE ? { content: { [JSON_TYPE]: { schema: said } } } : { schema: property }),
    };
  });
}

async function specOf(description: Description): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const [status, answer] of Object.entries(description.answers)) {
    answers[status] =
      typeof answer === 'string'
        ? { description: answer }
        : { description: 'The answer', content: { [JSON_TYPE]: { schema: await schemaOf(answer) } } };
  }
  const security = {
    publishable: [{ publishableKey: [] }, { publishableKeyInQuery: [] }, { secretKey: [] }],
    secret: [{ secretKey: [] }],
    none: [],
  };
  return {
    summary: description.summary,
    ...(description.description ? { description: description.description } : {}),
    tags: [description.tag],
    security: security[description.key],
    parameters: [
      ...(await parametersOf(description.param, 'path')),
      ...(await parametersOf(description.query, 'query')),
    ],
    ...(description.body
      ? {
          requestBody: {
            required: true,
            content: { [description.bodyType ?? JSON_TYPE]: { schema: await schemaOf(description.body) } },
          },
        }
      : {}),
    responses: { ...answers, ...problemAnswers(description) },
  };
}

/** @returns the OpenAPI 3.1 document of every described route of the app */
export async function openApiDocument(): Promise<object> {
  const app = createApp({ now: Date.now, random: Math.random });
  for (const route of app.routes) {
    const description = descriptionOf(route.handler);
    if (description) Object.assign(route.handler, { [uniqueSymbol]: { spec: await specOf(description) } });
  }
  const document = await generateSpecs(app, {
    documentation: {
      info: {
        title: 'Floorwalker',
        version: '0.1.0',
        description: 'The shop assistant for online stores, at the network’s edge.',
      },
      components: {
        schemas: { Problem: PROBLEM_SCHEMA },
        securitySchemes: {
          publishableKey: { type: 'http', scheme: 'bearer', description: '`pk_…`: browsers, for one’s own visitor' },
          publishableKeyInQuery: {
            type: 'apiKey',
            in: 'query',
            name: 'key',
            description: '`pk_…`, where headers are impossible',
          },
          secretKey: { type: 'http', scheme: 'bearer', description: '`sk_…`: servers, everything' },
        },
      },
    },
    excludeStaticFile: false,
  });
  tellApart(document.paths ?? {});
  const items = itemFactRows();
  const visitors = factRows();
  return {
    ...document,
    tags: [
      {
        name: 'Config',
        description: `Conditions name these facts about the visitor and the page (\`*\` is a name of the shop's own, \`**\` a path):\n\n${factTable(visitors)}\n\nFilters, and the items of rules, name the item's own fields:\n\n${factTable(items)}`,
      },
    ],
    'x-facts': { visitors, items },
  };
}

/** Operation ids are unique in a document: the second of two paths that differ by a slash alone is numbered, in place. */
function tellApart(paths: Record<string, object | undefined>): void {
  const used = new Set<string>();
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path ?? {}))) {
    const { operationId } = operation as { operationId?: string };
    if (operationId === undefined) continue;
    let distinct = operationId;
    for (let number = 2; used.has(distinct); number++) distinct = `${operationId}${number}`;
    used.add(distinct);
    Object.assign(operation, { operationId: distinct });
  }
}
