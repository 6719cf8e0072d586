/**
 * `npm run dev`: an empty shop `demo` with the keys pk_demo and sk_demo on 127.0.0.1, its state in .wrangler/dev.
 * `npm run dev -- --port N --persist-to DIR …`: what is not ours is passed on to `wrangler dev`.
 * Environment: PORT, SHOP_KEYS (JSON array), SIGNING_SECRET.
 */
import { argumentsOrExit } from './serving/arguments.ts';
import { endTogether, startServer } from './serving/server.ts';

const server = startServer(await argumentsOrExit('.wrangler/dev'));
endTogether(server);
await server.ready.then(
  () =>
    console.log(
      `Floorwalker is up: ${server.url} (what it can do: ${server.url}/docs). Shop demo, keys pk_demo and sk_demo. Ctrl-C ends it.`,
    ),
  () => undefined,
);
