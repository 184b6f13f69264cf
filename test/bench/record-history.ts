/**
 * npm run record:history: records the campaign that `npm run verify:history` replays: 55 short runs of one scenario, each
 * with deployments of its own, 40 of them plain and 15 with 150 µs more of service behind the server's proxy, in an order
 * that lets no drift pass for the plant (`historyCampaign.ts`). One run begins every 135 s or later, which is two hours
 * in all; the machine has to be idle.
 *
 * Each run is one line of docs/measured/history.jsonl the moment it is over. Started again, it goes on where it stopped;
 * `npm run record:history -- 3` makes three more runs and ends.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { differenceText, obstacles } from '../../src/history/comparability.ts';
import { figuresOf } from '../../src/history/figures.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { LatencyHistogram } from '../../src/record/histogram.ts';
import { isMissing } from '../../src/record/measured.ts';
import { readRun } from '../../src/record/runDirectory.ts';
import type { TrialRecord } from '../../src/record/trialRecord.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { runCli, runFolder, workplace, writeScenario } from '../system/cli.ts';
import { CAMPAIGN_FILE, CAMPAIGN_SCHEMA, type CampaignLine, campaignOrder, readCampaign } from './historyCampaign.ts';

const EVERY_MS = 135_000;

const scenarioText = (plantedUs: number) => `# Does a history tell a planted cost from what runs differ by anyway?
name: history-campaign
treatments:
  - mesh: none
  - { mesh: envoy, settings: { mtls: strict, concurrency: 2 }, serviceTime: ${plantedUs}us }
load: { arrivals: poisson, arrivalRate: 500/s, connections: 16, responseBytes: 1kB, warmUp: 1s, duration: 3s }
blocks: { min: 6, max: 8 }
`;

/** p50 of the service's own times over every trial with proxies. */
function serviceP50(trials: readonly TrialRecord[]): number {
  const whole = LatencyHistogram.create();
  for (const { services } of trials.filter(({ spec }) => spec.cell.treatment === 'envoy')) {
    for (const { tally } of services) if (!isMissing(tally)) whole.merge(LatencyHistogram.decode(tally.serviceTime));
  }
  const p50 = whole.quantile(0.5);
  if (p50 === undefined) throw new Error('the service counted nothing');
  return p50;
}

async function runOnce(place: number, plantedUs: number): Promise<CampaignLine> {
  const at = workplace();
  const text = scenarioText(plantedUs);
  try {
    const { code, stderr } = await runCli(at, [
      'run',
      writeScenario(at, text),
      '--seed',
      String(1000 + place),
      '--quiet',
    ]);
    const folder = runFolder(at);
    if (folder === undefined || typeof code !== 'number') throw new Error(`run ${place} ended with ${code}: ${stderr}`);
    const parsed = parseScenario(text, 'scenario.yaml');
    if (!parsed.ok) throw new Error('the scenario of this script is wrong');
    const recorded = await readRun(nodeHost(), folder);
    const figures = figuresOf(analyseRun({ ...recorded, scenario: parsed.scenario }));
    if (!figures.complete) throw new Error(`run ${place} did not finish: ${stderr}`);
    return {
      schema: CAMPAIGN_SCHEMA,
      place,
      at: new Date().toISOString(),
      exitCode: code,
      plantedUs,
      serviceP50Us: serviceP50(recorded.trials),
      figures,
    };
  } finally {
    rmSync(at.directory, { recursive: true });
  }
}

/** A line that was cut short when a session ended is taken away, and its run made again. */
function withoutDamage(): CampaignLine[] {
  const { lines, damaged } = readCampaign();
  if (damaged.length === 0) return lines;
  for (const text of damaged) console.log(`not a run: ${text}`);
  const text = readFileSync(CAMPAIGN_FILE, 'utf8');
  if (damaged.length > 1 || text.endsWith('\n')) throw new Error(`${CAMPAIGN_FILE} was changed by hand: mend it first`);
  truncateSync(CAMPAIGN_FILE, Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)));
  return lines;
}

/** Runs of two machines are two campaigns. The scenario differs by the planted cost alone. */
function refuseAnotherMachine(first: CampaignLine | undefined, line: CampaignLine): void {
  if (first === undefined) return;
  const fields = obstacles(first.figures.environment, line.figures.environment).filter(({ id }) => id !== 'scenario');
  if (fields.length === 0) return;
  console.log(`the campaign was begun elsewhere: ${fields.map(differenceText).join('; ')}`);
  console.log(`move ${CAMPAIGN_FILE} away to begin a new one`);
  process.exit(3);
}

mkdirSync(path.dirname(CAMPAIGN_FILE), { recursive: true });
const order = campaignOrder();
const before = withoutDamage();
const end = Math.min(order.length, before.length + Number(process.argv[2] ?? order.length));
console.log(`${before.length} of ${order.length} runs are recorded`);
for (let place = before.length; place < end; place += 1) {
  const startedMs = Date.now();
  const line = await runOnce(place, order[place] ?? 0);
  refuseAnotherMachine(before[0], line);
  before.push(line);
  appendFileSync(CAMPAIGN_FILE, `${JSON.stringify(line)}\n`);
  const p50 = line.figures.quantities.find(({ what }) => what === 'added p50')?.value;
  const told = p50 === undefined || isMissing(p50) ? 'no added p50' : `added p50 ${p50.point.toFixed(0)} µs`;
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  console.log(`${place + 1} of ${order.length}: ${told} with ${line.plantedUs} µs planted, in ${seconds} s`);
  if (place + 1 < end) await sleep(Math.max(0, startedMs + EVERY_MS - Date.now()));
}
