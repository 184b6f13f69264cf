import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isMissing } from '../../src/record/measured.ts';
import type { RunRecord } from '../../src/record/runRecord.ts';
import {
  deploymentOf,
  eventsOf,
  leftOf,
  NOTHING,
  runCli,
  runFolder,
  startCli,
  trialsOf,
  until,
  whyNoEnvoy,
  whyNotRoot,
  workplace,
  writeScenario,
} from './cli.ts';

const scenarioOf = (services: string) => `# Does each hop of several services prove itself?
name: hops
treatments: [{ mesh: none }, { mesh: envoy, settings: { mtls: strict, concurrency: 1 } }]
services: ${services}
load: { arrivalRate: 100/s, connections: 4, warmUp: 100ms, duration: 500ms }
`;
const PROOF = ['attempts', 'peer-identity', 'proxy-counters', 'handshakes', 'plaintext'];
const SA = 'spiffe://cluster.local/ns/bench/sa';

describe.each([
  {
    services: '{ topology: chain, depth: 3 }',
    callers: { server: `${SA}/client`, 'server-2': `${SA}/echo`, 'server-3': `${SA}/echo-2` },
  },
  {
    services: '{ topology: fan-out, width: 2 }',
    callers: { server: `${SA}/client`, 'server-2': `${SA}/echo`, 'server-3': `${SA}/echo` },
  },
])('a real run over services $services', ({ services, callers }) => {
  it('counts each request at each service with the identity of its caller, and leaves nothing', async (context) => {
    const reason = whyNotRoot() ?? whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const cli = startCli(place, ['run', writeScenario(place, scenarioOf(services)), '--mode', 'root']);
    await until('the end of the first block', () => {
      expect(cli.child.exitCode, cli.stderr()).toBe(null);
      return eventsOf(place).find(({ kind, index }) => kind === 'trial-started' && index === 4);
    });
    cli.child.kill('SIGINT');
    expect(await cli.ended, cli.stderr()).toBe(130);

    const meshed = trialsOf(place).filter(({ spec }) => spec.cell.treatment === 'envoy');
    expect(meshed.length).toBeGreaterThanOrEqual(1);
    for (const trial of meshed) {
      const sent = trial.clients.flatMap((client) => client.segments).reduce((sum, { counts }) => sum + counts.sent, 0);
      const seen = trial.services.map(({ pod, tally }) => [pod, isMissing(tally) ? [] : tally.byIdentity]);
      expect(seen).toEqual(
        Object.entries(callers).map(([pod, identity]) => [pod, [{ identity, attempt: 1, requests: sent }]]),
      );
      // A sidecar beside the client and each of the three services, all of them watched.
      const proxies = trial.processes.filter(({ role }) => role === 'proxy');
      expect(proxies.map(({ hop }) => hop).sort()).toEqual(['client', 'server', 'server-2', 'server-3']);
      const { expectation } = deploymentOf(place, trial.spec.deploymentId);
      expect(expectation.requestCounters).toHaveLength(6);
    }
    const reported = await runCli(place, ['report', runFolder(place) ?? '']);
    expect(reported.code, reported.stderr).toBe(4);
    const results = JSON.parse(readFileSync(path.join(runFolder(place) ?? '', 'results.json'), 'utf8')) as {
      trials: { gates: { gate: string; answer: string; detail: string }[] }[];
    };
    const failed = results.trials.flatMap(({ gates }) =>
      gates.filter(({ gate, answer }) => PROOF.includes(gate) && answer !== 'pass'),
    );
    expect(failed).toEqual([]);
    const run = JSON.parse(readFileSync(path.join(runFolder(place) ?? '', 'run.json'), 'utf8')) as RunRecord;
    expect(run.platform.details['link']).toBe('bridge');
    expect(leftOf(place)).toEqual(NOTHING);
  });

  it('is refused in a mode without network namespaces, with the way out', async (context) => {
    const reason = whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const { code, stderr } = await runCli(place, [
      'run',
      writeScenario(place, scenarioOf(services)),
      '--mode',
      'ports',
    ]);
    expect([code, stderr.includes('mode ports has no network namespaces')]).toEqual([3, true]);
  });
});
