import { describe, expect, it } from 'vitest';
import { istio } from '../../../src/meshes/istio/istio.ts';
import type { KubernetesContribution, PodLike } from '../../../src/meshes/mesh.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';

/** The contribution for settings as they are written in a scenario. */
function contribution(written: string): KubernetesContribution {
  const text = `name: t\nplatform: kubernetes\ntreatments:\n  - mesh: none\n  - mesh: istio\n    settings: { ${written} }\nload: { arrivalRate: 1/s }\n`;
  const parsed = parseScenario(text, 't.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('; '));
  const found = istio.kubernetes?.({
    settings: parsed.scenario.treatments[1]?.settings ?? {},
    namespace: 'ns-1',
    clusterDomain: 'cluster.local',
    service: { name: 'echo', host: 'echo.ns-1.svc.cluster.local', port: 8080 },
    serviceAccounts: { client: 'client', server: 'server' },
    controlPorts: [15900, 15901],
  });
  if (found === undefined || 'unsupported' in found) throw new Error('istio contributes nothing');
  return found;
}

const PROXY = {
  name: 'istio-proxy',
  image: 'example/proxyv2:1.30.3',
  restartPolicy: 'Always',
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } },
  securityContext: { runAsUser: 1337, runAsGroup: 1337 },
};
const EXCLUDED = { 'traffic.sidecar.istio.io/excludeInboundPorts': '15900,15901' };

describe('what istio adds to a deployment', () => {
  it('is the namespace label of the default revision, or that of the revision asked for', () => {
    expect(contribution('').namespace.labels).toEqual({ 'istio-injection': 'enabled' });
    expect(contribution('revision: canary').namespace.labels).toEqual({ 'istio.io/rev': 'canary' });
  });

  it('always writes all four resources, so that the injector drops none of them', () => {
    expect(contribution('').injected.annotations).toMatchObject({
      'sidecar.istio.io/proxyCPU': '100m',
      'sidecar.istio.io/proxyCPULimit': '2000m',
      'sidecar.istio.io/proxyMemory': '134217728',
      'sidecar.istio.io/proxyMemoryLimit': '1073741824',
    });
    expect(contribution('cpuLimit: none').injected.annotations).not.toHaveProperty('sidecar.istio.io/proxyCPULimit');
  });

  it('names the workers and no more statistics than are read', () => {
    const config = JSON.parse(contribution('concurrency: 3').injected.annotations['proxy.istio.io/config'] ?? '');
    expect(config).toEqual({
      concurrency: 3,
      proxyStatsMatcher: {
        inclusionRegexps: [
          '^cluster\\.outbound\\|8080\\|\\|echo\\.ns-1\\.svc\\.cluster\\.local;\\.upstream_rq_total$',
          '^cluster\\.inbound\\|8080\\|\\|;\\.upstream_rq_total$',
          '^listener\\.0\\.0\\.0\\.0_15006\\.ssl\\.handshake$',
          '^cluster\\.outbound\\|8080\\|\\|echo\\.ns-1\\.svc\\.cluster\\.local;\\.upstream_cx_total$',
          '^cluster\\.outbound\\|8080\\|\\|echo\\.ns-1\\.svc\\.cluster\\.local;\\.upstream_cx_http1_total$',
          '^cluster\\.outbound\\|8080\\|\\|echo\\.ns-1\\.svc\\.cluster\\.local;\\.upstream_cx_http2_total$',
        ],
      },
    });
  });

  it.each([
    { mtls: 'permissive', mode: 'PERMISSIVE', plaintext: 'answered', identity: true },
    { mtls: 'strict', mode: 'STRICT', plaintext: 'refused', identity: true },
    { mtls: 'off', mode: 'DISABLE', plaintext: 'answered', identity: false },
  ])(
    'writes the mode $mode for mtls: $mtls, and expects what follows from it',
    ({ mtls, mode, plaintext, identity }) => {
      const { manifests, expectation } = contribution(`mtls: ${mtls}`);
      expect(manifests).toEqual([expect.objectContaining({ kind: 'PeerAuthentication', spec: { mtls: { mode } } })]);
      expect(expectation).toMatchObject({
        plaintext,
        peerIdentity: identity ? 'spiffe://cluster.local/ns/ns-1/sa/client' : null,
        handshakeCounter: { expected: identity ? 'some' : 'none' },
      });
    },
  );

  it('expects no identity where only one side has a sidecar, and keeps the injector off the other', () => {
    const { expectation, notInjected, hops } = contribution('sidecars: server');
    expect([expectation.peerIdentity, expectation.hops, hops]).toEqual([null, 1, ['server']]);
    expect(notInjected.labels['sidecar.istio.io/inject']).toBe('false');
  });

  it('switches the request metrics off by a Telemetry object only where that was asked for', () => {
    expect(contribution('telemetry: off').manifests.map(({ kind }) => kind)).toEqual([
      'PeerAuthentication',
      'Telemetry',
    ]);
  });
});

