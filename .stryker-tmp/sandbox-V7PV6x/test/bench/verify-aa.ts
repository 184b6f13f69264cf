/**
 * npm run verify:a-a: records the campaign that test/bench/relabelled.test.ts replays, over 300 short trials of the
 * baseline alone, in blocks of three. Keeps every record below docs/measured/a-a. Takes 17 minutes on an idle machine.
 */
// @ts-nocheck

import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { readRun } from '../../src/record/runDirectory.ts';
import { runCli, runFolder, workplace, writeScenario } from '../system/cli.ts';
import { keepCampaign } from './campaign.ts';

const NAME = 'a-a';
const SCENARIO = `# Does the whole procedure find a difference where there is none?
name: a-a
treatments:
  - mesh: none
  - mesh: none
    name: again
load: { arrivalRate: 1000/s, connections: 16, responseBytes: 1kB, warmUp: 200ms, duration: 1s }
blocks: { min: 108, max: 120 }
`;

const place = workplace();
try {
  const { code, stderr } = await runCli(place, [
    'run',
    writeScenario(place, SCENARIO),
    '--seed',
    '20261126',
    '--quiet',
  ]);
  const recorded = await readRun(nodeHost(), runFolder(place) ?? '');
  console.log(`${recorded.trials.length} trials, exit code ${code}`);
  if (recorded.trials.length < 300) throw new Error(`too few trials: ${stderr}`);
  mkdirSync(path.resolve(import.meta.dirname, '../../docs/measured', NAME), { recursive: true });
  keepCampaign(NAME, recorded);
} finally {
  rmSync(place.directory, { recursive: true });
}
