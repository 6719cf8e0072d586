import { parseArgs } from 'node:util';
import { DEFAULT_PORT, portIsFree } from './server.ts';

export interface ServingArguments {
  port: number;
  persistTo: string;
  /** What is not ours, for `wrangler dev`. */
  extra: string[];
}

/**
 * Reads `--port N` (or the environment's PORT) and `--persist-to DIR`; everything else is passed on.
 * @throws Error with a sentence for the person at the terminal
 */
export function readArguments(argv: readonly string[], persistTo: string): ServingArguments {
  const { tokens } = parseArgs({
    args: [...argv],
    options: { port: { type: 'string' }, 'persist-to': { type: 'string' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const ours = new Map<string, string>();
  const extra = [...argv];
  for (const token of tokens.toReversed()) {
    if (token.kind !== 'option' || (token.name !== 'port' && token.name !== 'persist-to')) continue;
    if (token.value === undefined) throw new Error(`--${token.name} needs a value.`);
    if (!ours.has(token.name)) ours.set(token.name, token.value);
    extra.splice(token.index, token.inlineValue ? 1 : 2);
  }
  const port = ours.get('port') ?? process.env.PORT ?? String(DEFAULT_PORT);
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new Error(`"${port}" is no port: a number from 1 to 65535 is.`);
  }
  return { port: Number(port), persistTo: ours.get('persist-to') ?? persistTo, extra };
}

/** Reads the arguments and makes sure that the port is free; otherwise says so in one line and ends the process with 1. */
export async function argumentsOrExit(persistTo: string): Promise<ServingArguments> {
  try {
    const given = readArguments(process.argv.slice(2), persistTo);
    if (await portIsFree(given.port)) return given;
    throw new Error(`Port ${given.port} is taken. Choose another: PORT=${given.port + 1} or --port ${given.port + 1}.`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
