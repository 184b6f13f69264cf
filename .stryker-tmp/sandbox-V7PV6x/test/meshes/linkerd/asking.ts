// @ts-nocheck
import { linkerd } from '../../../src/meshes/linkerd/linkerd.ts';
import { LINKERD_SETTINGS } from '../../../src/meshes/linkerd/settings.ts';
import type { KubernetesContext, KubernetesContribution } from '../../../src/meshes/mesh.ts';
import { settingField } from '../../../src/scenario/settings.ts';

/** Settings as a scenario's `with` becomes them: what is not written has its default. */
export function settingsOf(written: Record<string, string | number> = {}): KubernetesContext['settings'] {
  return Object.fromEntries(
    Object.entries(LINKERD_SETTINGS).map(([key, spec]) => [key, settingField(spec).parse(written[key])]),
  );
}

/** The namespace, accounts and service of the recordings. */
export function contextOf(
  written: Record<string, string | number> = {},
  service: { name: string; port: number } = { name: 'echo', port: 8080 },
): KubernetesContext {
  return {
    settings: settingsOf(written),
    namespace: 'meshed',
    clusterDomain: 'cluster.local',
    service: { ...service, host: `${service.name}.meshed.svc.cluster.local` },
    serviceAccounts: { client: 'client', server: 'echo' },
    controlPorts: [9090],
  };
}

/** What Linkerd adds to a deployment with these settings. */
export function contributionOf(...asked: Parameters<typeof contextOf>): KubernetesContribution {
  const contribution = linkerd.kubernetes?.(contextOf(...asked));
  if (contribution === undefined || 'unsupported' in contribution) throw new Error('not supported');
  return contribution;
}

/** Why Linkerd cannot do it. */
export function refusalOf(written: Record<string, string | number>): string | undefined {
  const contribution = linkerd.kubernetes?.(contextOf(written));
  return contribution !== undefined && 'unsupported' in contribution ? contribution.unsupported : undefined;
}
