// @ts-nocheck
import type { ContainerLike, KubernetesContext, PodLike } from '../mesh.ts';
import { differing, resourcesNotAsAsked } from '../resources.ts';
import { INBOUND_POLICIES } from './settings.ts';
import { linkerdSidecar } from './sidecar.ts';

type Asked = Pick<KubernetesContext, 'settings' | 'controlPorts'>;

/**
 * What a pod that the injector has answered for lacks of what its annotations asked for, in words; none where all is
 * as asked. The injector passes over a value that it cannot read and says so in its own log only: the pod is the one
 * place where it shows. A dry run's answer is judged as well as a pod that runs.
 */
export function notAsAsked(pod: PodLike, asked: Asked): string[] {
  const found = linkerdSidecar.find(pod);
  if ('absent' in found) return [found.absent];
  const { settings } = asked;
  const policy = INBOUND_POLICIES[settings['mtls'] as keyof typeof INBOUND_POLICIES];
  const proxy = containersOf(pod).find(({ name }) => name === found.container);
  return [
    ...resourcesNotAsAsked(found, settings),
    ...differing('workers', String(settings['concurrency']), String(workersOf(proxy))),
    ...differing('inbound policy', policy, variable(proxy, 'LINKERD2_PROXY_INBOUND_DEFAULT_POLICY')),
    ...(settings['nativeSidecar'] === 'auto'
      ? []
      : differing('native sidecar', String(settings['nativeSidecar']), found.native ? 'on' : 'off')),
    ...portsNotSkipped(pod, asked.controlPorts),
  ];
}

function containersOf({ spec }: PodLike): ContainerLike[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}

/** A variable that is there twice has the value that comes last. */
function variable(container: ContainerLike | undefined, wanted: string): string | undefined {
  return container?.env?.findLast(({ name }) => name === wanted)?.value;
}

/** As the proxy reckons it (linkerd2-proxy, workers/src/lib.rs), before its node's and its limit's cores bound it. */
function workersOf(proxy: ContainerLike | undefined): number {
  const least = variable(proxy, 'LINKERD2_PROXY_CORES_MIN') ?? variable(proxy, 'LINKERD2_PROXY_CORES') ?? 1;
  return Math.max(Number(least), Number(variable(proxy, 'LINKERD2_PROXY_CORES_MAX') ?? 1));
}

const SKIPPED = '--inbound-ports-to-ignore';

/** Behind Linkerd's CNI plugin a pod has no init container that shows the redirect rules: then nothing is said. */
function portsNotSkipped(pod: PodLike, controlPorts: readonly number[]): string[] {
  const args = containersOf(pod).find(({ name }) => name === 'linkerd-init')?.args;
  if (args === undefined) return [];
  const skipped = args[args.indexOf(SKIPPED) + 1]?.split(',') ?? [];
  const taken = controlPorts.filter((port) => !skipped.includes(String(port)));
  return taken.length === 0 ? [] : [`the sidecar takes the control ports ${taken.join(', ')} for itself`];
}
