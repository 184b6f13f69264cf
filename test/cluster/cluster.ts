import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { type ApiObject, type ClusterApi, createApi } from '../../src/platforms/kubernetes/api.ts';
import { connect } from '../../src/platforms/kubernetes/connect.ts';
import { OURS } from '../../src/platforms/kubernetes/names.ts';
import { untilGone } from '../../src/platforms/kubernetes/namespace.ts';
import { runFolder, type Workplace } from '../system/cli.ts';

/** A cluster is driven only where that was asked for by name: KUBECONFIG alone may point at somebody's production. */
export function whyNoCluster(): string | undefined {
  if (process.env['MESHTAX_TEST_CLUSTER'] !== '1') return 'drives a cluster: npm run test:cluster, with KUBECONFIG set';
  if (!process.env['KUBECONFIG']) return 'needs KUBECONFIG';
  return undefined;
}

export function api(): ClusterApi {
  const { kubeConfig, server } = connect({ kubeconfig: undefined, context: undefined });
  return createApi(kubeConfig, server);
}

/** Why Istio's injection cannot be tested here; undefined where it can. */
export async function whyNoIstio(): Promise<string | undefined> {
  const reason = whyNoCluster();
  if (reason !== undefined) return reason;
  const { items } = await api().get<{ items: object[] }>('/api/v1/pods', { labelSelector: 'app=istiod' });
  return items.length > 0 ? undefined : 'needs Istio in the cluster';
}

interface Results {
  conclusion: { outcome: string; exitCode: number; caveats: string[] };
  trials: {
    index: number;
    treatment: string;
    outcome: string;
    gates: { gate: string; answer: string; detail: string }[];
  }[];
  loads: {
    treatments: { treatment: string; build: string; proof: { applies: boolean; holds: boolean; sentence: string } }[];
  }[];
}

export function resultsOf(place: Workplace): Results {
  return JSON.parse(readFileSync(path.join(runFolder(place) ?? '', 'results.json'), 'utf8')) as Results;
}

/** Namespaces of ours that are there now. */
export async function ourNamespaces(): Promise<string[]> {
  const { items } = await api().get<{ items: ApiObject[] }>('/api/v1/namespaces', { labelSelector: OURS });
  return items.map(({ metadata }) => metadata?.name ?? '');
}

/** Takes a namespace away and waits until it is gone: another test's inventory must not see it go. */
export async function removeNamespace(name: string): Promise<void> {
  const client = api();
  await client.remove(`/api/v1/namespaces/${name}`);
  await untilGone({ api: client, host: nodeHost() }, name);
}

/** Does something to each new namespace of ours as soon as it is there, as a controller of the cluster would. */
export function onNewNamespace(act: (name: string) => Promise<unknown>): { stop(): Promise<void> } {
  const seen = new Set<string>();
  let isOver = false;
  const work = (async () => {
    while (!isOver) {
      const fresh = (await ourNamespaces().catch(() => [])).filter((name) => !seen.has(name));
      for (const name of fresh) seen.add(name);
      // One that has gone again in the meantime needs nothing.
      await Promise.all(fresh.map((name) => act(name).catch(() => {})));
      await sleep(10);
    }
  })();
  return {
    stop: () => {
      isOver = true;
      return work;
    },
  };
}

/** Everything in the cluster: kind, namespace, name and identity. Events and Leases come and go by themselves. */
export async function inventory(): Promise<string[]> {
  const client = api();
  const paths: { path: string; kind: string; group: string }[] = [];
  const { groups } = await client.get<{ groups: { preferredVersion: { groupVersion: string } }[] }>('/apis');
  for (const base of ['/api/v1', ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)]) {
    const { resources } = await client.get<{ resources: { name: string; kind: string; verbs: string[] }[] }>(base);
    for (const { name, kind, verbs } of resources) {
      if (verbs.includes('list') && !['Event', 'Lease', 'ComponentStatus'].includes(kind)) {
        paths.push({ path: `${base}/${name}`, kind, group: base });
      }
    }
  }
  const found = await Promise.all(
    paths.map(async ({ path: at, kind, group }) => {
      const { items } = await client.get<{ items: ApiObject[] }>(at);
      return items.map(
        ({ metadata }) => `${group} ${kind} ${metadata?.namespace ?? ''}/${metadata?.name} ${metadata?.uid}`,
      );
    }),
  );
  return found.flat().sort();
}

export interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** Everything that a run needs, except what `without` names, such as `pods/proxy`. */
export function rulesWithout(...without: string[]): Rule[] {
  const all: Rule[] = [
    { apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'create', 'patch', 'delete'] },
    {
      apiGroups: [''],
      resources: ['serviceaccounts', 'configmaps', 'secrets', 'services', 'pods'],
      verbs: ['get', 'list', 'create', 'patch', 'delete', 'deletecollection'],
    },
    { apiGroups: [''], resources: ['pods/proxy'], verbs: ['get', 'update', 'delete'] },
    { apiGroups: [''], resources: ['pods/portforward'], verbs: ['get', 'create'] },
    { apiGroups: [''], resources: ['nodes'], verbs: ['list'] },
    { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] },
    { apiGroups: ['security.istio.io', 'telemetry.istio.io'], resources: ['*'], verbs: ['get', 'create', 'patch'] },
  ];
  return all.filter(({ resources }) => !resources.some((resource) => without.includes(resource)));
}

/** A kubeconfig of an account that may do exactly this. @returns its path, and how to take the account away */
export async function accountWith(place: Workplace, name: string, rules: Rule[]) {
  const client = api();
  const labels = { 'meshtax-test': name };
  const account = await client.create<ApiObject>('/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, labels },
  });
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  await client.create(`${rbac}/clusterroles`, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name, labels },
    rules,
  });
  await client.create(`${rbac}/clusterrolebindings`, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name, labels },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: 'default' }],
  });
  const { status } = await client.create<{ status: { token: string } }>(
    `/api/v1/namespaces/default/serviceaccounts/${account.metadata?.name}/token`,
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
  );
  const { kubeConfig } = connect({ kubeconfig: undefined, context: undefined });
  const file = path.join(place.directory, 'kubeconfig.json');
  const cluster = kubeConfig.getCurrentCluster();
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'c',
          cluster: { server: cluster?.server, 'certificate-authority-data': authorityOf(cluster) },
        },
      ],
      users: [{ name: 'u', user: { token: status.token } }],
      contexts: [{ name: 'limited', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'limited',
    }),
    { mode: 0o600 },
  );
  return {
    file,
    async remove() {
      await client.remove(`${rbac}/clusterrolebindings/${name}`);
      await client.remove(`${rbac}/clusterroles/${name}`);
      await client.remove(`/api/v1/namespaces/default/serviceaccounts/${name}`);
    },
  };
}

function authorityOf(cluster: { caData?: string; caFile?: string } | null): string | undefined {
  if (cluster?.caData !== undefined) return cluster.caData;
  return cluster?.caFile === undefined ? undefined : readFileSync(cluster.caFile).toString('base64');
}

/** The API server's process, where the cluster runs on this machine. */
export function apiServerPid(): number | undefined {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => commandLine(pid).some((word) => /(^|\/)kube-apiserver$/.test(word)));
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, 2);
  } catch {
    return []; // gone between the listing and the reading
  }
}