describe('the sidecar of istio in a pod', () => {
  const reader = () => {
    const { sidecar } = contribution('');
    if (sidecar === null) throw new Error('no reader');
    return sidecar;
  };
  const native: PodLike = { metadata: { annotations: EXCLUDED }, spec: { containers: [], initContainers: [PROXY] } };

  it('is found as an init container that goes on running, and as an ordinary one', () => {
    expect(reader().find(native)).toMatchObject({ native: true, user: { uid: 1337, gid: 1337 } });
    const { restartPolicy: _, ...ordinary } = PROXY;
    expect(reader().find({ spec: { containers: [ordinary] } })).toMatchObject({ native: false });
    expect(reader().find({ spec: { initContainers: [ordinary] } })).toHaveProperty('absent');
  });

  it('is missed with the reason', () => {
    expect(reader().find({ spec: { containers: [] } })).toEqual({
      absent: expect.stringMatching(/^no injector acted on it/),
    });
    const refused = { metadata: { labels: { 'sidecar.istio.io/inject': 'false' } }, spec: { containers: [] } };
    expect(reader().find(refused)).toEqual({ absent: expect.stringMatching(/inject is "false"/) });
  });

  it('is as asked, or says what was dropped', () => {
    expect(reader().notAsAsked(native)).toEqual([]);
    const limitless = { ...PROXY, resources: { requests: PROXY.resources.requests } };
    expect(reader().notAsAsked({ ...native, spec: { initContainers: [limitless] } })).toEqual([
      'CPU limit: asked for 2000, there is none',
      'memory limit: asked for 1073741824, there is none',
    ]);
    expect(reader().notAsAsked({ ...native, metadata: {} })).toEqual([
      'the sidecar takes the control ports 15900, 15901 for itself',
    ]);
  });
});

describe('the name of an istio build', () => {
  const info = (agent: string) =>
    JSON.stringify({ version: '6eb0/1.39.3/Clean/RELEASE/BoringSSL', node: { metadata: { ISTIO_VERSION: agent } } });
  const build = (image: string, agent: string, dump: string) => {
    const { sidecar } = contribution('');
    const found = sidecar?.find({ spec: { initContainers: [PROXY] } });
    if (sidecar === null || found === undefined || 'absent' in found) throw new Error('no sidecar');
    return sidecar.build({ controlPlaneImages: [image], sidecar: found, factBodies: [info(agent), dump] });
  };

  it('is Istio’s version alone for a released control plane with its own proxy', () => {
    expect(build('docker.io/istio/pilot:1.30.3', '1.30.3', '{"name":"istio.stats"}')).toBe(
      'Istio 1.30.3 (Envoy 1.39.3)',
    );
  });

  it('never is a release where the proxy is upstream Envoy, whatever the tags say', () => {
    expect(build('docker.io/istio/pilot:1.30.3', '1.30.3', '{"name":"envoy.filters.http.router"}')).toBe(
      "Istio control plane 1.30.3, agent 1.30.3, with upstream Envoy 1.39.3, without Istio's own filters, not a release of Istio",
    );
  });

  it('never is a release where versions differ, are no release’s, or the proxy cannot be asked', () => {
    expect(build('istio/pilot:1.30.3', '1.30.2', '{"name":"istio.stats"}')).toMatch(/not a release$/);
    expect(build('istio/pilot:1.31-dev', '1.31-dev', '{"name":"istio.stats"}')).toMatch(/not a release$/);
    expect(build('istio/pilot:1.30.3', '1.30.3', '')).toMatch(/not called a release$/);
  });
});
