import http from 'node:http';

export interface Call {
  url: URL;
  method: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface Answer {
  status: number;
  text: string;
}

/** A client that keeps its connections, so that a measurement is of requests and not of handshakes. */
export function client(connections: number): { send(call: Call): Promise<Answer>; close(): void } {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  return {
    send: (call) =>
      new Promise((resolve, reject) => {
        const headers = {
          ...call.headers,
          ...(call.body ? { 'Content-Length': String(Buffer.byteLength(call.body)) } : {}),
        };
        const request = http.request(call.url.href, { method: call.method, agent, headers }, (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
          );
        });
        request.on('error', reject);
        request.end(call.body);
      }),
    close: () => agent.destroy(),
  };
}

export interface Timing {
  name: string;
  /** Milliseconds. */
  p50: number;
  p99: number;
  mean: number;
  requests: number;
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

export function timingOf(name: string, durations: readonly number[]): Timing {
  const sorted = [...durations].sort((a, b) => a - b);
  const total = sorted.reduce((sum, one) => sum + one, 0);
  return {
    name,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    mean: total / sorted.length,
    requests: sorted.length,
  };
}

/** One scenario: a name and a maker of its i-th call. An answer outside 200–299 ends the run. */
export interface Scenario {
  name: string;
  call(i: number): Call;
}

async function checked(send: (call: Call) => Promise<Answer>, scenario: Scenario, i: number): Promise<void> {
  const answer = await send(scenario.call(i));
  if (answer.status < 200 || answer.status > 299)
    throw new Error(`${scenario.name}: ${answer.status} ${answer.text.slice(0, 400)}`);
}

/**
 * Latency of each scenario on one connection, interleaved call by call, so that all of them see the same machine.
 * @param rounds calls of each scenario that count, after `warmUp` that do not
 */
export async function measureLatency(
  scenarios: readonly Scenario[],
  rounds: number,
  warmUp: number,
): Promise<Timing[]> {
  const durations = scenarios.map((): number[] => []);
  const { send, close } = client(1);
  for (let i = 0; i < warmUp + rounds; i++) {
    for (const [at, scenario] of scenarios.entries()) {
      const started = performance.now();
      await checked(send, scenario, i);
      if (i >= warmUp) durations[at]?.push(performance.now() - started);
    }
  }
  close();
  return scenarios.map((scenario, at) => timingOf(scenario.name, durations[at] ?? []));
}

export interface Throughput {
  name: string;
  perSecond: number;
  /** CPU milliseconds of the server process per request. */
  cpuMs: number;
}

/** Requests a second of each scenario on several connections, in alternating slices. */
export async function measureThroughput(
  scenarios: readonly Scenario[],
  { connections, slices, calls, cpuMs }: { connections: number; slices: number; calls: number; cpuMs: () => number },
): Promise<Throughput[]> {
  const { send, close } = client(connections);
  const sums = scenarios.map(() => ({ seconds: 0, cpu: 0, calls: 0 }));
  let i = 1_000_000;
  for (let slice = 0; slice <= slices; slice++) {
    for (const [at, scenario] of scenarios.entries()) {
      const cpuBefore = cpuMs();
      const started = performance.now();
      await Promise.all(
        Array.from({ length: connections }, async () => {
          for (let n = 0; n < calls; n++) await checked(send, scenario, i++);
        }),
      );
      const sum = sums[at];
      // The first slice warms up.
      if (sum && slice > 0) {
        sum.seconds += (performance.now() - started) / 1000;
        sum.cpu += cpuMs() - cpuBefore;
        sum.calls += connections * calls;
      }
    }
  }
  close();
  return scenarios.map((scenario, at) => {
    const sum = sums[at] ?? { seconds: Number.NaN, cpu: 0, calls: 0 };
    return { name: scenario.name, perSecond: sum.calls / sum.seconds, cpuMs: sum.cpu / sum.calls };
  });
}
