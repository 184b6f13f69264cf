// @ts-nocheck
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import type { Restarts } from '../../record/trialRecord.ts';

/** Reasons for which waiting longer changes nothing; the kubelet would go on trying for ever. */
const HOPELESS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
  'CrashLoopBackOff',
]);

export type PodState =
  | { state: 'up' }
  | { state: 'pending'; because: string }
  /** It will not come up by itself. */
  | { state: 'failed'; because: string };

/** Whether a pod or a node says of itself that it is ready. */
export function isReady(of: { status?: { conditions?: { type: string; status: string }[] } }): boolean {
  return of.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function statusesOf(pod: V1Pod): V1ContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

/** How far a pod has come, with the first thing that holds it up, in the cluster's own words. */
export function podState(pod: V1Pod): PodState {
  const name = pod.metadata?.name ?? 'unnamed';
  if (pod.metadata?.deletionTimestamp !== undefined) return failed(name, 'is being deleted by someone else');
  for (const status of statusesOf(pod)) {
    const problem = containerProblem(pod, status);
    if (problem !== undefined) return failed(name, problem);
  }
  if (pod.status?.phase === 'Failed') {
    return failed(
      name,
      `failed: ${pod.status.reason ?? ''} ${pod.status.message ?? 'no reason given'}`.replace(':  ', ': '),
    );
  }
  if (isReady(pod)) return { state: 'up' };
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled !== undefined) {
    return { state: 'pending', because: `pod ${name} has no node: ${unscheduled.message ?? unscheduled.reason}` };
  }
  const waiting = statusesOf(pod).find(({ state }) => state?.waiting !== undefined);
  const reason = waiting?.state?.waiting;
  const detail =
    reason === undefined
      ? ''
      : `, container ${waiting?.name}: ${[reason.reason, reason.message].filter(Boolean).join(': ')}`;
  return { state: 'pending', because: `pod ${name} is ${pod.status?.phase ?? 'unknown'}${detail}` };
}

const failed = (pod: string, problem: string): PodState => ({ state: 'failed', because: `pod ${pod}: ${problem}` });

function containerProblem(pod: V1Pod, status: V1ContainerStatus): string | undefined {
  const { waiting, terminated } = status.state ?? {};
  if (waiting?.reason !== undefined && HOPELESS.has(waiting.reason)) {
    const last = status.lastState?.terminated;
    const before = last === undefined ? '' : `, after it ended with ${last.reason ?? last.exitCode}`;
    return `container ${status.name} (image ${status.image}) cannot run: ${waiting.reason}: ${waiting.message ?? 'no message'}${before}`;
  }
  if (terminated === undefined || (terminated.exitCode === 0 && isOrdinaryInit(pod, status.name))) return undefined;
  return `container ${status.name} ended: ${endOf(pod, status.name, terminated)}`;
}

function isOrdinaryInit(pod: V1Pod, name: string): boolean {
  return pod.spec?.initContainers?.some((init) => init.name === name && init.restartPolicy !== 'Always') ?? false;
}

function endOf(pod: V1Pod, name: string, end: { reason?: string; exitCode: number; message?: string }): string {
  const limit = pod.spec?.containers.find((container) => container.name === name)?.resources?.limits?.['memory'];
  const of = end.reason === 'OOMKilled' && limit !== undefined ? ` (its memory limit is ${limit})` : '';
  const message = end.message === undefined ? '' : `, ${end.message.trim().slice(-300)}`;
  return `${end.reason ?? 'without a reason'}, exit code ${end.exitCode}${of}${message}`;
}

/** Containers that ended, or that the kubelet started again, since the pods were up. */
export function restartsOf(pods: readonly V1Pod[]): Restarts {
  return pods.flatMap((pod) =>
    statusesOf(pod).flatMap((status) => {
      const end = status.state?.terminated ?? status.lastState?.terminated;
      const ended =
        status.restartCount > 0 || (status.state?.terminated !== undefined && !isOrdinaryInit(pod, status.name));
      if (!ended || end === undefined) return [];
      const count = Math.max(1, status.restartCount);
      return [
        { pod: pod.metadata?.name ?? 'unnamed', container: status.name, count, reason: endOf(pod, status.name, end) },
      ];
    }),
  );
}
