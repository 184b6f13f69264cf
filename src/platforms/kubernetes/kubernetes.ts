import { randomBytes } from 'node:crypto';
import { reasonOf, UserError } from '../../host/problems.ts';
import { isMissing } from '../../record/measured.ts';
import type { RunRecord } from '../../record/runRecord.ts';
import type { CheckLine, OpenPlatform, Platform, PlatformContext } from '../platform.ts';
import { serviceNodes } from '../topology.ts';
import { createApi } from './api.ts';
import { cleanCluster } from './clean.ts';
import { type Connection, connect } from './connect.ts';
import { deployInCluster } from './deploy.ts';
import { retireAll } from './namespace.ts';
import { type Preflight, preflight } from './preflight.ts';
import { type Probed, probe } from './probe.ts';
import type { ClusterSite } from './site.ts';

export const kubernetes: Platform = { check, open, clean: cleanCluster };

/** @throws UserError where the cluster is not there at all; what it lacks is told in its lines */
async function check(context: PlatformContext): Promise<readonly CheckLine[]> {
  const connection = connect(context.options.kubernetes);
  return (await look(context, connection, { meshesRequired: false })).lines;
}

const servicesOf = ({ scenario }: PlatformContext) => serviceNodes(scenario?.services ?? { topology: 'echo' });

async function look(
  platform: PlatformContext,
  connection: Connection,
  { meshesRequired }: { meshesRequired: boolean },
): Promise<Preflight> {
  const { options, scenario } = platform;
  const { kubeConfig, server, context } = connection;
  try {
    return await preflight({
      api: createApi(kubeConfig, server),
      server,
      context,
      image: options.kubernetes.image,
      treatments: scenario?.treatments ?? [],
      services: servicesOf(platform),
      meshesRequired,
    });
  } catch (error) {
    throw new UserError(reasonOf(error), {
      exitCode: 3,
      hint: `context ${context}: is the cluster up, and are these credentials its own?`,
      cause: error,
    });
  }
}

async function open(context: PlatformContext): Promise<OpenPlatform> {
  const { host, ledger, options, say, scenario, signal } = context;
  const connection = connect(options.kubernetes);
  const found = await look(context, connection, { meshesRequired: true });
  mustPass(found.lines);
  for (const line of found.lines) if (line.outcome === 'warning') say(`${line.what}: ${line.detail}`);
  if ('none' in found.control) throw new UserError(found.control.none, { exitCode: 3 });
  const site: ClusterSite = {
    host,
    ledger,
    api: createApi(connection.kubeConfig, connection.server),
    connection,
    options: options.kubernetes,
    signal,
    controlPath: found.control.path,
    agentProgram: await host.readText(context.agentFile),
    token: randomBytes(32).toString('hex'),
    standing: new Set(),
    placement: found.placement,
    address: scenario?.services.address ?? 'service',
    memoryLimitBytes: scenario?.services.memoryLimitBytes,
    services: servicesOf(context),
    controlPlanes: found.controlPlanes,
  };
  const probed = await probe(site, say).catch(async (error: unknown) => {
    for (const problem of await retireAll(site)) say(`not taken down: ${problem}`);
    throw error;
  });
  const measured = { ...site, controlPath: probed.controlPath };
  return {
    facts: factsOf(measured, found, probed),
    environment: async () => probed.environment,
    meterIdle: async () => ({ missing: 'pods are not tied to cores here, so no core can be metered by itself' }),
    calibrate: async () => ({ missing: 'the driver is calibrated on the local platform only' }),
    deploy: (spec) => deployInCluster(measured, spec),
    close: async () => (options.kubernetes.keep ? [] : retireAll(measured)),
  };
}

function mustPass(lines: readonly CheckLine[]): void {
  const failed = lines.filter(({ outcome }) => outcome === 'failed');
  const [first] = failed;
  if (first === undefined) return;
  throw new UserError(failed.map(({ what, detail }) => `not given: ${what}: ${detail}`).join('; '), {
    exitCode: 3,
    hint: first.hint ?? 'meshtax check --platform kubernetes',
  });
}

function factsOf(site: ClusterSite, found: Preflight, probed: Probed): RunRecord['platform'] {
  const { client, server } = site.placement;
  const isOneNode = client === server;
  const { environment } = probed;
  return {
    id: 'kubernetes',
    mode: isOneNode ? 'one node' : 'two nodes',
    refused: [],
    leavesOut: [
      ...(isOneNode
        ? ['driver, service and proxies share one node: no network is between them, and each takes CPU from the others']
        : []),
      'no pod is tied to cores of its own: driver, service and proxies may run on the same core',
    ],
    affinity: { missing: 'pods are not tied to cores' },
    details: {
      kubernetes: found.serverVersion,
      image: site.options.image,
      controlPath: site.controlPath,
      address: site.address,
      ...(client === undefined ? {} : { clientNode: client }),
      ...(server === undefined ? {} : { serverNode: server }),
      ...nodeDetails(found, server),
      ...(isMissing(environment.cpuModel) ? {} : { cpuModel: environment.cpuModel }),
      ...Object.fromEntries(
        [...found.controlPlanes].map(([mesh, images]) => [`${mesh}ControlPlane`, images.join(', ')]),
      ),
    },
  };
}

function nodeDetails({ nodes }: Preflight, name: string | undefined): Record<string, string> {
  const info = nodes.find(({ metadata }) => metadata?.name === name)?.status?.nodeInfo;
  if (info === undefined) return {};
  return { kubelet: info.kubeletVersion, containerRuntime: info.containerRuntimeVersion, nodeSystem: info.osImage };
}
