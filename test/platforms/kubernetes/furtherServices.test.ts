import type { V1Pod, V1Service } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type { MeshId } from '../../../src/meshes/index.ts';
import { ISTIO_SETTINGS } from '../../../src/meshes/istio/settings.ts';
import { LINKERD_SETTINGS } from '../../../src/meshes/linkerd/settings.ts';
import { contributionFor } from '../../../src/platforms/kubernetes/contribution.ts';
import { checkRecipe, podManifest, podNames, supportManifests } from '../../../src/platforms/kubernetes/manifests.ts';
import { serviceNodes } from '../../../src/platforms/topology.ts';
import { settingField } from '../../../src/scenario/settings.ts';

const NAMESPACE = 'ns-1';
const CHAIN = serviceNodes({ topology: 'chain', depth: 3 });
const FAN_OUT = serviceNodes({ topology: 'fan-out', width: 2 });
const KNOWN = { istio: ISTIO_SETTINGS, linkerd: LINKERD_SETTINGS, none: {} };

function contributionOf(mesh: keyof typeof KNOWN & MeshId, services: typeof CHAIN, written: Record<string, string>) {
  const settings = Object.fromEntries(
    Object.entries(KNOWN[mesh]).map(([key, spec]) => [key, settingField(spec).parse(written[key])]),
  );
  return contributionFor({ mesh, settings }, { namespace: NAMESPACE, services });
}

describe('services behind the first one, in a cluster', () => {
  it('are each known to Istio by the account of the pod that calls them, and counted before and behind every call', async () => {
    const { hops, expectation } = await contributionOf('istio', CHAIN, { mtls: 'strict' });
    const sa = (name: string) => `spiffe://cluster.local/ns/${NAMESPACE}/sa/${name}`;
    const to = (name: string) => `cluster.outbound|8080||${name}.${NAMESPACE}.svc.cluster.local;.upstream_rq_total`;
    const inbound = 'cluster.inbound|8080||;.upstream_rq_total';
    expect(hops).toEqual(['client', 'server', 'server-2', 'server-3']);
    expect([expectation.hops, expectation.peerIdentity, expectation.further]).toEqual([
      6,
      sa('client'),
      [
        { pod: 'server-2', peerIdentity: sa('server') },
        { pod: 'server-3', peerIdentity: sa('server-2') },
      ],
    ]);
    expect(expectation.requestCounters).toEqual([
      { hop: 'client', counter: to('echo') },
      { hop: 'server', counter: inbound },
      { hop: 'server', counter: to('echo-2') },
      { hop: 'server-2', counter: inbound },
      { hop: 'server-2', counter: to('echo-3') },
      { hop: 'server-3', counter: inbound },
    ]);
  });

  it('have every counter that is read kept by their proxies', async () => {
    const { injected, expectation } = await contributionOf('istio', FAN_OUT, {});
    const config = JSON.parse(injected.annotations['proxy.istio.io/config'] ?? '') as {
      proxyStatsMatcher: { inclusionRegexps: string[] };
    };
    const isKept = (name: string) =>
      config.proxyStatsMatcher.inclusionRegexps.some((text) => new RegExp(text).test(name));
    expect(expectation.requestCounters.filter(({ counter }) => !isKept(counter))).toEqual([]);
  });

  it('are told apart by Linkerd by the identity that the first one of a fan-out calls', async () => {
    const { expectation } = await contributionOf('linkerd', FAN_OUT, {});
    const id = (name: string) => `${name}.${NAMESPACE}.serviceaccount.identity.linkerd.cluster.local`;
    const out = (name: string) =>
      `request_total{direction="outbound",target_port="8080",tls="true",server_id="${id(name)}"}`;
    const into = (caller: string) =>
      `request_total{direction="inbound",target_port="8080",tls="true",client_id="${id(caller)}",route_name!="probe"}`;
    expect(expectation.further).toEqual(['server-2', 'server-3'].map((pod) => ({ pod, peerIdentity: id('server') })));
    expect(expectation.requestCounters).toEqual([
      { hop: 'client', counter: out('server') },
      { hop: 'server', counter: into('client') },
      { hop: 'server', counter: out('server-2') },
      { hop: 'server-2', counter: into('server') },
      { hop: 'server', counter: out('server-3') },
      { hop: 'server-3', counter: into('server') },
    ]);
  });

  it.each([
    ['server', ['server', 'server-2', 'server-3'], [null, 'server', 'server-2'], 5],
    ['client', ['client'], [null, null, null], 1],
  ])(
    'belong to the server’s side: with sidecars: %s they are meshed as it is',
    async (sidecars, hops, callers, count) => {
      for (const mesh of ['istio', 'linkerd'] as const) {
        const found = await contributionOf(mesh, CHAIN, { sidecars });
        const { peerIdentity, further = [], requestCounters } = found.expectation;
        const account = (identity: string | null) => identity?.replace(/^.*\/sa\//, '').replace(/\..*/, '') ?? null;
        expect(found.hops).toEqual(hops);
        expect([peerIdentity, ...further.map((service) => service.peerIdentity)].map(account)).toEqual(callers);
        expect([found.expectation.hops, requestCounters.length]).toEqual([count, count]);
      }
    },
  );

  it('have neither an identity nor a counter without a mesh', async () => {
    const { expectation, hops } = await contributionOf('none', CHAIN, {});
    expect([expectation.hops, expectation.requestCounters, hops]).toEqual([0, [], []]);
    expect(expectation.further).toEqual(['server-2', 'server-3'].map((pod) => ({ pod, peerIdentity: null })));
  });

  it('get a pod, an account and a Service each, and only the meshed ones the marks of the injector', async () => {
    const contribution = await contributionOf('istio', CHAIN, { sidecars: 'server' });
    const names = podNames(CHAIN);
    const made = supportManifests({ runId: 'r', services: CHAIN, agentProgram: '', starts: {} });
    const named = (kind: string) => made.filter((object) => object.kind === kind).map(({ metadata }) => metadata?.name);
    expect(named('ServiceAccount')).toEqual(names);
    expect(named('Service')).toEqual(['echo', 'echo-2', 'echo-3']);
    const selected = made.flatMap((object) =>
      object.kind === 'Service' ? [(object as V1Service).spec?.selector] : [],
    );
    expect(selected).toEqual(['server', 'server-2', 'server-3'].map((pod) => ({ 'meshtax/pod': pod })));

    const pods = names.map(
      (name) => podManifest(name, { ...checkRecipe(''), memoryLimitBytes: 1e8 }, contribution) as V1Pod,
    );
    const isLeftAlone = ({ metadata }: V1Pod) => metadata?.labels?.['sidecar.istio.io/inject'] === 'false';
    expect(pods.filter(isLeftAlone).map(({ metadata }) => metadata?.name)).toEqual(['client', 'stranger']);
    const limited = pods.filter(({ spec }) => spec?.containers[0]?.resources?.limits?.['memory'] === '100000000');
    expect(limited.map(({ spec }) => [spec?.serviceAccountName, spec?.containers.map(({ name }) => name)])).toEqual(
      ['server', 'server-2', 'server-3'].map((name) => [name, ['service', 'watcher']]),
    );
  });
});
