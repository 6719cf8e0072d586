/**
 * `npm start`: the demo shop on 127.0.0.1:8787, its state in .wrangler/demo. The first time it is filled through the public API with a catalogue
 * and simulated shoppers; an interrupted filling is gone on with. Options and environment as `npm run dev`.
 */
import { argumentsOrExit } from './serving/arguments.ts';
import { fillShop } from './serving/fill.ts';
import { endTogether, startServer } from './serving/server.ts';

const given = await argumentsOrExit('.wrangler/demo');
const server = startServer(given);
endTogether(server);
try {
  await server.ready;
  await fillShop(server.url, console.log);
  console.log(
    `\nThe demo shop is open: ${server.url}/demo\nThe API is described at ${server.url}/docs. Ctrl-C ends it.`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  server.stop();
  process.exitCode = 1;
}
