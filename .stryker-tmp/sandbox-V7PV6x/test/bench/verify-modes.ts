/**
 * npm run verify:modes: what does a sidecar pair add in each local mode? Runs one scenario in every mode, the modes in
 * turn in each round and in the opposite order in the next, keeps the figures below docs/measured/modes, and writes the
 * table of docs/modes.md. Needs root, useradd, uidmap, sudo and 11 idle minutes.
 * `npm run verify:modes -- try root userns` tries these modes once with the smallest windows, and keeps nothing.
 */
// @ts-nocheck

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import path from 'node:path';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { MODES, type Mode } from '../../src/platforms/local/modes.ts';
import { readRun } from '../../src/record/runDirectory.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { runCli, runFolder, workplace, writeScenario } from '../system/cli.ts';
import { type FreshUser, makeUser, whyNoUser } from '../system/freshUser.ts';
import { keepMeasured } from './keepMeasured.ts';
import { type ModeFigures, rowOf, tableOf, withTable } from './modeRuns.ts';

const DOCUMENT = path.resolve(import.meta.dirname, '../../docs/modes.md');
const [verb, ...named] = process.argv.slice(2);
const isTry = verb === 'try';
const ROUNDS = isTry ? 1 : 2;
const WINDOW = isTry ? 'warmUp: 100ms, duration: 500ms' : 'warmUp: 300ms, duration: 1s';
const SCENARIO = `# What does a sidecar pair add in each local mode?
name: modes
treatments:
  - mesh: none
  - mesh: envoy
    settings: { mtls: strict, concurrency: 2 }
load: { arrivalRate: 1000/s, connections: 16, ${WINDOW} }
blocks: { min: 6, max: 8 }
`;

interface Found {
  platform: { mode: string; details: Record<string, string>; leavesOut: string[] };
  addedUs: number[];
}

/** One run in one mode: root's own for mode root, the fresh user's for the others. */
async function runIn(mode: Mode, user: FreshUser, seed: number): Promise<Found> {
  const place = mode === 'root' ? workplace() : user.workplace();
  try {
    const file = writeScenario(place, SCENARIO);
    const { code, stderr } = await runCli(place, ['run', file, '--mode', mode, '--seed', String(seed), '--quiet']);
    const folder = runFolder(place);
    if (folder === undefined) throw new Error(`mode ${mode} ended with ${code}: ${stderr}`);
    const parsed = parseScenario(SCENARIO, file);
    if (!parsed.ok) throw new Error('the scenario of this script is wrong');
    const recorded = await readRun(nodeHost(), folder);
    const [load] = analyseRun({ ...recorded, scenario: parsed.scenario }).loads;
    const treatment = load?.treatments.find((entry) => entry.treatment === 'envoy');
    const p50 = treatment?.overhead.find((overhead) => overhead.percentile === 'p50');
    return {
      platform: recorded.run.platform,
      addedUs: (p50?.perBlock ?? []).map(({ addedUs }) => Math.round(addedUs)),
    };
  } finally {
    rmSync(place.directory, { recursive: true, force: true });
  }
}

async function campaign(modes: readonly Mode[], user: FreshUser): Promise<ModeFigures[]> {
  const found = new Map<Mode, Found[]>(modes.map((mode) => [mode, []]));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const mode of round % 2 === 1 ? modes : [...modes].reverse()) {
      const one = await runIn(mode, user, round);
      if (one.platform.mode !== mode) throw new Error(`asked for ${mode}, got ${one.platform.mode}`);
      found.get(mode)?.push(one);
      console.log(`${mode.padEnd(13)} round ${round}: added p50 per block ${one.addedUs.join(', ')} µs`);
    }
  }
  return modes.map((mode) => {
    const runs = found.get(mode) ?? [];
    const proxyTraffic = runs[0]?.platform.details['proxyTraffic'];
    return {
      mode,
      ...(proxyTraffic === undefined ? {} : { proxyTraffic }),
      leavesOut: runs[0]?.platform.leavesOut ?? [],
      rounds: runs.map(({ addedUs }) => addedUs),
    };
  });
}

const reason = whyNoUser();
if (reason !== undefined) throw new Error(`the modes cannot be measured here: ${reason}`);
const user = await makeUser();
try {
  user.setIds(true);
  user.setSudo(true);
  const figures = await campaign(named.length > 0 ? MODES.filter((mode) => named.includes(mode)) : MODES, user);
  for (const entry of figures) {
    console.log(rowOf(entry));
    if (!isTry) keepMeasured(`modes/${entry.mode}`, entry);
  }
  if (!isTry) {
    const machine = `${cpus().length} cores, Linux ${release()}, Node ${process.version}`;
    const table = tableOf(figures, { at: new Date().toISOString(), machine });
    writeFileSync(DOCUMENT, withTable(readFileSync(DOCUMENT, 'utf8'), table));
  }
} finally {
  user.remove();
}
