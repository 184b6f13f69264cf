/**
 * npm run bench: this product's driver beside the tools that people would otherwise use, against servers that know the
 * truth; interleaved, ratios first. A tool that is not installed is listed as not measured. Takes some 15 minutes; the
 * machine has to be idle. `npm run bench -- quick` does one round and keeps nothing.
 */
import { readFile } from 'node:fs/promises';
import { shareCores } from '../../src/platforms/local/cores.ts';
import { isMissing, type Measured } from '../../src/record/measured.ts';
import {
  type Asked,
  type Bench,
  type ComparedRun,
  medianOf,
  p50Error,
  runAgainstFast,
  runAgainstTruth,
} from './compare.ts';
import { buildServer } from './ground-truth/build.ts';
import { simulateFrozen } from './ground-truth/frozen.ts';
import { keepMeasured } from './keepMeasured.ts';
import { TOOLS } from './tools/index.ts';
import type { Tool } from './tools/tool.ts';

const isQuick = process.argv[2] === 'quick';
const ROUNDS = isQuick ? 1 : 5;
const SATURATION_ROUNDS = isQuick ? 1 : 3;
const RATES = [200, 1000] as const;
const SERVICE_US = 2000;
const FREEZE = { serviceUs: 500, freeze: { forUs: 50_000, everyUs: 1_000_000 } };
const FREEZE_RATE = 1000;
const FREEZE_SECONDS = isQuick ? 5 : 20;
const FREEZE_CONNECTIONS = [5, 16, 64] as const;
const SATURATION_CONNECTIONS = 64;
/** Open loop has to hold this share of the fastest closed loop in C. */
const OPEN_SHARE = 0.6;
/** What the way there and back takes beside the service time, for the simulated freeze. */
const OVERHEAD_US = 60;

interface Candidate {
  tool: Tool;
  version: string;
}

const us = (value: Measured<number>) => (isMissing(value) ? '—' : `${Math.round(value).toLocaleString('en-US')} µs`);
const row = (cells: readonly string[]) =>
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(26) : cell.padStart(14))).join(''));

/** In turn, the order turned round each time, so that a drift of the machine meets all alike. */
async function rounds<T>(count: number, items: readonly T[], each: (item: T) => Promise<void>): Promise<void> {
  for (let round = 1; round <= count; round++) {
    for (const item of round % 2 === 1 ? items : items.toReversed()) await each(item);
  }
}

async function attempt(runs: ComparedRun[], run: () => Promise<ComparedRun>): Promise<void> {
  try {
    runs.push(await run());
  } catch (error) {
    console.log(`  not measured: ${(error as Error).message}`);
  }
}

async function accuracy(bench: Bench, candidates: readonly Candidate[]): Promise<ComparedRun[]> {
  const runs: ComparedRun[] = [];
  const withRate = candidates.filter(({ tool }) => tool.rate !== 'none');
  const cells = RATES.flatMap((ratePerSecond) => withRate.map(({ tool }) => ({ tool, ratePerSecond })));
  await rounds(ROUNDS, cells, ({ tool, ratePerSecond }) =>
    attempt(runs, () => {
      const asked: Asked = { ratePerSecond, connections: 16, seconds: 4 };
      return runAgainstTruth(bench, tool, { asked, server: { serviceUs: SERVICE_US } });
    }),
  );
  console.log(
    '\nA service of 2 ms, 16 connections: median of the errors at p50, regularity of the arrivals (0 even, 1 Poisson)',
  );
  row(['tool', 'rate', 'p50 error', 'arrivals', 'achieved', 'CPU a request']);
  for (const { tool, ratePerSecond } of cells) {
    const own = runs.filter((run) => run.tool === tool.id && run.asked.ratePerSecond === ratePerSecond);
    const gaps = medianOf(own.map(({ truth }) => (isMissing(truth) ? truth : truth.gapVariation)));
    const achieved = medianOf(own.map(({ said }) => said.requests / said.seconds / ratePerSecond));
    row([
      tool.title,
      `${ratePerSecond}/s`,
      us(medianOf(own.map(p50Error))),
      isMissing(gaps) ? '—' : gaps.toFixed(2),
      isMissing(achieved) ? '—' : `${(achieved * 100).toFixed(1)} %`,
      us(medianOf(own.map(cpuPerRequest))),
    ]);
  }
  return runs;
}

function cpuPerRequest({ said }: ComparedRun): Measured<number> {
  return isMissing(said.cpuMs) ? said.cpuMs : (said.cpuMs * 1000) / said.requests;
}

