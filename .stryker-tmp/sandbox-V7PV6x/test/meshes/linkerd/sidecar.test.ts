// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { linkerdSidecar } from '../../../src/meshes/linkerd/sidecar.ts';
import { recordedMetrics, recordedPod, recordedProcesses, recordedText } from './recorded.ts';

const IMAGE = 'cr.l5d.io/linkerd/proxy:edge-26.8.3';
const PROXY = {
  container: 'linkerd-proxy',
  image: IMAGE,
  native: true,
  requests: {},
  limits: {},
  user: { uid: 2102, gid: 0 },
};
const UNTOLD =
  'no container linkerd-proxy: neither it nor its namespace has the annotation linkerd.io/inject: enabled, or the injector did not answer (its webhook has failurePolicy Ignore: such a pod is admitted without a warning)';

describe('a recorded pod', () => {
  it.each([
    ['default-after', PROXY],
    ['skip-inbound-ports-after', PROXY],
    ['classic-after', { ...PROXY, native: false }],
    [
      'resources-after',
      { ...PROXY, requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '512Mi' } },
    ],
    ['cpu-limit-2-after', { ...PROXY, requests: { cpu: '2' }, limits: { cpu: '2' } }],
    ['cpu-limit-2-request-100m-after', { ...PROXY, requests: { cpu: '100m' }, limits: { cpu: '2' } }],
    ['dry-run/meshed', PROXY],
    ['dry-run/meshed-no-automount', PROXY],
    ['dry-run/plain-pod-enabled', PROXY],
    ['dry-run/meshed-bad-annotation', PROXY],
  ])('%s has a sidecar', (name, found) => {
    expect(linkerdSidecar.find(recordedPod(name))).toEqual(found);
  });

  it.each([
    ['default-before', UNTOLD],
    ['dry-run/plain', UNTOLD],
    ['dry-run/meshed-injector-down', UNTOLD],
    [
      'dry-run/plain-pod-label',
      'no container linkerd-proxy: linkerd.io/inject is a label on it, and only counts as an annotation',
    ],
    ['dry-run/meshed-pod-disabled', 'no container linkerd-proxy: its annotation linkerd.io/inject is "disabled"'],
    [
      'dry-run/meshed-hostnetwork',
      "no container linkerd-proxy: the pod is in its node's network, where Linkerd injects nothing",
    ],
  ])('%s has none, and says why', (name, absent) => {
    expect(linkerdSidecar.find(recordedPod(name))).toEqual({ absent });
  });

  it('whose proxy would end before the service starts has none', () => {
    const pod = recordedPod('default-after');
    const initContainers = pod.spec?.initContainers?.map(({ restartPolicy: _, ...container }) => container) ?? [];
    expect(linkerdSidecar.find({ ...pod, spec: { ...pod.spec, initContainers } })).toEqual({
      absent: 'linkerd-proxy is an init container without restartPolicy Always: it would end before the service starts',
    });
  });
});

describe("the proxy's process", () => {
  const proxiesIn = (name: string) =>
    recordedProcesses(name).filter(({ comm }) => linkerdSidecar.processes.some((known) => known.comm === comm));

  it('is the one of its name in the recorded pod, under the user and group that the reader names', () => {
    const [proxy, ...others] = proxiesIn('app');
    expect(others).toEqual([]);
    const { uid, gid } = linkerdSidecar.user;
    expect(proxy?.uid.split('\t')).toEqual(Array(4).fill(String(uid)));
    expect(/^Gid:\t(\d+)/m.exec(proxy?.readable['status'] ?? '')?.[1]).toBe(String(gid));
  });

  it('can be read in full by a container of the same user and group, and by no other user', () => {
    const refused = (name: string) => proxiesIn(name)[0]?.readable['io']?.startsWith('ERROR EACCES');
    expect([refused('app'), refused('proxyuid-gid0')]).toEqual([true, false]);
  });
});

describe('what the proxy says of itself', () => {
  it.each(['http1-server', 'http1-client', 'grpc-server', 'strict-server'])(
    'is its version and one worker in the recordings of %s, before and after the load',
    (name) => {
      const { before, after } = recordedMetrics(name);
      const facts = { version: '2.366.0', concurrencyEffective: 1 };
      expect([linkerdSidecar.facts([before]), linkerdSidecar.facts([after])]).toEqual([facts, facts]);
    },
  );

  it('is missing with the reason, where a series is absent or the answer is none', () => {
    const { after } = recordedMetrics('http1-client');
    expect(linkerdSidecar.facts([after.replace(/^(tokio_rt_workers|proxy_build_info).*$/gm, '')])).toEqual({
      version: { missing: "the proxy's /metrics has no proxy_build_info" },
      concurrencyEffective: { missing: "the proxy's /metrics has no tokio_rt_workers" },
    });
    const missing = { missing: "the proxy's /metrics: not Prometheus text: it holds no sample" };
    expect(linkerdSidecar.facts([''])).toEqual({ version: missing, concurrencyEffective: missing });
  });
});

describe('the build', () => {
  const controlPlaneImages = [
    'cr.l5d.io/linkerd/controller:edge-26.8.3',
    'cr.l5d.io/linkerd/policy-controller:edge-26.8.3',
    IMAGE,
  ];
  const metrics = recordedText('metrics/http1-server-after.txt');
  const buildOf = (factBodies: string[], images = controlPlaneImages, image = IMAGE) =>
    linkerdSidecar.build({ controlPlaneImages: images, sidecar: { ...PROXY, image }, factBodies });

  it('of the recordings is not called a release', () => {
    expect(buildOf([metrics])).toBe(
      'Linkerd control plane edge-26.8.3, proxy 2.366.0 (git_sha empty: built from source by someone, not a release), not run end to end by this tool',
    );
  });

  it('names the commit where the proxy has one, and the image where it is another than the control plane', () => {
    const built = metrics.replace('git_sha=""', 'git_sha="0dcf4e17f4ac"');
    expect(buildOf([built], ['registry:5000/controller:edge-26.9.1'])).toBe(
      'Linkerd control plane edge-26.9.1, proxy 2.366.0 (0dcf4e17f4ac) in image edge-26.8.3, not run end to end by this tool',
    );
  });

  it('says what is not known', () => {
    expect(buildOf([''], [], 'registry:5000/proxy@sha256:c0ffee')).toBe(
      'Linkerd control plane of unknown version, proxy of unknown build in image sha256:c0ffee, not run end to end by this tool',
    );
  });
});
