// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { deploymentOf, runCli, trialsOf, workplace, writeScenario } from '../system/cli.ts';
import { ourNamespaces, resultsOf, whyNoCluster, whyNoIstio } from './cluster.ts';

const SCENARIO = `# Does the whole way hold in a cluster, from the scenario to the report?
name: whole
platform: kubernetes
treatments:
  - mesh: none
  - name: strict
    mesh: istio
    settings: { mtls: strict }
load: { arrivalRate: 50/s, connections: 4, warmUp: 500ms, duration: 1s }
budgets: documented
`;

describe('a whole run in a cluster', () => {
  it('proves every request, names the build, reads every process, and leaves nothing', async (context) => {
    const reason = await whyNoIstio();
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const { code, stdout, stderr } = await runCli(place, ['run', writeScenario(place, SCENARIO), '--seed', '3']);
    // Which of these depends on the machine; anything else is a fault.
    expect([0, 1, 4], stderr).toContain(code);
    const results = resultsOf(place);
    expect(results.trials.filter(({ outcome }) => outcome === 'void')).toEqual([]);
    for (const trial of trialsOf(place)) {
      const sent = trial.clients[0]?.segments.reduce((sum, { counts }) => sum + counts.sent, 0);
      expect(trial.services[0]?.tally).toMatchObject({ requests: sent, malformed: 0 });
      const isMeshed = trial.spec.cell.treatment === 'strict';
      const roles = trial.processes.map(({ role, hop, samples }) => `${role} ${hop} ${Array.isArray(samples)}`).sort();
      expect(roles).toEqual(isMeshed ? MESHED : BARE);
      expect(trial.processes.filter(({ throttling }) => Array.isArray(throttling))).toHaveLength(isMeshed ? 2 : 0);
      expect(trial.restarts).toEqual([]);
      expect(trial.controls[0]?.observed).toEqual(isMeshed ? { refused: 'ECONNRESET' } : { status: 200 });
      if (!isMeshed) continue;
      const { proxies, expectation } = deploymentOf(place, trial.spec.deploymentId);
      expect(proxies.map(({ hop, native, concurrencyEffective }) => [hop, native, concurrencyEffective])).toEqual([
        ['client', true, 2],
        ['server', true, 2],
      ]);
      expect(expectation.build).toMatch(/^Istio/);
    }
    if (results.loads[0]?.treatments.some(({ build }) => build.includes('upstream Envoy'))) {
      expect(stdout).toContain('not a release of Istio');
    }
    expect(await ourNamespaces()).toEqual([]);
  }, 900_000);

  it('leaves its last deployment up with --keep, until meshtax clean', async (context) => {
    const reason = whyNoCluster();
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const alone = SCENARIO.replace(/ {2}- name: strict[\s\S]*?strict \}\n/, '').replace('budgets: documented\n', '');
    const fast = alone.replace('duration: 1s', 'duration: 500ms').replace('warmUp: 500ms', 'warmUp: 100ms');
    await runCli(place, ['run', writeScenario(place, fast), '--keep']);
    expect(await ourNamespaces()).toHaveLength(1);
    const cleaned = await runCli(place, ['clean', '--platform', 'kubernetes']);
    expect(cleaned.stdout).toMatch(/^removed namespace meshtax-\S+ of /);
    expect(await ourNamespaces()).toEqual([]);
  }, 600_000);
});

const BARE = ['application server true', 'driver client true'];
const MESHED = [
  ...BARE,
  'proxy client true',
  'proxy server true',
  'proxy-agent client true',
  'proxy-agent server true',
].sort();
