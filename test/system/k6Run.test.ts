import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { k6Binary, WHY_NO_K6 } from '../k6Binary.ts';
import { leftOf, NOTHING, runFolder, trialsOf, whyNoEnvoy, whyNotRoot, workplace, writeScenario } from './cli.ts';
import { measureOneBlock } from './oneBlock.ts';

const SCENARIO = `# What does the pair add, seen by k6?
name: by-k6
treatments:
  - mesh: none
  - { mesh: envoy, settings: { mtls: strict, concurrency: 1 } }
load: { driver: k6, arrivals: constant, arrivalRate: 200/s, connections: 4, warmUp: 500ms, duration: 1s }
blocks: { min: 6 }
`;
/** What does not hang on how busy this machine is. */
const PROOF = ['peer-identity', 'proxy-counters', 'plaintext', 'unsent', 'payload', 'errors'];

interface Judged {
  treatment: string;
  gates: { gate: string; answer: string; detail: string }[];
}

it('a run that a real k6 drives proves every request, asks for its lateness beyond its clock, and leaves nothing', {
  timeout: 120_000,
}, async (context) => {
  const reason = whyNotRoot() ?? whyNoEnvoy() ?? (k6Binary === undefined ? WHY_NO_K6 : undefined);
  if (reason !== undefined) context.skip(reason);
  const place = workplace();
  await measureOneBlock(place, ['run', writeScenario(place, SCENARIO), '--mode', 'root', '--k6', k6Binary ?? '']);
  const trials = trialsOf(place);
  expect(trials.flatMap(({ clients }) => clients.map(({ driver }) => driver))).toEqual(trials.map(() => 'k6'));
  const drivers = trials.flatMap(({ processes }) => processes.filter(({ role }) => role === 'driver'));
  // k6 runs beside the agent: the agent's own CPU time would pass for the driver's.
  expect(drivers.map(({ samples }) => samples)).toEqual(
    trials.map(() => ({ missing: 'k6 is a process of its own, which comes and goes with the load' })),
  );
  const file = path.join(runFolder(place) ?? '', 'results.json');
  const judged: Judged[] = JSON.parse(readFileSync(file, 'utf8')).trials;
  const meshed = judged.filter(({ treatment }) => treatment === 'envoy').flatMap(({ gates }) => gates);
  expect(meshed.filter(({ gate, answer }) => PROOF.includes(gate) && answer !== 'pass')).toEqual([]);
  const lateness = judged.flatMap(({ gates }) => gates.filter(({ gate }) => gate === 'lateness'));
  expect(lateness.length).toBe(judged.length);
  for (const { detail } of lateness) expect(detail).toMatch(/ of \d+ requests sent over 2 ms late/);
  expect(leftOf(place)).toEqual(NOTHING);
});
