import { describe, expect, it } from 'vitest';
import { isMissing } from '../../src/record/measured.ts';
import { deploymentOf, trialsOf, workplace, writeScenario } from '../system/cli.ts';
import { measureOneBlock } from '../system/oneBlock.ts';
import { ourNamespaces, resultsOf, whyNoIstio } from './cluster.ts';

// Three services with small sidecars fill a node of two cores.
const scenarioOf = (services: string) => `# Does each hop of several services prove itself in a cluster?
name: hops
platform: kubernetes
treatments:
  - mesh: none
  - { mesh: istio, settings: { mtls: strict, cpuRequest: 10m, memoryRequest: 64Mi } }
services: ${services}
load: { arrivalRate: 50/s, connections: 4, warmUp: 500ms, duration: 1s }
`;
const SERVICES = ['server', 'server-2', 'server-3'];
const PROOF = ['attempts', 'peer-identity', 'proxy-counters', 'handshakes', 'plaintext'];

describe.each([
  { services: '{ topology: chain, depth: 3 }', callers: ['client', 'server', 'server-2'] },
  { services: '{ topology: fan-out, width: 2 }', callers: ['client', 'server', 'server'] },
])('services $services in a cluster', ({ services, callers }) => {
  it('counts each request at each service with the identity of its caller, and leaves nothing', async (context) => {
    const reason = await whyNoIstio();
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    await measureOneBlock(place, ['run', writeScenario(place, scenarioOf(services)), '--seed', '3'], 300_000);
    const trials = trialsOf(place);
    for (const trial of trials) {
      const isMeshed = trial.spec.cell.treatment === 'istio';
      const sent = trial.clients[0]?.segments.reduce((sum, { counts }) => sum + counts.sent, 0);
      const { expectation, pods } = deploymentOf(place, trial.spec.deploymentId);
      const namespace = pods[0]?.namespace;
      const sa = (name: string) => (isMeshed ? `spiffe://cluster.local/ns/${namespace}/sa/${name}` : null);
      const seen = trial.services.map(({ pod, tally }) => [
        pod,
        isMissing(tally) ? [] : tally.byIdentity.map(({ identity, requests }) => ({ identity, requests })),
      ]);
      expect(seen).toEqual(
        SERVICES.map((pod, index) => [pod, [{ identity: sa(callers[index] ?? ''), requests: sent }]]),
      );
      const proxies = trial.processes.filter(({ role }) => role === 'proxy').map(({ hop }) => hop);
      expect(proxies.sort()).toEqual(isMeshed ? ['client', ...SERVICES] : []);
      const applications = trial.processes.filter(({ role }) => role === 'application').map(({ hop }) => hop);
      expect(applications.sort()).toEqual(SERVICES);
      expect(expectation.requestCounters).toHaveLength(isMeshed ? 6 : 0);
    }
    expect(trials.some(({ spec }) => spec.cell.treatment === 'istio')).toBe(true);
    const failed = resultsOf(place).trials.flatMap(({ gates }) =>
      gates.filter(({ gate, answer }) => PROOF.includes(gate) && answer !== 'pass'),
    );
    expect(failed).toEqual([]);
    expect(await ourNamespaces()).toEqual([]);
  }, 600_000);
});
