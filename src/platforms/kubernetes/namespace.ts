import type { V1Namespace, V1Pod } from '@kubernetes/client-node';
import { reasonOf, UserError } from '../../host/problems.ts';
import { waitUntil } from '../../host/waitUntil.ts';
import type { KubernetesContribution } from '../../meshes/mesh.ts';
import { type ApiObject, ApiProblem } from './api.ts';
import { namespaceManifest, startFiles, supportManifests } from './manifests.ts';
import { MANAGED_BY, RUN_LABEL, runLabel } from './names.ts';
import type { ClusterSite } from './site.ts';

const AWAITED_WITHIN_MS = 20_000;
const GONE_WITHIN_MS = 120_000;
const POLL_MS = 200;

/** Makes a deployment's namespace with all that its pods need, and writes it down before. */
export async function makeNamespace(
  site: ClusterSite,
  name: string,
  contribution: KubernetesContribution,
): Promise<void> {
  const { api, ledger, connection, host } = site;
  if ((await api.find(`/api/v1/namespaces/${name}`)) !== undefined) {
    throw new UserError(`there is a namespace ${name} already`, {
      exitCode: 3,
      hint: 'meshtax clean --platform kubernetes',
    });
  }
  await ledger.creating({ what: 'cluster-namespace', server: connection.server, name });
  site.standing.add(name);
  await applying(`namespace ${name}`, () => api.apply(undefined, namespaceManifest(name, ledger.runId, contribution)));
  const { services, agentProgram } = site;
  const support = { runId: ledger.runId, services, agentProgram, starts: startFiles(site.token) };
  const manifests: ApiObject[] = [...supportManifests(support), ...contribution.manifests];
  await Promise.all(
    manifests.map((manifest) =>
      applying(`${manifest.kind} ${manifest.metadata?.name} in ${name}`, () => api.apply(name, manifest)),
    ),
  );
  const awaited = contribution.awaitedConfigMap;
  if (awaited === null) return;
  const found = await waitUntil(host, () => api.find(`/api/v1/namespaces/${name}/configmaps/${awaited}`), {
    everyMs: 50,
    deadlineMs: AWAITED_WITHIN_MS,
    signal: site.signal,
  });
  if (found !== undefined) return;
  throw new UserError(`the control plane did not put its ConfigMap ${awaited} into namespace ${name}`, {
    exitCode: 3,
    hint: "look at the mesh's control plane: it does not serve new namespaces",
  });
}

async function applying(what: string, apply: () => Promise<unknown>): Promise<void> {
  try {
    await apply();
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    const hint = error.status === 403 ? 'meshtax check --platform kubernetes lists what is allowed' : undefined;
    throw new UserError(`${what} could not be made: ${error.message}`, {
      exitCode: 3,
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    });
  }
}

/** A namespace of this run and no other: by our label, the run's, and the identity that was read with them. */
export function isOfRun(namespace: V1Namespace, runId: string): boolean {
  const labels = namespace.metadata?.labels ?? {};
  const isOurs = Object.entries(MANAGED_BY).every(([key, value]) => labels[key] === value);
  return isOurs && labels[RUN_LABEL] === runLabel(runId);
}

/**
 * Asks for a namespace of ours to be removed, pods first. When this returns no pod runs any more; the rest, which takes
 * nothing from the next trial, ends by itself within seconds.
 * @throws where the namespace is not of this run, or its pods do not end
 */
export async function endNamespace(
  { api, host }: Pick<ClusterSite, 'api' | 'host'>,
  name: string,
  runId: string,
): Promise<void> {
  const path = `/api/v1/namespaces/${name}`;
  const namespace = await api.find<V1Namespace>(path);
  if (namespace === undefined) return;
  if (!isOfRun(namespace, runId)) throw new Error(`it does not carry the label of run ${runId}: left alone`);
  await api.remove(`${path}/pods`);
  await api.remove(path, { preconditions: { uid: namespace.metadata?.uid } });
  const ended = await waitUntil(
    host,
    async () => ((await api.get<{ items: V1Pod[] }>(`${path}/pods`)).items.length === 0 ? true : undefined),
    { everyMs: POLL_MS, deadlineMs: GONE_WITHIN_MS },
  );
  if (ended === undefined) throw new Error(`its pods have not ended after ${GONE_WITHIN_MS / 1000} s`);
}

/** Waits until a namespace that was asked to go is gone. @throws where it does not go */
export async function untilGone({ api, host }: Pick<ClusterSite, 'api' | 'host'>, name: string): Promise<void> {
  const gone = await waitUntil(
    host,
    async () => ((await api.find(`/api/v1/namespaces/${name}`)) === undefined ? true : undefined),
    { everyMs: POLL_MS, deadlineMs: GONE_WITHIN_MS },
  );
  if (gone === undefined) throw new Error(`it is still there after ${GONE_WITHIN_MS / 1000} s`);
}

/** Ends a namespace of this run; `site.standing` holds it until it is gone. @returns what went wrong, empty when nothing did */
export async function retireNamespace(site: ClusterSite, name: string): Promise<string[]> {
  try {
    await endNamespace(site, name, site.ledger.runId);
    return [];
  } catch (error) {
    return [`namespace ${name}: ${reasonOf(error)}`];
  }
}

/** Waits for all that the run has ended; what failed to end before is tried once more. @returns what stays */
export async function retireAll(site: ClusterSite): Promise<string[]> {
  const problems: string[] = [];
  for (const name of site.standing) {
    try {
      await endNamespace(site, name, site.ledger.runId);
      await untilGone(site, name);
      site.standing.delete(name);
    } catch (error) {
      site.ledger.mayBeLeft();
      problems.push(`namespace ${name}: ${reasonOf(error)}`);
    }
  }
  return problems;
}
