import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { configStore } from '../config/store.ts';
import type { AppEnv } from '../env.ts';
import { shopKeys } from '../http/access.ts';
import { CATEGORY_BY_SLUG, ITEM_BY_ID, ITEMS, titleOf } from './catalogue/items.ts';
import { isFilled } from './config.ts';
import { CategoryPage, HomePage, NotFoundPage, SearchPage } from './pages/browse.tsx';
import { AccountPage, BasketPage, CheckoutPage, ThanksPage } from './pages/buy.tsx';
import { ItemPage } from './pages/item.tsx';
import type { Frame } from './pages/layout.tsx';
import { NotOpenPage } from './pages/not-open.tsx';
import { pictureOf } from './pictures/picture.ts';
import { searchItems } from './search.ts';

/** The shop that the demo is the storefront of. */
const SHOP = 'demo';
const RETRY_SECONDS = 5;
/** The demo loads nothing from elsewhere, and the browser is told to hold us to it. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

function page(c: Context<AppEnv>, content: object, status: 200 | 404 | 503 = 200): Response {
  c.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('Cache-Control', 'no-store');
  c.header('Content-Type', 'text/html; charset=utf-8');
  return c.body(`<!doctype html>${content}`, status);
}

function publishableKey(c: Context<AppEnv>): string | null {
  for (const [text, key] of shopKeys(c.env.SHOP_KEYS) ?? [])
    if (key.shop === SHOP && key.kind === 'publishable') return text;
  return null;
}

function frameOf(c: Context<AppEnv>): Frame {
  const panel = getCookie(c, 'demo_panel');
  return { key: publishableKey(c) ?? '', panel: panel === 'open' || panel === 'folded' ? panel : null };
}

/** A deployment without a shop `demo` has no demo; one whose shop is not filled yet says when to ask again. */
const whenOpen: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (publishableKey(c) === null) return c.notFound();
  if (isFilled(await configStore(c.env.CONFIG).read(SHOP))) return next();
  c.header('Retry-After', String(RETRY_SECONDS));
  return page(c, NotOpenPage({ retrySeconds: RETRY_SECONDS }), 503);
};

/** The demo shop's pages. Every decision on them is asked for by the page's own script, with the publishable key, like any storefront's. */
export const demoRoutes = new Hono<AppEnv>()
  .get('/demo/pictures/:file{[a-z0-9-]+\\.svg}', (c) => {
    const item = ITEM_BY_ID.get(c.req.param('file').slice(0, -4));
    const picture = item && pictureOf(item);
    if (!picture) return c.notFound();
    return c.body(picture, 200, {
      'Content-Type': 'image/svg+xml; charset=utf-8',
      'Cache-Control': 'public, max-age=86400',
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
  })
  .get('/demo/assets/:file{[a-z-]+\\.(js|css)}', (c) =>
    c.env.ASSETS.fetch(new Request(new URL(`/demo/${c.req.param('file')}`, c.req.url), { headers: c.req.raw.headers })),
  )
  .get('/demo/items.json', (c) =>
    c.json(
      ITEMS.map((item) => ({
        itemId: item.itemId,
        title: titleOf(item),
        price: item.price,
        pays: item.pays,
        stock: item.stock,
      })),
      200,
      { 'Cache-Control': 'public, max-age=300' },
    ),
  )
  .use('/demo', whenOpen)
  .use('/demo/*', whenOpen)
  .get('/demo', (c) => page(c, HomePage({ frame: frameOf(c) })))
  .get('/demo/categories/:slug', (c) => {
    const category = CATEGORY_BY_SLUG.get(c.req.param('slug'));
    if (category === undefined) return page(c, NotFoundPage({ frame: frameOf(c) }), 404);
    return page(c, CategoryPage({ frame: frameOf(c), category }));
  })
  .get('/demo/search', (c) => {
    const query = (c.req.query('q') ?? '').trim().slice(0, 200);
    return page(c, SearchPage({ frame: frameOf(c), query, found: searchItems(query) }));
  })
  .get('/demo/items/:itemId', (c) => {
    const item = ITEM_BY_ID.get(c.req.param('itemId'));
    if (item === undefined) return page(c, NotFoundPage({ frame: frameOf(c) }), 404);
    return page(c, ItemPage({ frame: frameOf(c), item }));
  })
  .get('/demo/basket', (c) => page(c, BasketPage({ frame: frameOf(c) })))
  .get('/demo/checkout', (c) => page(c, CheckoutPage({ frame: frameOf(c) })))
  .get('/demo/thanks', (c) => page(c, ThanksPage({ frame: frameOf(c) })))
  .get('/demo/account', (c) => page(c, AccountPage({ frame: frameOf(c) })))
  .get('/demo/*', (c) => page(c, NotFoundPage({ frame: frameOf(c) }), 404));
