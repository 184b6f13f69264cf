// @ts-nocheck
import { analyseRun } from '../../src/analysis/analyse.ts';
import { estimateOverBlocks } from '../../src/analysis/estimate.ts';
import type { Host } from '../../src/host/host.ts';
import { isMissing } from '../../src/record/measured.ts';
import { readRun } from '../../src/record/runDirectory.ts';
import { parseScenario } from '../../src/scenario/parse.ts';

const NO_LIMIT = `  - name: injected-no-limit
    mesh: istio
    platform: kubernetes
    settings: { mtls: strict, concurrency: 2, cpuLimit: none }
`;

/** One file for both platforms; what differs between two runs of it is one thing at a time. */
export const scenarioText = (
  rate: string,
  address: 'service' | 'pod-ip',
) => `# What makes the added latency of a sidecar pair in a cluster differ from that on one machine?
name: steps
treatments:
  - mesh: none
  - name: pair
    mesh: envoy
    platform: local
    settings: { mtls: strict, concurrency: 2 }
  - name: injected
    mesh: istio
    platform: kubernetes
    settings: { mtls: strict, concurrency: 2 }
${address === 'pod-ip' ? NO_LIMIT : ''}services: { address: ${address} }
load: { arrivalRate: ${rate}, connections: 16, warmUp: 1s, duration: 5s }
blocks: { min: 6, max: 12 }
`;

/** Every run of the campaign, in its order: each differs from one before it in the one thing that its name says. */
export const RUNS = [
  { id: 'local-veth', args: ['--platform', 'local', '--mode', 'root', '--link', 'veth'], address: 'service' },
  { id: 'local-bridge', args: ['--platform', 'local', '--mode', 'root', '--link', 'bridge'], address: 'service' },
  {
    id: 'local-bridge-unpinned',
    args: ['--platform', 'local', '--mode', 'root', '--link', 'bridge', '--no-pin'],
    address: 'service',
  },
  { id: 'cluster-pod-ip', args: ['--platform', 'kubernetes'], address: 'pod-ip' },
  { id: 'cluster-service', args: ['--platform', 'kubernetes'], address: 'service' },
] as const;

export type RunId = (typeof RUNS)[number]['id'];

/** Added p50 in µs, with its 95 % interval. */
export interface Added {
  pointUs: number;
  lowUs: number;
  highUs: number;
  blocks: number;
}

/** Added p50 of each treatment of a recorded run, and the paired difference where two stood in one run. */
export async function addedIn(
  host: Host,
  folder: string,
): Promise<Map<string, { added: Added; perBlock: ReadonlyMap<number, number> }>> {
  const recorded = await readRun(host, folder);
  const parsed = parseScenario(recorded.run.scenarioText, 'steps.yaml', { platform: recorded.run.platform.id });
  if (!parsed.ok) throw new Error(`${folder}: the recorded scenario is not valid`);
  const [load] = analyseRun({ ...recorded, scenario: parsed.scenario }).loads;
  const found = new Map<string, { added: Added; perBlock: ReadonlyMap<number, number> }>();
  for (const { treatment, isBaseline, overhead } of load?.treatments ?? []) {
    const p50 = overhead.find(({ percentile }) => percentile === 'p50');
    if (isBaseline || p50 === undefined) continue;
    if (isMissing(p50.addedUs)) throw new Error(`${folder}: ${treatment}: ${p50.addedUs.missing}`);
    const { point, low, high, n } = p50.addedUs;
    found.set(treatment, {
      added: { pointUs: point, lowUs: low, highUs: high, blocks: n },
      perBlock: new Map(p50.perBlock.map(({ block, addedUs }) => [block, addedUs])),
    });
  }
  return found;
}

type Found = Map<string, { added: Added; perBlock: ReadonlyMap<number, number> }>;

export interface StepRow {
  what: string;
  /** The added p50, or by how much a step changes it. */
  us: Added;
  /** How the interval was found. */
  interval: 'within a run' | 'between runs' | 'what is left';
}

function ofRun(runs: ReadonlyMap<RunId, Found>, id: RunId, treatment: string): Added {
  const added = runs.get(id)?.get(treatment)?.added;
  if (added === undefined) throw new Error(`${id} has no treatment ${treatment}`);
  return added;
}

/**
 * Difference of two runs. Neither shares a block with the other, so the interval is the widest that both allow: from
 * the lowest minus the highest to the highest minus the lowest.
 */
function between(to: Added, from: Added): Added {
  return {
    pointUs: to.pointUs - from.pointUs,
    lowUs: to.lowUs - from.highUs,
    highUs: to.highUs - from.lowUs,
    blocks: Math.min(to.blocks, from.blocks),
  };
}

/** Difference of two treatments of one run, block by block, with its own signed-rank interval. */
function within(run: Found | undefined, to: string, from: string): Added {
  const differences = [...(run?.get(to)?.perBlock ?? [])].flatMap(([block, addedUs]) => {
    const other = run?.get(from)?.perBlock.get(block);
    return other === undefined ? [] : [addedUs - other];
  });
  const estimate = estimateOverBlocks(differences);
  if (isMissing(estimate)) throw new Error(estimate.missing);
  return { pointUs: estimate.point, lowUs: estimate.low, highUs: estimate.high, blocks: estimate.n };
}

/** The two added p50, the steps between them one at a time, and what they do not explain. */
export function stepsOf(runs: ReadonlyMap<RunId, Found>): StepRow[] {
  const local = ofRun(runs, 'local-veth', 'pair');
  const bridged = ofRun(runs, 'local-bridge', 'pair');
  const free = ofRun(runs, 'local-bridge-unpinned', 'pair');
  const direct = ofRun(runs, 'cluster-pod-ip', 'injected');
  const cluster = ofRun(runs, 'cluster-service', 'injected');
  const bridge = between(bridged, local);
  const unpinned = between(free, bridged);
  const limit = within(runs.get('cluster-pod-ip'), 'injected', 'injected-no-limit');
  const service = between(cluster, direct);
  const steps = [bridge, unpinned, limit, service];
  const explained = steps.reduce((sum, step) => sum + step.pointUs, 0);
  const restUs = cluster.pointUs - local.pointUs - explained;
  const noLimit = ofRun(runs, 'cluster-pod-ip', 'injected-no-limit');
  const left = between(noLimit, free);
  return [
    { what: 'upstream Envoy pair, local, veth, driver on its own core', us: local, interval: 'within a run' },
    { what: 'veth → bridge', us: bridge, interval: 'between runs' },
    { what: 'driver and system on cores of their own → free', us: unpinned, interval: 'between runs' },
    { what: 'no CPU limit → CPU limit 2', us: limit, interval: 'within a run' },
    { what: 'pod IP → Service', us: service, interval: 'between runs' },
    { what: 'unexplained rest', us: { ...left, pointUs: restUs }, interval: 'what is left' },
    { what: 'injected sidecars, in the cluster, by Service, CPU limit 2', us: cluster, interval: 'within a run' },
  ];
}

/** One row of the document's table, in µs. */
export function rowText({ what, us, interval }: StepRow): string {
  const whole = (value: number) => String(Math.round(value)).replace('-', '−');
  return `| ${what} | ${whole(us.pointUs)} | ${whole(us.lowUs)} to ${whole(us.highUs)} | ${us.blocks} | ${interval} |`;
}
