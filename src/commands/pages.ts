/** The static pages about the API: one for each problem, and the shell in which Swagger UI shows the API document. */
import { PROBLEMS, type ProblemRow } from '../http/problems.ts';

const STYLE = `
  :root { color-scheme: light dark; --ink: #23302b; --paper: #fbf8f2; --accent: #2f6f55; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e9e4d8; --paper: #1b211e; --accent: #8fd0b2; } }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 1.05rem/1.6 system-ui, sans-serif; }
  main { max-width: 40rem; margin: 0 auto; padding: 3rem 1.25rem; }
  code { font-family: ui-monospace, monospace; }
  a { color: var(--accent); }
  .status { color: var(--accent); font-weight: 600; letter-spacing: 0.04em; }`;

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** `code` in back-ticks becomes a code element; everything else is text. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)} · Floorwalker</title><style>${STYLE}</style></head>
<body><main>${body}</main></body>
</html>
`;
}

/** The page at `/problems/<slug>`. */
function problemPage(slug: string, row: ProblemRow): string {
  return page(
    row.title,
    `<p class="status">${row.status} · <code>/problems/${slug}</code></p><h1>${prose(row.title)}</h1><p>${prose(row.mend)}</p>
<p><a href="/docs">All routes</a></p>`,
  );
}

/** All problem pages, by file name below `/problems`. */
export function problemPages(): Map<string, string> {
  return new Map(Object.entries(PROBLEMS).map(([slug, row]) => [`${slug}.html`, problemPage(slug, row)]));
}

/** The page at `/docs`; its script and style sheet are Swagger UI's, served from here. */
export function docsPage(): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Floorwalker API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="swagger-ui"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`;
}

/** Starts Swagger UI; a file of its own, since the page's policy allows no inline script. */
export const DOCS_SCRIPT =
  "window.ui = window.SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n";
