// @ts-nocheck
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { onPath, runCli, runFolder, type Workplace, whyNoEnvoy, workplace, writeScenario } from './cli.ts';
import { tamperedEnvoy, WITHOUT_TLS } from './matrix/tampering.ts';

const scenario = (load: string) => `# What happens when the mesh is not what was asked for?
name: faulty
treatments:
  - mesh: none
  - mesh: envoy
load: { arrivalRate: 400/s, ${load} }
blocks: { min: 6 }
budgets: documented
`;

interface Results {
  conclusion: { outcome: string; exitCode: number };
  trials: { index: number; treatment: string; outcome: string; gates: { gate: string; answer: string }[] }[];
}

const resultsOf = (place: Workplace): Results =>
  JSON.parse(readFileSync(path.join(runFolder(place) ?? '', 'results.json'), 'utf8'));
const failedGates = (results: Results, treatment: string) => {
  const gates = results.trials.filter((trial) => trial.treatment === treatment).flatMap((trial) => trial.gates);
  return new Set(gates.filter(({ answer }) => answer === 'fail').map(({ gate }) => gate));
};

describe('mutual TLS that is off where strict was asked', () => {
  it('makes every meshed trial void, and the verdict inconclusive', async (context) => {
    const reason = whyNoEnvoy() ?? (onPath('python3') ? undefined : 'needs python3 for the tampering wrapper');
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const { file: wrapper } = await tamperedEnvoy(place, { config: WITHOUT_TLS });
    const file = writeScenario(place, scenario('connections: 4, warmUp: 200ms, duration: 800ms'));
    const { code, stderr } = await runCli(place, ['run', file, '--envoy', wrapper]);
    expect(code, stderr).toBe(4);
    const results = resultsOf(place);
    expect(results.conclusion).toMatchObject({ outcome: 'inconclusive', exitCode: 4 });
    expect([...failedGates(results, 'envoy')]).toEqual(
      expect.arrayContaining(['peer-identity', 'handshakes', 'plaintext']),
    );
    const outcomes = results.trials.filter(({ treatment }) => treatment === 'envoy').map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['void']));
  }, 180_000);
});
