import { isMissing, type Measured } from '../../src/record/measured.ts';
import { type Asked, type Bench, type ComparedRun, medianOf, runAgainstFast } from './compare.ts';
import type { Check } from './ground-truth/acceptance.ts';
import type { Tool } from './tools/tool.ts';

const CONNECTIONS = 64;
const SECONDS = 5;
/** Open loop has to hold this share of the fastest closed loop in C. */
const OPEN_SHARE = 0.6;
const ACHIEVED_AT_LEAST = 0.999;
const LAG_P99_BELOW_US = 2000;
const TIMES_AUTOCANNON = 1.6;

/** Answered requests a second. */
export const achievedOf = ({ said }: ComparedRun): number => said.requests / said.seconds;

/** One run that ended badly is told and left out, and the others go on. */
export async function attempt(runs: ComparedRun[], tool: Tool, run: () => Promise<ComparedRun>): Promise<void> {
  try {
    runs.push(await run());
  } catch (error) {
    console.log(`${tool.title}, one run not measured: ${(error as Error).message}`);
  }
}

/**
 * All as fast as they go, the order turned round each time; then the own driver in open loop, at a share of what wrk
 * reached last: in the same round, unless that run was not measured.
 */
export async function measureThroughput(bench: Bench, tools: readonly Tool[], rounds: number): Promise<ComparedRun[]> {
  const runs: ComparedRun[] = [];
  const asked: Asked = { connections: CONNECTIONS, seconds: SECONDS };
  const own = tools.find(({ id }) => id === 'meshtax');
  for (let round = 1; round <= rounds; round++) {
    for (const tool of round % 2 === 1 ? tools : tools.toReversed()) {
      await attempt(runs, tool, () => runAgainstFast(bench, tool, asked));
    }
    const fastest = runs.findLast((run) => run.tool === 'wrk');
    if (own === undefined || fastest === undefined) continue;
    const ratePerSecond = Math.round(achievedOf(fastest) * OPEN_SHARE);
    await attempt(runs, own, () => runAgainstFast(bench, own, { ...asked, ratePerSecond }));
  }
  return runs;
}

/** What the throughput is to hold to; a tool that is not there leaves its check without an answer, which does not hold. */
export function checkThroughput(runs: readonly ComparedRun[]): Check[] {
  const closed = (id: string) =>
    medianOf(runs.filter(({ tool, asked }) => tool === id && asked.ratePerSecond === undefined).map(achievedOf));
  const open = runs.filter(({ tool, asked }) => tool === 'meshtax' && asked.ratePerSecond !== undefined);
  const ofAsked = medianOf(open.map((run) => achievedOf(run) / (run.asked.ratePerSecond ?? Number.NaN)));
  const lag = medianOf(open.map(({ said }) => said.lagP99Us));
  const times = ratioOf(closed('meshtax'), closed('autocannon'));
  return [
    {
      name: 'closed loop, by that of autocannon',
      limit: `at least ${TIMES_AUTOCANNON}`,
      ...found(
        times,
        (value) => value.toFixed(2),
        (value) => value >= TIMES_AUTOCANNON,
      ),
    },
    {
      name: `open loop at ${OPEN_SHARE} of what wrk reaches in closed loop: achieved of asked`,
      limit: `at least ${100 * ACHIEVED_AT_LEAST} %`,
      ...found(
        ofAsked,
        (value) => `${(100 * value).toFixed(2)} %`,
        (value) => value >= ACHIEVED_AT_LEAST,
      ),
    },
    {
      name: 'the same: how late the driver sent, p99, median of the runs',
      limit: `below ${LAG_P99_BELOW_US} µs`,
      ...found(
        lag,
        (value) => `${Math.round(value)} µs`,
        (value) => value < LAG_P99_BELOW_US,
      ),
    },
  ];
}

function ratioOf(of: Measured<number>, to: Measured<number>): Measured<number> {
  if (isMissing(of)) return of;
  return isMissing(to) ? to : of / to;
}

function found(
  value: Measured<number>,
  text: (value: number) => string,
  keeps: (value: number) => boolean,
): Pick<Check, 'found' | 'holds'> {
  return isMissing(value)
    ? { found: `— (${value.missing})`, holds: false }
    : { found: text(value), holds: keeps(value) };
}
