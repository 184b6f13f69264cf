/**
 * npm run verify:platforms: why does a sidecar pair add another latency in a cluster than on one machine? Runs one
 * scenario on both platforms, with one thing switched at a time, keeps the runs below docs/measured/platforms, and prints
 * the steps. Needs root, KUBECONFIG of a cluster on this machine with Istio, MESHTAX_IMAGE, and 25 idle minutes.
 */
// @ts-nocheck

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { runCli, workplace, writeScenario } from '../system/cli.ts';
import { addedIn, RUNS, type RunId, rowText, scenarioText, stepsOf } from './platformRuns.ts';

const KEPT = path.resolve(import.meta.dirname, '../../docs/measured/platforms');
const RATE = process.argv[2] ?? '500/s';
const SEED = '20261125';

const runs = new Map<RunId, Awaited<ReturnType<typeof addedIn>>>();
for (const { id, args, address } of RUNS) {
  const kept = path.join(KEPT, id);
  // A campaign that was cut off goes on where it was; remove the folder to begin anew.
  if (existsSync(kept)) {
    runs.set(id, await addedIn(nodeHost(), kept));
    continue;
  }
  const place = workplace();
  const file = writeScenario(place, scenarioText(RATE, address));
  const { code, stderr } = await runCli(place, ['run', file, '--seed', SEED, ...args]);
  const reports = path.join(place.directory, 'reports');
  const [folder] = readdirSync(reports);
  if (folder === undefined || !existsSync(path.join(reports, folder, 'trials', '00001.json')))
    throw new Error(`${id} ended with ${code}: ${stderr}`);
  mkdirSync(kept, { recursive: true });
  for (const part of ['run.json', 'summary.jsonl', 'events.jsonl', 'trials', 'deployments']) {
    cpSync(path.join(reports, folder, part), path.join(kept, part), { recursive: true });
  }
  rmSync(place.directory, { recursive: true });
  // Where the scenario lay on this machine is nobody's business.
  const record = path.join(kept, 'run.json');
  writeFileSync(record, readFileSync(record, 'utf8').replaceAll(`${place.directory}/`, ''));
  const found = await addedIn(nodeHost(), kept);
  runs.set(id, found);
  for (const [treatment, { added }] of found) {
    console.log(
      `${id} ${treatment}: added p50 ${added.pointUs} µs (${added.lowUs} to ${added.highUs}), ${added.blocks} blocks, exit ${code}`,
    );
  }
}
for (const row of stepsOf(runs)) console.log(rowText(row));
