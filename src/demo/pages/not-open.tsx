import { RETRY_SECONDS, SHOP_NAME } from '../opening.ts';

/** While catalogue and shoppers are not in. Needs nothing from elsewhere but the stylesheet; asks again by itself. */
export const NotOpenPage = () => (
  <html lang="en-GB">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta http-equiv="refresh" content={String(RETRY_SECONDS)} />
      <title>{`Opening soon · ${SHOP_NAME}`}</title>
      <link rel="stylesheet" href="/demo/assets/shop.css" />
    </head>
    <body class="not-open">
      <main>
        <img src="/demo/pictures/stove-kettle.svg" alt="" width="200" height="200" />
        <h1>We are just putting the kettle on.</h1>
        <p>The shelves of {SHOP_NAME} are being filled. The doors open by themselves in a moment.</p>
        <p class="hint">
          They stay shut? This shop is filled by <code>npm start</code>; a server that was started otherwise has no
          demo.
        </p>
      </main>
    </body>
  </html>
);
