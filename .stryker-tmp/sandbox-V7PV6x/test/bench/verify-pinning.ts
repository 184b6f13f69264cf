/**
 * npm run verify:pinning: does a core of its own for the driver make the added latency steadier? Runs the same scenario
 * pinned and unpinned in turn and compares how the block differences spread. Takes about 6 minutes on an idle machine.
 */
// @ts-nocheck

import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { median } from '../../src/analysis/stats/quantile.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { readRun } from '../../src/record/runDirectory.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { runCli, runFolder, workplace } from '../system/cli.ts';
import { keepMeasured } from './keepMeasured.ts';

const ROUNDS = 2;
const SCENARIO = `# How far do the blocks of one run spread?
name: pinning
treatments:
  - mesh: none
  - mesh: envoy
load: { arrivalRate: 1000/s, warmUp: 500ms, duration: 2s }
blocks: { min: 6, max: 8 }
`;

type Arrangement = 'pinned' | 'unpinned';

/** Added p50 of each valid block, in µs. */
async function addedPerBlock(arrangement: Arrangement, seed: number): Promise<number[]> {
  const place = workplace();
  try {
    const file = path.join(place.directory, 'scenario.yaml');
    writeFileSync(file, SCENARIO);
    const flags = arrangement === 'pinned' ? [] : ['--no-pin'];
    await runCli(place, ['run', file, '--seed', String(seed), '--quiet', ...flags]);
    const parsed = parseScenario(SCENARIO, file);
    if (!parsed.ok) throw new Error('the scenario of this script is wrong');
    const recorded = await readRun(nodeHost(), runFolder(place) ?? '');
    const [load] = analyseRun({ ...recorded, scenario: parsed.scenario }).loads;
    const treatment = load?.treatments.find((entry) => entry.treatment === 'envoy');
    const p50 = treatment?.overhead.find((overhead) => overhead.percentile === 'p50');
    return (p50?.perBlock ?? []).map((block) => Math.round(block.addedUs));
  } finally {
    rmSync(place.directory, { recursive: true });
  }
}

/** Median absolute deviation from the median: one bad block does not decide it. */
function spread(values: readonly number[]): number {
  const middle = median(values) ?? Number.NaN;
  return median(values.map((value) => Math.abs(value - middle))) ?? Number.NaN;
}

const blocks: Record<Arrangement, number[][]> = { pinned: [], unpinned: [] };
for (let round = 1; round <= ROUNDS; round++) {
  const order: Arrangement[] = round % 2 === 1 ? ['pinned', 'unpinned'] : ['unpinned', 'pinned'];
  for (const arrangement of order) {
    const added = await addedPerBlock(arrangement, round);
    blocks[arrangement].push(added);
    console.log(`${arrangement.padEnd(8)} round ${round}: added p50 per block ${added.join(', ')} µs`);
  }
}
const spreadUs = { pinned: spread(blocks.pinned.flat()), unpinned: spread(blocks.unpinned.flat()) };
console.log(`median absolute deviation: pinned ${spreadUs.pinned} µs, unpinned ${spreadUs.unpinned} µs`);
keepMeasured('pinning', { blocks, spreadUs });