async function freezes(bench: Bench, candidates: readonly Candidate[]) {
  const runs: ComparedRun[] = [];
  const cells = FREEZE_CONNECTIONS.flatMap((connections) => candidates.map(({ tool }) => ({ tool, connections })));
  await rounds(1, cells, ({ tool, connections }) =>
    attempt(runs, () => {
      const rate = tool.rate === 'none' ? {} : { ratePerSecond: FREEZE_RATE };
      const asked: Asked = { ...rate, connections, seconds: FREEZE_SECONDS };
      return runAgainstTruth(bench, tool, { asked, server: FREEZE });
    }),
  );
  console.log('\nA server of 0.5 ms that stands still for 50 ms in each second, 1,000/s: p99, and how far off it is');
  row(['tool', 'connections', 'p99', 'simulated', 'off']);
  const compared = runs.map((run) => {
    const load = { ratePerSecond: FREEZE_RATE, connections: run.asked.connections, seconds: FREEZE_SECONDS };
    const { serviceUs, freeze } = FREEZE;
    const server = { serviceUs, freezeUs: freeze.forUs, freezeEveryUs: freeze.everyUs, overheadUs: OVERHEAD_US };
    const sorted = simulateFrozen(server, load);
    const simulatedP99Us = sorted[Math.ceil(0.99 * sorted.length) - 1] ?? Number.NaN;
    const { p99Us } = run.said;
    const off = isMissing(p99Us) ? p99Us : p99Us / simulatedP99Us - 1;
    const title = candidates.find(({ tool }) => tool.id === run.tool)?.tool.title ?? run.tool;
    row([
      title,
      String(run.asked.connections),
      us(p99Us),
      us(simulatedP99Us),
      isMissing(off) ? '—' : `${(off * 100).toFixed(1)} %`,
    ]);
    return { ...run, simulatedP99Us, off };
  });
  return compared;
}

async function saturation(bench: Bench, candidates: readonly Candidate[]): Promise<ComparedRun[]> {
  const runs: ComparedRun[] = [];
  const asked: Asked = { connections: SATURATION_CONNECTIONS, seconds: 5 };
  const rateOf = ({ said }: ComparedRun) => said.requests / said.seconds;
  const own = candidates.find(({ tool }) => tool.id === 'meshtax')?.tool;
  for (let round = 1; round <= SATURATION_ROUNDS; round++) {
    const order = round % 2 === 1 ? candidates : candidates.toReversed();
    for (const { tool } of order) await attempt(runs, () => runAgainstFast(bench, tool, asked));
    const fastest = runs.findLast((run) => run.tool === 'wrk');
    if (own === undefined || fastest === undefined) continue;
    const ratePerSecond = Math.round(rateOf(fastest) * OPEN_SHARE);
    await attempt(runs, () => runAgainstFast(bench, own, { ...asked, ratePerSecond }));
  }
  console.log('\nA server that answers as fast as a core lets it, 64 connections, one core for the tool');
  row(['tool', 'asked', 'achieved', 'of wrk', 'lag p99', 'CPU a request']);
  const wrkRate = medianOf(runs.filter((run) => run.tool === 'wrk').map(rateOf));
  for (const open of [false, true]) {
    for (const { tool } of candidates) {
      const found = runs.filter((run) => run.tool === tool.id && (run.asked.ratePerSecond !== undefined) === open);
      if (found.length === 0) continue;
      const achieved = medianOf(found.map(rateOf));
      const wanted = medianOf(found.map(({ asked: { ratePerSecond = 0 } }) => ratePerSecond));
      row([
        `${tool.title}${open ? ', open loop' : ', closed loop'}`,
        open && !isMissing(wanted) ? `${Math.round(wanted).toLocaleString('en-US')}/s` : 'the most',
        isMissing(achieved) ? '—' : `${Math.round(achieved).toLocaleString('en-US')}/s`,
        isMissing(achieved) || isMissing(wrkRate) ? '—' : (achieved / wrkRate).toFixed(2),
        us(medianOf(found.map(({ said }) => said.lagP99Us))),
        isMissing(achieved) ? '—' : us(medianOf(found.map(cpuPerRequest))),
      ]);
    }
  }
  return runs;
}

async function benchIfPossible(): Promise<void> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const cores = shareCores(/^Cpus_allowed_list:(.*)$/m.exec(status)?.[1] ?? '');
  const [serverCore, toolCore] = isMissing(cores) ? [] : [cores.system[0], cores.driver[0]];
  const built = await buildServer();
  if (isMissing(built) || serverCore === undefined || toolCore === undefined) {
    console.log(
      `SKIPPED: nothing was compared: ${isMissing(built) ? built.missing : 'tool and server need a core each'}`,
    );
    return;
  }
  try {
    const asked = await Promise.all(TOOLS.map(async (tool) => ({ tool, version: await tool.find() })));
    for (const { tool, version } of asked) {
      console.log(`${tool.title.padEnd(26)}${isMissing(version) ? `NOT MEASURED: ${version.missing}` : version}`);
    }
    const candidates = asked.flatMap(({ tool, version }) => (isMissing(version) ? [] : [{ tool, version }]));
    const bench = { built, serverCore, toolCore };
    const found = {
      tools: asked.map(({ tool: { id, title, rate, resolution }, version }) => ({
        id,
        title,
        rate,
        resolution,
        version,
      })),
      accuracy: await accuracy(bench, candidates),
      freezes: await freezes(bench, candidates),
      saturation: await saturation(bench, candidates),
    };
    if (!isQuick) keepMeasured('bench', found);
  } finally {
    await built.remove();
  }
}

await benchIfPossible();
