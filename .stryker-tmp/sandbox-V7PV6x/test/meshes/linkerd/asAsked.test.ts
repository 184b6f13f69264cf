// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { notAsAsked } from '../../../src/meshes/linkerd/asAsked.ts';
import { linkerdSidecar } from '../../../src/meshes/linkerd/sidecar.ts';
import type { FoundSidecar } from '../../../src/meshes/mesh.ts';
import { resourcesNotAsAsked } from '../../../src/meshes/resources.ts';
import { settingsOf } from './asking.ts';
import { recordedPod } from './recorded.ts';

/** The recorded pods asked for nothing that they do not name. */
const UNSET = { cpuRequest: 'none', memoryRequest: 'none' };
const judged = (name: string, written: Record<string, string | number>, controlPorts: number[] = []) =>
  notAsAsked(recordedPod(name), { settings: settingsOf({ ...UNSET, ...written }), controlPorts });

describe('a pod that the injector answered', () => {
  it.each([
    ['dry-run/meshed', {}],
    ['default-after', { nativeSidecar: 'on' }],
    ['classic-after', { nativeSidecar: 'off' }],
    ['resources-after', { cpuRequest: '100m', cpuLimit: 1, memoryRequest: '128Mi', memoryLimit: '512Mi' }],
    ['cpu-limit-2-request-100m-after', { cpuRequest: '100m', cpuLimit: 2, concurrency: 2 }],
  ])('%s is as asked', (name, written) => {
    expect(judged(name, written)).toEqual([]);
  });

  it('shows a limit that was dropped without a word', () => {
    expect(judged('dry-run/meshed-bad-annotation', { cpuLimit: 2 })).toEqual([
      'CPU limit: asked for 2000, there is none',
    ]);
  });

  it('shows a limit that became the request', () => {
    expect(judged('cpu-limit-2-after', { cpuLimit: 2, concurrency: 2 })).toEqual([
      'CPU request: asked for none, there is 2',
    ]);
  });

  it('shows workers, policy and kind that are not those asked for', () => {
    expect(judged('default-after', { concurrency: 2, mtls: 'strict', nativeSidecar: 'off' })).toEqual([
      'workers: asked for 2, there is 1',
      'inbound policy: asked for all-authenticated, there is all-unauthenticated',
      'native sidecar: asked for off, there is on',
    ]);
  });

  it('shows control ports that the sidecar would take for itself', () => {
    expect([
      judged('skip-inbound-ports-after', {}, [9090]),
      judged('default-after', {}, [9090]),
      judged('default-after', {}, [4567]),
    ]).toEqual([[], ['the sidecar takes the control ports 9090 for itself'], []]);
  });

  it('that has no sidecar is told as that', () => {
    expect(judged('dry-run/meshed-pod-disabled', {})).toEqual([
      'no container linkerd-proxy: its annotation linkerd.io/inject is "disabled"',
    ]);
  });

  it('has the workers of the variable that comes last', () => {
    const pod = recordedPod('default-after');
    const initContainers = pod.spec?.initContainers?.map((container) => ({
      ...container,
      env: [...(container.env ?? []), { name: 'LINKERD2_PROXY_CORES_MIN', value: '3' }],
    }));
    const asked = { settings: settingsOf({ ...UNSET, concurrency: 3 }), controlPorts: [] };
    expect(notAsAsked({ ...pod, spec: { ...pod.spec, ...(initContainers && { initContainers }) } }, asked)).toEqual([]);
  });
});

describe('resources', () => {
  const found = linkerdSidecar.find(recordedPod('resources-after')) as FoundSidecar;

  it.each([
    ['100m', '512Mi', true],
    ['0.1', '536870912', true],
    ['101m', '512Mi', false],
    ['100m', '512M', false],
    ['100m', '1Zi', false],
  ])('%s and %s are the 100m and 512Mi that were asked for: %s', (cpu, memory, isSame) => {
    const sidecar = { ...found, requests: { ...found.requests, cpu }, limits: { ...found.limits, memory } };
    const settings = settingsOf({ cpuRequest: '100m', cpuLimit: 1, memoryRequest: '128Mi', memoryLimit: '512Mi' });
    expect(resourcesNotAsAsked(sidecar, settings).length === 0).toBe(isSame);
  });
});
