import path from 'node:path';
import type { AgentClient } from '../../src/agent/client.ts';
import type { TaskResults } from '../../src/agent/protocol.ts';
import type { Deployment, OpenPlatform, Platform, PlatformContext } from '../../src/platforms/platform.ts';
import type { DeploymentSpec } from '../../src/scenario/trial.ts';
import { deploymentFixture, trialFixture } from '../analysis/fixtures/trials.ts';

/** Agents that have measured what the fixture of a trial without a mesh says, at the median response time that is told. */
function agent(host: PlatformContext['host'], medianUs: number): AgentClient {
  const { clients, services, machine, hiccups } = trialFixture({ medianUs });
  const { id: _, node: __, clock: ___, ...drive } = clients[0] ?? { id: '', node: '', clock: [] };
  const results = {
    drive,
    count: services[0]?.tally,
    watch: { processes: [], machine, hiccups },
  } as unknown as TaskResults;
  return {
    clock: async () => ({ runnerUs: host.monotonicUs(), agentUs: host.monotonicUs(), roundTripUs: 100 }),
    put: async () => {},
    result: async (_id, kind) => results[kind],
    finished: async (_id, kind) => results[kind],
    remove: async () => {},
  };
}

/** A platform of this process's own: a deployment is a folder that is written down before it is made. */
export const platformWith = (medianUs: (spec: DeploymentSpec) => number): Platform => ({
  check: async () => [],
  async open({ host, ledger }: PlatformContext): Promise<OpenPlatform> {
    const deploy = async (spec: DeploymentSpec): Promise<Deployment> => {
      const folder = path.join(host.tempDirectory, `meshtax-${ledger.runId}`);
      await ledger.creating({ what: 'directory', path: folder });
      await host.makeDirectory(path.join(folder, spec.id));
      const own = agent(host, medianUs(spec));
      const watcher = { agent: own, processes: [], metersSystem: true };
      return {
        id: spec.id,
        record: { ...deploymentFixture(spec.id, { name: spec.treatment.name, meshed: false }), block: spec.block },
        target: { host: 'server', port: 1, authority: 'server' },
        agents: { client: own, server: own },
        services: [{ pod: 'server', agent: own }],
        watchers: [watcher],
        nodes: { client: 'here', server: 'here' },
        leadMs: 1,
        driverHasOwnCore: true,
        counters: async () => [],
        plaintextControl: async () => ({ status: 200 }),
        restarts: async () => [],
        retire: async () => {
          try {
            await host.remove(folder);
            return [];
          } catch (error) {
            return [(error as Error).message];
          }
        },
      };
    };
    return {
      facts: {
        id: 'local',
        mode: 'ports',
        refused: [],
        leavesOut: [],
        affinity: { missing: 'not asked' },
        details: {},
      },
      environment: async () => ({
        kernel: 'k',
        cpuModel: 'c',
        cores: 2,
        memoryBytes: 1,
        governor: { missing: 'none' },
        cgroupVersion: '2',
        irqTimeAccounting: true,
        virtualised: true,
        node: 'v20',
      }),
      meterIdle: async () => ({ missing: 'not metered' }),
      calibrate: async () => ({ missing: 'not calibrated' }),
      deploy,
      close: async () => [],
    };
  },
});

/** Every treatment alike. */
export const fakePlatform = platformWith(() => 500);
