import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPORT_FILES } from '../cli/hostileRun.ts';
import {
  leftOf,
  NOTHING,
  runCli,
  runFolder,
  trialsOf,
  whyNoEnvoy,
  whyNotRoot,
  workplace,
  writeScenario,
} from './cli.ts';

const SCENARIO = `# Does a short run prove what it measured?
name: short
treatments:
  - mesh: none
  - mesh: envoy
    settings: { mtls: strict, concurrency: 1 }
load: { arrivalRate: 300/s, connections: 4, warmUp: 100ms, duration: 500ms }
blocks: { min: 6 }
budgets: documented
`;
const PROOF = ['attempts', 'peer-identity', 'proxy-counters', 'handshakes', 'plaintext', 'concurrency'];
const OTHER_FILES = [...REPORT_FILES, 'summary.jsonl', 'run.json'];

interface Results {
  trials: { treatment: string; gates: { gate: string; answer: string; detail: string }[] }[];
}

describe.each([
  { mode: 'ports', whyNot: whyNoEnvoy },
  { mode: 'root', whyNot: () => whyNotRoot() ?? whyNoEnvoy() },
])('a real run in mode $mode', ({ mode, whyNot }) => {
  it('proves mutual TLS for every request, keeps every trial, and leaves nothing on the machine', async (context) => {
    const reason = whyNot();
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const { code, stdout, stderr } = await runCli(place, ['run', writeScenario(place, SCENARIO), '--mode', mode]);
    expect([0, 1, 4], stderr).toContain(code);
    const folder = runFolder(place) ?? '';
    for (const file of OTHER_FILES) expect(existsSync(path.join(folder, file)), file).toBe(true);
    const results = JSON.parse(readFileSync(path.join(folder, 'results.json'), 'utf8')) as Results;
    const failed = results.trials.flatMap((trial) =>
      trial.gates.filter(({ gate, answer }) => PROOF.includes(gate) && answer === 'fail'),
    );
    expect(failed).toEqual([]);
    const meshed = trialsOf(place).filter((trial) => trial.spec.cell.treatment === 'envoy');
    expect(meshed.length).toBeGreaterThanOrEqual(6);
    for (const trial of meshed) {
      const tally = trial.services[0]?.tally;
      const identities = tally !== undefined && 'byIdentity' in tally ? tally.byIdentity : [];
      expect(identities.map(({ identity, attempt }) => ({ identity, attempt }))).toEqual([
        { identity: 'spiffe://cluster.local/ns/bench/sa/client', attempt: 1 },
      ]);
    }
    expect(Math.max(...stdout.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(80);
    expect(leftOf(place)).toEqual(NOTHING);
  }, 180_000);
});
