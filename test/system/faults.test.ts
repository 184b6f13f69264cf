import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { findEnvoy } from '../../src/platforms/local/envoyBinary.ts';
import {
  deploymentOf,
  eventsOf,
  onPath,
  runCli,
  runFolder,
  startCli,
  trialsOf,
  type Workplace,
  whyNoEnvoy,
  whyNotRoot,
  workplace,
  writeScenario,
} from './cli.ts';

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

describe('a sidecar that is bypassed in mid-trial', () => {
  it('makes the trial invalid by the gate of the peer identity, and the verdict inconclusive', async (context) => {
    const reason = whyNotRoot() ?? whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const file = writeScenario(
      place,
      scenario('connections: 8, requestsPerConnection: 40, warmUp: 200ms, duration: 3s'),
    );
    const cli = startCli(place, ['run', file, '--mode', 'root']);
    let over = false;
    void cli.ended.then(() => {
      over = true;
    });
    const bypassed = new Set<string>();
    while (!over) {
      const events = eventsOf(place);
      const last = events.at(-1);
      const id = events.filter((event) => event.kind === 'deployed').at(-1)?.deploymentId;
      const isDue =
        last?.kind === 'trial-started' && last.treatment === 'envoy' && id !== undefined && !bypassed.has(id);
      if (isDue) {
        bypassed.add(id);
        await sleep(1700); // after the driver's lead, in mid-window
        bypass(place, id);
      }
      await sleep(20);
    }
    expect(await cli.ended, cli.stderr()).toBe(4);
    // First the proof that requests did get past the sidecars: the service counted them.
    const meshed = trialsOf(place).filter((trial) => trial.spec.cell.treatment === 'envoy');
    for (const trial of meshed) {
      const tally = trial.services[0]?.tally;
      const seen = tally !== undefined && 'byIdentity' in tally ? tally.byIdentity : [];
      const past = seen.filter(({ identity }) => identity === null).reduce((sum, { requests }) => sum + requests, 0);
      expect(past).toBeGreaterThan(100);
    }
    const results = resultsOf(place);
    expect(results.conclusion).toMatchObject({ outcome: 'inconclusive', exitCode: 4 });
    for (const trial of results.trials.filter(({ treatment }) => treatment === 'envoy')) {
      expect(trial.outcome).toBe('void');
    }
    expect([...failedGates(results, 'envoy')]).toEqual(expect.arrayContaining(['peer-identity', 'proxy-counters']));
    expect([...failedGates(results, 'none')]).not.toContain('peer-identity');
  }, 180_000);
});

/** Half of the client's new connections leave past its proxy, and arrive past the server's. */
function bypass(place: Workplace, deploymentId: string): void {
  const { pods } = deploymentOf(place, deploymentId);
  const inPod = (name: string, ...rule: string[]) => {
    const pid = pods.find((pod) => pod.name === name)?.pid;
    execFileSync('nsenter', ['--target', String(pid), '--net', 'iptables', '--table', 'nat', '--insert', ...rule]);
  };
  const half = ['--match', 'statistic', '--mode', 'nth', '--every', '2', '--packet', '0'];
  const byDriver = ['--match', 'owner', '!', '--uid-owner', '1337'];
  inPod('server', 'PREROUTING', '--protocol', 'tcp', '--dport', '8081', '--jump', 'REDIRECT', '--to-ports', '8080');
  inPod(
    'client',
    'OUTPUT',
    '--protocol',
    'tcp',
    '--dport',
    '8080',
    ...byDriver,
    ...half,
    '--jump',
    'DNAT',
    '--to-destination',
    '10.77.0.2:8081',
  );
}

describe('mutual TLS that is off where strict was asked', () => {
  it('makes every meshed trial void, and the verdict inconclusive', async (context) => {
    const reason = whyNoEnvoy() ?? (onPath('python3') ? undefined : 'needs python3 for the tampering wrapper');
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const { path: envoy } = await findEnvoy({ host: nodeHost(), given: undefined, say: () => {} });
    // The proxy's user has to reach what the wrapper starts.
    const reachable = path.join(place.directory, 'envoy');
    copyFileSync(envoy, reachable);
    const wrapper = path.join(place.directory, 'envoy-without-tls');
    writeFileSync(wrapper, withoutTls(reachable));
    chmodSync(wrapper, 0o755);
    chmodSync(place.directory, 0o755);
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

/** An Envoy that takes mutual TLS out of the configuration it is given, as a wrong template in a cluster would. */
function withoutTls(envoy: string): string {
  return `#!/usr/bin/env python3
import json, os, sys
args = sys.argv[1:]
if '-c' in args:
    at = args.index('-c') + 1
    with open(args[at]) as f: config = json.load(f)
    resources = config['static_resources']
    for cluster in resources['clusters']:
        cluster.pop('transport_socket', None)
    for listener in resources['listeners']:
        for chain in listener['filter_chains']:
            if chain.pop('transport_socket', None) is not None:
                chain['filter_chain_match']['transport_protocol'] = 'raw_buffer'
    args[at] = args[at] + '.plain'
    with open(args[at], 'w') as f: json.dump(config, f)
os.execv('${envoy}', ['envoy'] + args)
`;
}
