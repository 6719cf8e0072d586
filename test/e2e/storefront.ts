import { createServer, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pageBundle } from './page-bundle.ts';

/** Looks of the two variations, and of the page before anything has been decided: that is the control's. */
export const LOOK = { control: 'rgb(200, 0, 0)', b: 'rgb(0, 160, 0)' } as const;

/** Between the parts of a page: time for a browser to paint what it has. */
const PAUSE_MS = 120;

/** Writes down, before every frame, how the shelf looks in it. Runs first of all in the page. */
const WATCH = `
  const looks = [];
  const watch = () => {
    const shelf = document.querySelector('shop-shelf');
    if (shelf !== null) looks.push(getComputedStyle(shelf).backgroundColor);
    requestAnimationFrame(watch);
  };
  requestAnimationFrame(watch);
  const changes = [];
  new MutationObserver((records) => {
    for (const { target, oldValue } of records) if (target.localName === 'shop-shelf') changes.push(oldValue);
  }).observe(document, { subtree: true, attributes: true, attributeOldValue: true, attributeFilter: ['data-columns'] });
  const paints = [];
  new PerformanceObserver((list) => paints.push(...list.getEntries().map((entry) => entry.name))).observe({ type: 'paint', buffered: true });
`;

const STYLE = `
  shop-shelf { display: block; height: 300px; background: ${LOOK.control}; }
  shop-shelf[data-columns="3"] { background: ${LOOK.b}; }
`;

/** A shop's server: its pages ask Floorwalker for the visitor's flags before they are sent, or let the browser ask. */
export interface Storefront {
  url: string;
  stop(): void;
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

async function flagsOf(floorwalker: string, visitorId: string): Promise<unknown> {
  const answer = await fetch(`${floorwalker}/ofrep/v1/evaluate/flags`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_demo', 'Content-Type': 'application/json' },
    body: JSON.stringify({ context: { targetingKey: visitorId } }),
  });
  return ((await answer.json()) as { flags: unknown }).flags;
}

/** A page in three parts, so that a browser may paint after each. `/asks`: the browser asks for its flags. */
async function answerPage(
  response: ServerResponse,
  floorwalker: string,
  { pathname, searchParams }: URL,
): Promise<void> {
  const visitorId = searchParams.get('visitor') ?? '';
  const flags = pathname === '/asks' ? null : await flagsOf(floorwalker, visitorId);
  const boot = JSON.stringify({ visitorId, floorwalker, flags }).replaceAll('<', '\\u003c');
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.write(`<!doctype html><html lang="en"><head><title>Mugs</title><script>${WATCH}</script><style>${STYLE}</style>
    <script type="application/json" id="boot">${boot}</script><script src="/shop.js"></script></head><body><h1>Mugs</h1>`);
  await pause();
  response.write('<shop-shelf>A shelf of mugs');
  await pause();
  response.end('</shop-shelf><p>Below the shelf</p></body></html>');
}

export async function openStorefront(floorwalker: string): Promise<Storefront> {
  const script = await pageBundle(join(import.meta.dirname, 'browser/storefront-page.ts'));
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://shop.example');
    if (url.pathname === '/shop.js') response.setHeader('Content-Type', 'text/javascript').end(script);
    else answerPage(response, floorwalker, url).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
