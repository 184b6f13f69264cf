// @ts-nocheck
import type { V1Node, V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { MANAGED_BY, namespaceOf, RUN_LABEL, runLabel } from '../../../src/platforms/kubernetes/names.ts';
import { isOfRun } from '../../../src/platforms/kubernetes/namespace.ts';
import { controlPathOf, permissionsFor } from '../../../src/platforms/kubernetes/permissions.ts';
import { placementOn, roomOn } from '../../../src/platforms/kubernetes/room.ts';

const LABEL = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

describe('names in the cluster', () => {
  const long = `2026-11-25T04-28-02-${'long-name-'.repeat(6)}x-6660`;

  it('fit Kubernetes whatever the run and the treatment are called, and tell runs and deployments apart', () => {
    for (const runId of ['2026-11-25T04-28-02-try-6660', long]) {
      expect(runLabel(runId)).toMatch(LABEL);
      const ids = ['b1-none-r0-a1', 'b1-none-r1-a1', `b10-${'t'.repeat(63)}-r0-a1`, `b10-${'t'.repeat(63)}-r0-a2`];
      const names = ids.map((id) => namespaceOf(runId, id));
      expect(names.every((name) => NAMESPACE.test(name))).toBe(true);
      expect(new Set(names).size).toBe(ids.length);
    }
    expect(runLabel(long)).not.toBe(runLabel(`${long.slice(0, -1)}1`));
    expect(namespaceOf(long, 'a')).not.toBe(namespaceOf(`${long}2`, 'a'));
  });

  it('are ours only with both labels: a namespace of another run, or of nobody’s, is never removed', () => {
    const namespace = (labels: Record<string, string>) => ({ metadata: { name: 'n', labels } });
    const ours = { ...MANAGED_BY, [RUN_LABEL]: runLabel('run-1') };
    expect(isOfRun(namespace(ours), 'run-1')).toBe(true);
    expect(isOfRun(namespace(ours), 'run-2')).toBe(false);
    expect(isOfRun(namespace({ [RUN_LABEL]: runLabel('run-1') }), 'run-1')).toBe(false);
    expect(isOfRun({ metadata: { name: 'n' } }, 'run-1')).toBe(false);
  });
});

describe('the control path', () => {
  /** Of `pods/proxy get` and the like. */
  const answers = (isDenied: (what: string) => boolean) =>
    permissionsFor(['istio']).map((permission) => ({
      ...permission,
      allowed: !isDenied(`${permission.resource}/${permission.subresource} ${permission.verb}`),
    }));

  it('is the pod proxy where all of it is allowed', () => {
    expect(controlPathOf(answers(() => false))).toEqual({ path: 'pod proxy' });
  });

  it('is port-forward where one verb of the pod proxy is missing', () => {
    expect(controlPathOf(answers((what) => what === 'pods/proxy update'))).toEqual({ path: 'port-forward' });
  });

  it('does not exist where neither is allowed whole', () => {
    const found = controlPathOf(answers((what) => what.startsWith('pods/proxy') || what === 'pods/portforward create'));
    expect(found).toHaveProperty('none');
  });

  it('does not depend on the kubelet’s figures', () => {
    expect(controlPathOf(answers((what) => what === 'nodes/proxy get'))).toEqual({ path: 'pod proxy' });
  });
});

describe('the room on the nodes', () => {
  const node = (name: string, cpu: string, more: Partial<V1Node> = {}): V1Node => ({
    metadata: { name },
    status: { allocatable: { cpu, memory: '4Gi' }, conditions: [{ type: 'Ready', status: 'True' }] },
    ...more,
  });
  const pod = (nodeName: string, cpu: string, phase = 'Running'): V1Pod => ({
    spec: { nodeName, containers: [{ name: 'c', resources: { requests: { cpu } } }] },
    status: { phase },
  });

  it('is what is allocatable less what running pods have reserved, native sidecars included', () => {
    const meshed = pod('a', '100m');
    const sidecar = { name: 's', restartPolicy: 'Always', resources: { requests: { cpu: '50m', memory: '1Gi' } } };
    const done = pod('a', '1', 'Succeeded');
    const withSidecar: V1Pod = {
      ...meshed,
      spec: { ...meshed.spec, containers: meshed.spec?.containers ?? [], initContainers: [sidecar] },
    };
    expect(roomOn([node('a', '2')], [withSidecar, done, pod('b', '1')])).toEqual([
      { node: 'a', freeMillicores: 1850, freeBytes: 3 * 1024 ** 3 },
    ]);
  });

  it('leaves out nodes that take no ordinary pods', () => {
    const tainted = node('t', '8', { spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] } });
    const cordoned = node('c', '8', { spec: { unschedulable: true } });
    expect(roomOn([tainted, cordoned, node('a', '1')], []).map((room) => room.node)).toEqual(['a']);
  });

  it('puts driver and service on nodes of their own where there are two, always the same ones', () => {
    const two = roomOn([node('a', '1'), node('b', '4')], []);
    expect(placementOn(two)).toEqual({ server: 'b', client: 'a' });
    expect(placementOn(two.slice(0, 1))).toEqual({ server: 'b', client: 'b' });
    expect(placementOn([])).toEqual({ server: undefined, client: undefined });
  });
});
