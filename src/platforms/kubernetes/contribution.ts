import { UserError } from '../../host/problems.ts';
import { meshEntry } from '../../meshes/index.ts';
import type { KubernetesContext, KubernetesContribution } from '../../meshes/mesh.ts';
import type { DeploymentSpec } from '../../scenario/trial.ts';
import type { ServiceNode } from '../topology.ts';
import { CLUSTER_DOMAIN, CONTROL_PORT, SERVICE_PORT, serviceHost, serviceOf, WATCHER_PORT } from './names.ts';

/** No mesh, for what is deployed or counted without any treatment. */
export const BARE = { mesh: 'none', settings: {} } as const;

/** What a treatment's mesh adds to the deployment's namespace. @throws UserError (exit 3) where it cannot be had here */
export async function contributionFor(
  { mesh: id, settings }: Pick<DeploymentSpec['treatment'], 'mesh' | 'settings'>,
  { namespace, services }: { namespace: string; services: readonly ServiceNode[] },
): Promise<KubernetesContribution> {
  const mesh = await meshEntry(id).load();
  const contribution = mesh.kubernetes?.({
    settings,
    namespace,
    clusterDomain: CLUSTER_DOMAIN,
    service: { name: serviceOf('server'), host: serviceHost(namespace, 'server'), port: SERVICE_PORT },
    serviceAccounts: { client: 'client', server: 'server' },
    ...furtherOf(services, namespace),
    controlPorts: [CONTROL_PORT, WATCHER_PORT],
  });
  if (contribution === undefined) throw new UserError(`mesh ${id} does not run on kubernetes`, { exitCode: 3 });
  if ('unsupported' in contribution) {
    throw new UserError(`mesh ${id} on kubernetes: ${contribution.unsupported}`, { exitCode: 3 });
  }
  return contribution;
}

/** Each pod runs as an account of its own name, by which its peers know it. */
function furtherOf(services: readonly ServiceNode[], namespace: string): Pick<KubernetesContext, 'further'> {
  const further = services.flatMap(({ name, calledBy }) =>
    name === 'server' ? [] : [{ hop: name, host: serviceHost(namespace, name), calledBy, serviceAccount: name }],
  );
  return further.length === 0 ? {} : { further };
}
