// @ts-nocheck
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { podState, restartsOf } from '../../../src/platforms/kubernetes/podState.ts';

const status = (name: string, rest: Partial<V1ContainerStatus>): V1ContainerStatus => ({
  name,
  image: 'node:20',
  imageID: '',
  ready: false,
  restartCount: 0,
  ...rest,
});

function pod(rest: {
  statuses?: V1ContainerStatus[];
  init?: V1ContainerStatus[];
  conditions?: object[];
  phase?: string;
}): V1Pod {
  return {
    metadata: { name: 'server' },
    spec: {
      containers: [{ name: 'service', resources: { limits: { memory: '45Mi' } } }],
      initContainers: [{ name: 'istio-init' }, { name: 'istio-proxy', restartPolicy: 'Always' }],
    },
    status: {
      phase: rest.phase ?? 'Pending',
      containerStatuses: rest.statuses ?? [],
      initContainerStatuses: rest.init ?? [],
      conditions: (rest.conditions ?? []) as NonNullable<V1Pod['status']>['conditions'] & object[],
    },
  };
}

const ended = (exitCode: number, reason: string) => ({ terminated: { exitCode, reason } });

describe('the state of a pod', () => {
  it('is up once it is ready', () => {
    expect(podState(pod({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }))).toEqual({
      state: 'up',
    });
  });

  it('is pending while an ordinary init container has ended well', () => {
    expect(podState(pod({ init: [status('istio-init', { state: ended(0, 'Completed') })] })).state).toBe('pending');
  });

  it('has failed when an image cannot be pulled, with the kubelet’s words', () => {
    const waiting = { waiting: { reason: 'ErrImagePull', message: 'network is unreachable' } };
    expect(podState(pod({ statuses: [status('service', { state: waiting })] }))).toEqual({
      state: 'failed',
      because: 'pod server: container service (image node:20) cannot run: ErrImagePull: network is unreachable',
    });
  });

  it('has failed when a container was killed for its memory, with the limit', () => {
    expect(podState(pod({ statuses: [status('service', { state: ended(137, 'OOMKilled') })] }))).toEqual({
      state: 'failed',
      because: 'pod server: container service ended: OOMKilled, exit code 137 (its memory limit is 45Mi)',
    });
  });

  it('has failed when a sidecar ended, also with code 0: it is to go on running', () => {
    const state = podState(pod({ init: [status('istio-proxy', { state: ended(0, 'Completed') })] }));
    expect(state).toMatchObject({ state: 'failed', because: expect.stringContaining('istio-proxy ended') });
  });

  it('is pending without a node, with the scheduler’s words', () => {
    const conditions = [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes: Insufficient cpu' }];
    expect(podState(pod({ conditions }))).toEqual({
      state: 'pending',
      because: 'pod server has no node: 0/1 nodes: Insufficient cpu',
    });
  });

  it('has failed when someone else deletes it', () => {
    const going = pod({ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] });
    going.metadata = { ...going.metadata, deletionTimestamp: new Date() };
    expect(podState(going)).toMatchObject({
      state: 'failed',
      because: expect.stringContaining('deleted by someone else'),
    });
  });
});

describe('restarts', () => {
  it('are those of containers that ended or were started again, and not of an init container that is done', () => {
    const calm = pod({
      init: [status('istio-init', { state: ended(0, 'Completed') })],
      statuses: [status('service', {})],
    });
    expect(restartsOf([calm])).toEqual([]);
    const again = pod({ init: [status('istio-proxy', { restartCount: 2, lastState: ended(139, 'Error') })] });
    expect(restartsOf([again])).toEqual([
      { pod: 'server', container: 'istio-proxy', count: 2, reason: 'Error, exit code 139' },
    ]);
  });
});
