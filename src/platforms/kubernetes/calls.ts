import type { V1Pod, V1Service } from '@kubernetes/client-node';
import { UserError } from '../../host/problems.ts';
import { waitUntil } from '../../host/waitUntil.ts';
import type { KubernetesContribution } from '../../meshes/mesh.ts';
import { callFrom, FIRST_CALL } from '../asking.ts';
import type { Deployment } from '../platform.ts';
import type { ServiceName } from '../topology.ts';
import { serviceOf } from './names.ts';
import type { ClusterSite } from './site.ts';

const ANSWERS_WITHIN_MS = 30_000;
const ENFORCED_WITHIN_MS = 15_000;

/** The Service's virtual address, or the pod's own. Never a name: each connection would look it up again. */
export async function addressOf(
  site: ClusterSite,
  of: { namespace: string; name: ServiceName; pod: V1Pod },
): Promise<string> {
  const service = `/api/v1/namespaces/${of.namespace}/services/${serviceOf(of.name)}`;
  const address =
    site.address === 'pod-ip' ? of.pod.status?.podIP : (await site.api.get<V1Service>(service)).spec?.clusterIP;
  if (address === undefined) throw new Error(`the ${site.address} has no address`);
  return address;
}

/** A mesh's configuration takes a moment to reach its proxies: asked again until the first call is answered with 200. */
export async function untilAnswered(
  site: ClusterSite,
  client: Deployment['agents']['client'],
  target: Deployment['target'],
): Promise<void> {
  let last = 'no call was made';
  let calls = 0;
  const answered = await waitUntil(
    site.host,
    async () => {
      const answer = await callFrom(client, `first-call-${++calls}`, target, FIRST_CALL);
      if ('status' in answer && answer.status === 200) return true;
      last = 'refused' in answer ? answer.refused : `${answer.status} ${answer.body.slice(0, 200)}`;
      return undefined;
    },
    { everyMs: 200, deadlineMs: ANSWERS_WITHIN_MS, signal: site.signal },
  );
  if (answered !== undefined) return;
  throw new UserError(`the client's calls to ${target.host}:${target.port} are not answered: ${last}`, {
    exitCode: 3,
    hint: 'under strict mutual TLS a client without a sidecar is refused; else look at the mesh with --keep',
  });
}

/** A policy takes up to some seconds to be in force at every proxy; what it never becomes, the trial's gates will say. */
export async function untilEnforced(
  site: ClusterSite,
  contribution: KubernetesContribution,
  call: () => ReturnType<Deployment['plaintextControl']>,
): Promise<void> {
  const { plaintext, refusalStatus } = contribution.expectation;
  if (contribution.sidecar === null || plaintext === null) return;
  await waitUntil(
    site.host,
    async () => {
      const seen = await call();
      const isRefused = 'refused' in seen || ('status' in seen && seen.status === refusalStatus);
      return isRefused === (plaintext === 'refused') ? true : undefined;
    },
    { everyMs: 300, deadlineMs: ENFORCED_WITHIN_MS, signal: site.signal },
  );
}
