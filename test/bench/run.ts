/**
 * `npm run bench`: what a request costs, as ratios to a bare Hono route in the same workerd and the same run.
 * Options: `--quick` (a tenth of the requests), `--format json`; `--scale` measures instead what a shop of 100,000 items and 10 million events needs,
 * `--experiments` only what deciding experiments costs, `--targeting` what conditions, personas and messages do.
 */
import { parseArgs } from 'node:util';
import { measureLatency, measureThroughput, type Scenario, type Throughput, type Timing } from './client.ts';
import { type Cost, measureCosts } from './costs.ts';
import { type DecisionCost, measureDecision, measureSteered } from './decision.ts';
import { type ExperimentCost, measureExperiments, printExperiments } from './experiments.ts';
import { type BenchModel, buildModel } from './model.ts';
import { measurePublication, type PublicationCost } from './publication.ts';
import { measureScale, printScale } from './scale.ts';
import { startServer } from './server.ts';
import {
  BATCH_EVENTS,
  batchFloorScenario,
  batchScenario,
  eventsScenario,
  fillShop,
  floorScenario,
  statelessScenario,
  warmScenario,
} from './shop.ts';
import { measureTargeting, printTargeting, type TargetingCost } from './targeting.ts';

const ITEMS = 5000;
const LARGE_ITEMS = 100_000;

/** Twenty views an item, as in the sessions of diginetica (21) and retailrocket (19): with fewer, content would have to stand in more often than it does. */
const LARGE_SESSIONS = 250_000;

/** What the project promises of its p50 over the floor's. */
const BOUNDS: Record<string, number> = { 'decide warm': 2.5, 'decide stateless': 2, events: 3.5 };

/** Calls of each scenario before any counts: an isolate that serves a shop has compiled what it runs, and has met the items that are asked about. */
const WARM_UP = 2_500;

/** Per 1,000 events: 0.05 each. */
const KV_WRITES = 50;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    format: { type: 'string', default: 'text' },
    scale: { type: 'boolean', default: false },
    experiments: { type: 'boolean', default: false },
    targeting: { type: 'boolean', default: false },
  },
});
const scale = options.quick ? 0.1 : 1;

async function measureHttp(): Promise<{ timings: Timing[]; throughput: Throughput[] }> {
  const server = await startServer('src/index.ts');
  try {
    await fillShop(server.product, ITEMS, Date.now());
    const requests: Scenario[] = [
      floorScenario(server.floor),
      warmScenario(server.product),
      statelessScenario(server.product),
      eventsScenario(server.product),
    ];
    // Bulk apart from requests: what it leaves to be flushed would be measured with them.
    const bulk: Scenario[] = [batchFloorScenario(server.floor), batchScenario(server.product)];
    const timings = [
      ...(await measureLatency(requests, Math.round(2000 * scale), WARM_UP)),
      ...(await measureLatency(bulk, Math.round(500 * scale), Math.round(100 * scale))),
    ];
    const throughput = await measureThroughput([...requests, ...bulk], {
      connections: 8,
      slices: Math.max(2, Math.round(10 * scale)),
      calls: 50,
      cpuMs: server.cpuMs,
    });
    return { timings, throughput };
  } finally {
    await server.stop();
  }
}

interface Report {
  timings: Timing[];
  throughput: Throughput[];
  decision: DecisionCost;
  /** With filter, rules, caps, diversity and reasons, on a large catalogue. */
  steered: DecisionCost;
  targeting: TargetingCost;
  experiments: ExperimentCost;
  publications: PublicationCost[];
  /** In process, without object and KV. */
  publication: { bytes: number; publish: Timing };
  costs: Cost[];
}

function row(cells: readonly (string | number)[], widths: readonly number[]): string {
  return cells
    .map((cell, at) => (at === 0 ? String(cell).padEnd(widths[at] ?? 0) : String(cell).padStart(widths[at] ?? 0)))
    .join('  ');
}

function printHttp({ timings, throughput }: Report): void {
  const floor = timings[0]?.p50 ?? Number.NaN;
  const widths = [18, 9, 9, 9, 8, 8, 10, 12];
  console.log(row(['over HTTP', 'p50 ms', 'p99 ms', 'mean ms', 'ratio', 'bound', 'req/s (8)', 'CPU ms/req'], widths));
  for (const [at, timing] of timings.entries()) {
    const load = throughput[at];
    const bound = BOUNDS[timing.name];
    console.log(
      row(
        [
          timing.name,
          timing.p50.toFixed(3),
          timing.p99.toFixed(3),
          timing.mean.toFixed(3),
          (timing.p50 / floor).toFixed(2),
          bound ?? '',
          Math.round(load?.perSecond ?? 0),
          load?.cpuMs.toFixed(3) ?? '',
        ],
        widths,
      ),
    );
  }
}

