import type { Child } from 'hono/jsx';
import { blank } from '../blanks.ts';
import { CATEGORIES } from '../catalogue/items.ts';
import { SHOP_NAME } from '../opening.ts';

/** A spot on the page that Floorwalker fills. */
export interface Slot {
  placement: string;
  filter?: object;
}

/** What the page's script needs to know: it asks for the decisions and sends the events. */
export interface PageFacts {
  type: 'home' | 'category' | 'search' | 'item' | 'cart' | 'checkout' | 'thanks' | 'account';
  itemId?: string;
  category?: string;
  query?: string;
  slots: Slot[];
  /** Items that the page lists by itself, for `view_item_list`. */
  listed?: string[];
}

interface LayoutProps {
  title: string;
  facts: PageFacts;
  /** What stands in the field of the search. */
  query?: string;
  children?: Child;
}

/** A row of recommendations; empty until the answer is there. */
export const Row = ({ placement }: { placement: string }) => (
  <section class="row" data-row={placement} aria-busy="true">
    <h2>&nbsp;</h2>
    <ul class="cards cards-scroll">
      {[0, 1, 2, 3].map(() => (
        <li class="card card-waiting" aria-hidden="true">
          <span class="picture" />
        </li>
      ))}
    </ul>
  </section>
);

const Header = ({ facts, query }: { facts: PageFacts; query: string }) => (
  <header class="top">
    <div class="top-bar">
      <a class="brand" href="/demo">
        <svg viewBox="0 0 40 40" width="34" height="34" aria-hidden="true">
          <path d="M20 37C9 30 5 22 8 12c6 1 10 4 12 9c2-5 6-8 12-9c3 10-1 18-12 25z" fill="#6f8159" />
          <path
            d="M20 34V18M20 27l-6-5M20 24l6-6"
            stroke="#fbf6ee"
            stroke-width="1.6"
            fill="none"
            stroke-linecap="round"
          />
          <circle cx="20" cy="8" r="4.5" fill="#c0653e" />
        </svg>
        <span>{SHOP_NAME}</span>
      </a>
      <search class="searching">
        <form class="search" action="/demo/search">
          <label class="unseen" for="q">
            Search the shop
          </label>
          <input id="q" name="q" type="search" placeholder="Bowls, basil, blankets…" value={query} maxlength={200} />
          <button type="submit">Search</button>
        </form>
      </search>
      <nav class="mine" aria-label="Yours">
        <a href="/demo/account">Recently bought</a>
        <a href="/demo/basket" class="to-basket">
          Basket <span data-basket-count>0</span>
        </a>
      </nav>
    </div>
    <nav class="shelves" aria-label="Departments">
      <ul>
        {CATEGORIES.map((category) => (
          <li>
            <a
              href={`/demo/categories/${category.slug}`}
              aria-current={facts.category === category.path ? 'page' : undefined}
            >
              {category.title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  </header>
);

const Panel = () => (
  <aside class="panel" aria-label="What Floorwalker decided, and why">
    <button type="button" class="panel-toggle" aria-expanded="true" aria-controls="panel-body">
      <span class="panel-mark" aria-hidden="true" />
      <span>Behind the counter</span>
    </button>
    <div id="panel-body" class="panel-body">
      <p class="panel-lead">
        What Floorwalker decided for this page, and why. Shoppers of a real shop do not see this.
      </p>
      <fieldset class="consent">
        <legend>May it remember you?</legend>
        {(['none', 'session', 'personal'] as const).map((consent) => (
          <label>
            <input type="radio" name="consent" value={consent} />
            <span>{consent}</span>
          </label>
        ))}
      </fieldset>
      <button type="button" class="quiet" data-new-visitor>
        Become a new visitor
      </button>
      <div data-panel aria-live="polite">
        <p>One moment…</p>
      </div>
    </div>
  </aside>
);

/** The frame around every page. The shop's publishable key, and whether the panel was left open or folded, are left blank. */
export const Layout = ({ title, facts, query = '', children }: LayoutProps) => (
  <html lang="en-GB">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{`${title} · ${SHOP_NAME}`}</title>
      <meta
        name="description"
        content="The demo shop of Floorwalker: everything in it is invented, and so are its shoppers."
      />
      <link rel="icon" href="/demo/pictures/teapot-moss.svg" type="image/svg+xml" />
      <link rel="stylesheet" href="/demo/assets/shop.css" />
      <script type="module" src="/demo/assets/main.js" />
    </head>
    <body class={blank('panel')} data-key={blank('key')} data-facts={JSON.stringify(facts)}>
      <a class="skip" href="#main">
        Skip to the shop
      </a>
      <div class="shop">
        <Header facts={facts} query={query} />
        <main id="main" tabindex={-1}>
          <div data-notice />
          {children}
        </main>
        <footer class="foot">
          <p>
            A demo: nothing here is for sale, no payment is taken, and the shoppers that it learnt from are simulated.{' '}
            <a href="/docs">The API</a>
          </p>
        </footer>
      </div>
      <p class="unseen" role="status" data-said />
      <Panel />
    </body>
  </html>
);
