import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const LOOPBACK = '127.0.0.1';
export const DEFAULT_PORT = 8787;

/** Local runs are one shop `demo` with these keys, unless the environment says otherwise. */
const LOCAL_KEYS = '["pk_demo","sk_demo"]';

export interface ServerOptions {
  port: number;
  /** Folder of the local state, absolute or below the project's root. */
  persistTo: string;
  /** Arguments passed on to `wrangler dev` as they are. */
  extra?: readonly string[];
}

export interface Server {
  readonly url: string;
  /** Fulfilled when the server answers; rejected when it ended before. */
  readonly ready: Promise<void>;
  /** The exit code, once the server has ended. */
  readonly ended: Promise<number>;
  stop(): void;
}

/** Whether a server could listen on a port of the loopback interface. */
export async function portIsFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = createServer();
  probe.once('error', () => resolve(false));
  probe.listen(port, LOOPBACK, () => probe.close(() => resolve(true)));
  return promise;
}

function wranglerArguments(options: ServerOptions): string[] {
  const keys = process.env.SHOP_KEYS ?? LOCAL_KEYS;
  const secret = process.env.SIGNING_SECRET ?? 'for local runs only';
  return [
    ...['dev', '--local', '--ip', LOOPBACK, '--port', String(options.port), '--persist-to', options.persistTo],
    ...['--inspector-port', '0', '--log-level', 'error', '--show-interactive-dev-session=false'],
    ...['--var', `SHOP_KEYS:${keys}`, '--var', `SIGNING_SECRET:${secret}`],
    ...(options.extra ?? []),
  ];
}

function spawnWrangler(options: ServerOptions): ChildProcess {
  const wrangler = dirname(createRequire(import.meta.url).resolve('wrangler/package.json'));
  return spawn(
    process.execPath,
    [
      ...['--no-warnings', '--import', join(import.meta.dirname, 'end-with-parent.ts')],
      ...[join(wrangler, 'wrangler-dist/cli.js'), ...wranglerArguments(options)],
    ],
    {
      cwd: ROOT,
      // Wrangler says over IPC when the server answers. Without a terminal of its own it asks no questions.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        ...process.env,
        // The build that wrangler runs says plain `node`: the one that runs this, and not an older one.
        PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
        WRANGLER_SEND_METRICS: 'false',
        WRANGLER_SEND_ERROR_REPORTS: 'false',
        WRANGLER_HIDE_BANNER: 'true',
        WRANGLER_LOG_PATH: join(ROOT, '.wrangler/logs'),
        CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      },
    },
  );
}

/**
 * Starts `wrangler dev` on the loopback interface. The server ends with this process, however this process ends.
 */
export function startServer(options: ServerOptions): Server {
  const child = spawnWrangler(options);
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<number>();
  child.on('message', (message) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    if (text.includes('DEV_SERVER_READY')) ready.resolve();
  });
  child.on('exit', (code, signal) => {
    ready.reject(new Error('The server ended before it was ready.'));
    ended.resolve(code ?? (signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : 1));
  });
  // Who only waits for the end is not to be told of an unhandled rejection.
  ready.promise.catch(() => undefined);
  return {
    url: `http://localhost:${options.port}`,
    ready: ready.promise,
    ended: ended.promise,
    stop: () => void child.kill('SIGTERM'),
  };
}

/** Ends the server on Ctrl-C and SIGTERM, and this process with the server. */
export function endTogether(server: Server): void {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    server.stop();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  void server.ended.then((code) => process.exit(stopped ? 0 : code));
}