/** Events a second of one workerd, and how many bare requests a second it answers with the same bodies. */
function printIngest({ throughput }: Report): void {
  const perSecond = (name: string) => throughput.find((one) => one.name === name)?.perSecond ?? Number.NaN;
  console.log('');
  for (const [name, floor, events] of [
    ['events', 'floor', 1],
    ['events, 20 at once', 'floor, 20 events', BATCH_EVENTS],
  ] as const)
    console.log(
      `ingest, ${events} at once: ${Math.round(perSecond(name) * events)} events/s, ${(perSecond(name) / perSecond(floor)).toFixed(2)} of the floor's requests`,
    );
}

function printPublications({ publications }: Report): void {
  const floor = publications[0]?.p50 ?? Number.NaN;
  const widths = [18, 9, 9, 9, 8, 8, 10, 12];
  console.log('');
  console.log(
    row(['through workerd', 'p50 ms', 'p99 ms', 'mean ms', 'ratio', 'writes', 'per s (1)', 'CPU ms'], widths),
  );
  for (const { name, p50, p99, mean, writes, cpuMs } of publications)
    console.log(
      row(
        [
          name,
          p50.toFixed(3),
          p99.toFixed(3),
          mean.toFixed(3),
          (p50 / floor).toFixed(2),
          writes,
          Math.round(1000 / mean),
          cpuMs.toFixed(3),
        ],
        widths,
      ),
    );
}

/** Of one decision. */
const spent = ({ meanMicros, p99Micros, cpuMicros }: DecisionCost): string =>
  `${meanMicros.toFixed(1)} µs mean, ${p99Micros.toFixed(1)} µs p99, ${cpuMicros.toFixed(1)} µs of CPU`;

function print(report: Report): void {
  printHttp(report);
  printIngest(report);
  printPublications(report);
  const { decision, publication } = report;
  console.log(`\npure decision, 10 of ${ITEMS} items: ${spent(decision)} (bound 200)`);
  console.log(
    `steered (filter, rules, caps, diversity, reasons), 10 of ${LARGE_ITEMS}: ${spent(report.steered)} (bound 300)`,
  );
  console.log(
    `scoring alone: ${decision.scoreMicros.toFixed(1)} µs mean (bound 10), with the blend ${decision.blendMicros.toFixed(1)} µs (bound 100)`,
  );
  console.log(
    `encoding of ${ITEMS} cards and their counts: p50 ${publication.publish.p50.toFixed(1)} ms, p99 ${publication.publish.p99.toFixed(1)} ms, ${(publication.bytes / 1e6).toFixed(2)} MB in KV and, read as they lie, in memory`,
  );
  printTargeting(report.targeting);
  printExperiments(report.experiments);
  for (const cost of report.costs) {
    console.log(`\noperations per 1,000 ${cost.name}`);
    for (const [name, count] of Object.entries(cost.per1000).sort())
      console.log(
        `  ${name.padEnd(34)} ${count.toFixed(1)}${name === 'kv writes' && cost.name.startsWith('events') ? ` (bound ${KV_WRITES})` : ''}`,
      );
  }
}

async function runScale(): Promise<void> {
  const report = await measureScale({ items: 100_000, events: 10_000_000 * scale, requests: 20_000 * scale });
  if (options.format === 'json') console.log(JSON.stringify(report));
  else printScale(report);
}

const experimentCost = (): Promise<ExperimentCost> => measureExperiments(Math.max(5, Math.round(50 * scale)));

const targetingCost = (model: BenchModel): TargetingCost =>
  measureTargeting(model, 1_000_000 * scale, Math.round(2000 * scale));

function runTargeting(): void {
  const cost = targetingCost(buildModel(ITEMS, 2000, 1));
  if (options.format === 'json') console.log(JSON.stringify(cost));
  else printTargeting(cost);
}

async function runExperiments(): Promise<void> {
  const cost = await experimentCost();
  if (options.format === 'json') console.log(JSON.stringify(cost));
  else printExperiments(cost);
}

async function runAll(): Promise<void> {
  const model = buildModel(ITEMS, Math.round(20_000 * Math.max(scale, 0.5)));
  const report: Report = {
    ...(await measureHttp()),
    publications: await measurePublication(ITEMS, Math.round(200 * scale)),
    decision: measureDecision(model, ITEMS, Math.round(20_000 * scale)),
    steered: measureSteered(buildModel(LARGE_ITEMS, LARGE_SESSIONS, 1), LARGE_ITEMS, Math.round(20_000 * scale)),
    publication: { bytes: model.bytes, publish: model.publish },
    targeting: targetingCost(model),
    experiments: await experimentCost(),
    costs: await measureCosts(Math.round(2000 * scale)),
  };
  if (options.format === 'json') console.log(JSON.stringify(report));
  else print(report);
}

if (options.scale) await runScale();
else if (options.experiments) await runExperiments();
else if (options.targeting) runTargeting();
else await runAll();
