/**
 * npm run bench: this product's driver beside the tools that people would otherwise use, against servers that know the
 * truth; interleaved in one run. A tool that is not installed is listed as not measured. Takes some 20 minutes; the
 * machine has to be idle. Writes docs/measured/bench.json and the tables of docs/accuracy.md; `npm run bench -- throughput`
 * measures that part alone afresh, in some 5 minutes; `npm run bench -- quick` does one round and keeps nothing. Exit 1 where the driver's
 * throughput does not hold to its limits.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { shareCores } from '../../src/platforms/local/cores.ts';
import { isMissing } from '../../src/record/measured.ts';
import { accuracyTables, type BenchFigures, measuredOn, printedTable, withTables } from './accuracyTables.ts';
import { type Asked, type Bench, type ComparedRun, runAgainstTruth } from './compare.ts';
import { buildServer } from './ground-truth/build.ts';
import { simulateFrozen } from './ground-truth/frozen.ts';
import { keepMeasured, type Machine, machine, measuredFile } from './keepMeasured.ts';
import { attempt, checkThroughput, measureThroughput } from './throughput.ts';
import { TOOLS } from './tools/index.ts';
import type { Tool } from './tools/tool.ts';

const DOCUMENT = path.resolve(import.meta.dirname, '../../docs/accuracy.md');
const isQuick = process.argv[2] === 'quick';
const isThroughputOnly = process.argv[2] === 'throughput';
const ROUNDS = isQuick ? 1 : 5;
const THROUGHPUT_ROUNDS = isQuick ? 1 : 5;
const RATES = [200, 1000] as const;
const SERVICE_US = 2000;
const FREEZE = { serviceUs: 500, freeze: { forUs: 50_000, everyUs: 1_000_000 } };
const FREEZE_RATE = 1000;
const FREEZE_SECONDS = isQuick ? 5 : 20;
const FREEZE_CONNECTIONS = [5, 16, 64] as const;
/** What the way there and back takes beside the service time, for the simulated freeze. */
const OVERHEAD_US = 60;

/** A record of this script, with the time at which it was measured as a whole. */
type KeptBench = BenchFigures & { at: string };

/** In turn, the order turned round each time, so that a drift of the machine meets all alike. */
async function rounds<T>(count: number, items: readonly T[], each: (item: T) => Promise<void>): Promise<void> {
  for (let round = 1; round <= count; round++) {
    for (const item of round % 2 === 1 ? items : items.toReversed()) await each(item);
  }
}

async function accuracy(bench: Bench, tools: readonly Tool[]): Promise<ComparedRun[]> {
  const runs: ComparedRun[] = [];
  const withRate = tools.filter(({ rate }) => rate !== 'none');
  const cells = RATES.flatMap((ratePerSecond) => withRate.map((tool) => ({ tool, ratePerSecond })));
  await rounds(ROUNDS, cells, ({ tool, ratePerSecond }) =>
    attempt(runs, tool, () => {
      const asked: Asked = { ratePerSecond, connections: 16, seconds: 4 };
      return runAgainstTruth(bench, tool, { asked, server: { serviceUs: SERVICE_US } });
    }),
  );
  return runs;
}

async function freezes(bench: Bench, tools: readonly Tool[]): Promise<BenchFigures['freezes']> {
  const runs: ComparedRun[] = [];
  const cells = FREEZE_CONNECTIONS.flatMap((connections) => tools.map((tool) => ({ tool, connections })));
  await rounds(1, cells, ({ tool, connections }) =>
    attempt(runs, tool, () => {
      const rate = tool.rate === 'none' ? {} : { ratePerSecond: FREEZE_RATE };
      const asked: Asked = { ...rate, connections, seconds: FREEZE_SECONDS };
      return runAgainstTruth(bench, tool, { asked, server: FREEZE });
    }),
  );
  const { serviceUs, freeze } = FREEZE;
  const server = { serviceUs, freezeUs: freeze.forUs, freezeEveryUs: freeze.everyUs, overheadUs: OVERHEAD_US };
  return runs.map((run) => {
    const load = { ratePerSecond: FREEZE_RATE, connections: run.asked.connections, seconds: FREEZE_SECONDS };
    const sorted = simulateFrozen(server, load);
    const simulatedP99Us = sorted[Math.ceil(0.99 * sorted.length) - 1] ?? Number.NaN;
    const { p99Us } = run.said;
    return { ...run, simulatedP99Us, off: isMissing(p99Us) ? p99Us : p99Us / simulatedP99Us - 1 };
  });
}

async function benchIfPossible(): Promise<void> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const cores = shareCores(/^Cpus_allowed_list:(.*)$/m.exec(status)?.[1] ?? '');
  const [serverCore, toolCore] = isMissing(cores) ? [] : [cores.system[0], cores.driver[0]];
  const built = await buildServer();
  if (isMissing(built) || serverCore === undefined || toolCore === undefined) {
    const reason = isMissing(built) ? built.missing : 'tool and server need a core each';
    console.log(`SKIPPED: nothing was compared: ${reason}`);
    return;
  }
  try {
    const versions = await Promise.all(TOOLS.map((tool) => tool.find()));
    const tools = TOOLS.filter((_, index) => !isMissing(versions[index] ?? { missing: '' }));
    const bench = { built, serverCore, toolCore };
    const described = TOOLS.map(({ id, title, rate, resolution }, index) => {
      return { id, title, rate, resolution, version: versions[index] ?? { missing: 'not looked for' } };
    });
    const kept = isThroughputOnly ? await keptFigures(described) : undefined;
    const figures: BenchFigures = {
      ...(kept ?? { tools: described, accuracy: await accuracy(bench, tools), freezes: await freezes(bench, tools) }),
      throughput: await measureThroughput(bench, tools, THROUGHPUT_ROUNDS),
      ...(kept === undefined ? {} : { throughputAt: new Date().toISOString() }),
    };
    await keep(figures);
    const checks = checkThroughput(figures.throughput);
    for (const { name, limit, found, holds } of checks) {
      console.log(`${holds ? 'pass' : 'FAIL'}  ${name}: ${found}, wanted ${limit}`);
    }
    process.exitCode = checks.every(({ holds }) => holds) ? 0 : 1;
  } finally {
    await built.remove();
  }
}

/**
 * What is recorded already, for a part to be measured afresh.
 * @throws where it was measured on another machine, or with other tools
 */
async function keptFigures(tools: BenchFigures['tools']): Promise<KeptBench> {
  const kept: KeptBench & { machine: Machine } = JSON.parse(await readFile(measuredFile('bench'), 'utf8'));
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  if (same(kept.machine, machine()) && same(kept.tools, tools)) return kept;
  throw new Error('the recorded comparison is of another machine, or of other tools: measure all of it');
}

async function keep(figures: BenchFigures): Promise<void> {
  const tables = accuracyTables(figures);
  for (const table of tables) console.log(printedTable(table));
  if (isQuick) return;
  const { at } = keepMeasured('bench', figures);
  const document = await readFile(DOCUMENT, 'utf8');
  await writeFile(DOCUMENT, withTables(document, tables, measuredOn(at, machine(), figures.throughputAt)));
}

await benchIfPossible();
