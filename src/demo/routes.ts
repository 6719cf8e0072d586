import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { configStore } from '../config/store.ts';
import type { AppEnv } from '../env.ts';
import { shopKeys } from '../http/access.ts';
import { type Blank, escapeHtml, fillBlanks } from './blanks.ts';
import { isFilled, RETRY_SECONDS } from './opening.ts';
import { type Found, searchItems } from './search.ts';

/** The shop that the demo is the storefront of. */
const SHOP = 'demo';
/** The demo loads nothing from elsewhere, and the browser is told to hold us to it. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Pages that are the same for every request but for their frame. */
const STILL = /^\/demo\/((?:items|categories)\/[a-z0-9-]+|basket|checkout|thanks|account)$/;

/** A file that the build has made, see `build.ts`. */
function file(c: Context<AppEnv>, path: string, headers?: Headers): Promise<Response> {
  return c.env.ASSETS.fetch(new Request(new URL(`/demo/${path}`, c.req.url), headers ? { headers } : {}));
}

function publishableKey(c: Context<AppEnv>): string | null {
  for (const [text, key] of shopKeys(c.env.SHOP_KEYS) ?? [])
    if (key.shop === SHOP && key.kind === 'publishable') return text;
  return null;
}

/** How the panel was left, as the class of the page; none before it was ever touched. */
function panelOf(c: Context<AppEnv>): string {
  const panel = getCookie(c, 'demo_panel');
  return panel === 'open' || panel === 'folded' ? `panel-${panel}` : '';
}

interface Asked {
  status?: 200 | 404 | 503;
  blanks?: Partial<Record<Blank, string>>;
}

async function page(c: Context<AppEnv>, path: string, { status = 200, blanks }: Asked = {}): Promise<Response> {
  const found = await file(c, `pages/${path}`);
  if (!found.ok && status === 404) return c.notFound();
  if (!found.ok) return page(c, 'not-found', { status: 404 });
  c.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('Cache-Control', 'no-store');
  c.header('Content-Type', 'text/html; charset=utf-8');
  return c.body(fillBlanks(await found.text(), { key: publishableKey(c) ?? '', panel: panelOf(c), ...blanks }), status);
}

/** A deployment without a shop `demo` has no demo; one whose shop is not filled yet says when to ask again. */
const whenOpen: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (publishableKey(c) === null) return c.notFound();
  if (isFilled(await configStore(c.env.CONFIG).read(SHOP))) return next();
  c.header('Retry-After', String(RETRY_SECONDS));
  return page(c, 'not-open', { status: 503 });
};

function said(query: string, count: number): string {
  if (query === '') return 'Try basil, mugs, gifts or sale.';
  if (count === 0) return 'Nothing by that name on our shelves. Try a shorter word, or see what others like.';
  return count === 1 ? 'One thing found.' : `${count} things found.`;
}

async function searchPage(c: Context<AppEnv>, query: string): Promise<Response> {
  const index = await (await file(c, 'search.json')).json<Found[]>();
  const found = searchItems(index, query);
  return page(c, 'search', {
    blanks: {
      title: escapeHtml(query ? `Search: ${query}` : 'Search'),
      query: escapeHtml(query),
      queryInJson: escapeHtml(JSON.stringify(query).slice(1, -1)),
      heading: escapeHtml(query ? `“${query}”` : 'What are you looking for?'),
      said: said(query, found.length),
      cards: found.map(({ card }) => card).join(''),
    },
  });
}

/** The demo shop's pages. Every decision on them is asked for by the page's own script, with the publishable key, like any storefront's. */
export const demoRoutes = new Hono<AppEnv>()
  .get('/demo/pictures/:file{[a-z0-9-]+\\.svg}', async (c) => {
    const found = await file(c, `pictures/${c.req.param('file')}`, c.req.raw.headers);
    if (found.status === 404) return c.notFound();
    const picture = new Response(found.body, found);
    picture.headers.set('Content-Type', 'image/svg+xml; charset=utf-8');
    picture.headers.set('Cache-Control', 'public, max-age=86400');
    picture.headers.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
    return picture;
  })
  .get('/demo/assets/:file{[a-z-]+\\.(js|css)}', (c) => file(c, c.req.param('file'), c.req.raw.headers))
  .get('/demo/items.json', async (c) => {
    const found = await file(c, 'items.json', c.req.raw.headers);
    const items = new Response(found.body, found);
    items.headers.set('Cache-Control', 'public, max-age=300');
    return items;
  })
  .use('/demo', whenOpen)
  .use('/demo/*', whenOpen)
  .get('/demo', (c) => page(c, 'home'))
  .get('/demo/search', (c) => searchPage(c, (c.req.query('q') ?? '').trim().slice(0, 200)))
  .get('/demo/*', (c) => page(c, STILL.exec(c.req.path)?.[1] ?? 'nowhere'));
