import { describe, expect, it } from 'vitest';
import { workersByResources } from '../../../src/meshes/linkerd/resources.ts';
import { LINKERD_IN_CLUSTER } from '../../../src/meshes/linkerd/settings.ts';
import { contributionOf, refusalOf, settingsOf } from './asking.ts';
import { recordedSpec, recordedText, recordedWebhooks } from './recorded.ts';

const NOT_INJECTED = {
  labels: { 'sidecar.istio.io/inject': 'false', 'istio.io/dataplane-mode': 'none' },
  annotations: { 'linkerd.io/inject': 'disabled' },
};
const CLIENT = 'client.meshed.serviceaccount.identity.linkerd.cluster.local';
const SERVER = 'echo.meshed.serviceaccount.identity.linkerd.cluster.local';

const annotationsOf = (...asked: Parameters<typeof contributionOf>) => contributionOf(...asked).injected.annotations;

describe('Linkerd unasked', () => {
  it('marks namespace and pods in words that the injector reads, and nobody else', () => {
    const { namespace, injected, notInjected, podSecurity, manifests, awaitedConfigMap } = contributionOf();
    const marks = {
      labels: NOT_INJECTED.labels,
      annotations: {
        'linkerd.io/inject': 'enabled',
        'config.linkerd.io/default-inbound-policy': 'all-unauthenticated',
        'config.linkerd.io/skip-inbound-ports': '9090',
        'config.linkerd.io/proxy-cpu-request': '100m',
        'config.linkerd.io/proxy-memory-request': '134217728',
      },
    };
    expect({ namespace, injected, notInjected, podSecurity, manifests, awaitedConfigMap }).toEqual({
      namespace: { labels: {}, annotations: { 'linkerd.io/inject': 'enabled' } },
      injected: marks,
      notInjected: NOT_INJECTED,
      podSecurity: 'privileged',
      manifests: [],
      awaitedConfigMap: null,
    });
  });

  it('says what has to be seen for its traffic to count', () => {
    expect(contributionOf().expectation).toEqual({
      hops: 2,
      peerIdentity: CLIENT,
      plaintext: 'answered',
      concurrency: 1,
      requestCounters: [
        {
          hop: 'client',
          counter: `request_total{direction="outbound",target_port="8080",tls="true",server_id="${SERVER}"}`,
        },
        {
          hop: 'server',
          counter: `request_total{direction="inbound",target_port="8080",tls="true",client_id="${CLIENT}",route_name!="probe"}`,
        },
      ],
      wireCounters: [
        {
          hop: 'client',
          what: 'connections',
          counter: 'tcp_open_total{direction="outbound",peer="dst",target_port="8080"}',
        },
      ],
      handshakeCounter: {
        hop: 'server',
        counter: 'tcp_open_total{direction="inbound",peer="src",target_port="8080",tls="true"}',
        expected: 'some',
      },
    });
  });

  it('waits for no config map, since what is injected mounts none, and its init container needs what "baseline" forbids', () => {
    const { volumes, initContainers } = recordedSpec('default-after');
    expect(volumes.filter(({ configMap }) => configMap !== undefined).map(({ name }) => name)).toEqual(['program']);
    expect(initContainers[0]?.securityContext.capabilities?.add).toEqual(['NET_ADMIN', 'NET_RAW']);
  });
});

describe('strict', () => {
  it('is an inbound policy, refuses plaintext with a status and changes nothing else of the proof', () => {
    expect(annotationsOf({ mtls: 'strict' })['config.linkerd.io/default-inbound-policy']).toBe('all-authenticated');
    expect(contributionOf({ mtls: 'strict' }).expectation).toEqual({
      ...contributionOf().expectation,
      plaintext: 'refused',
      refusalStatus: 403,
    });
  });

  it.each(['client', 'server'])('is refused with a sidecar at the %s alone', (sidecars) => {
    expect(refusalOf({ mtls: 'strict', sidecars })).toBe(
      'mtls: strict needs sidecars: both, since a request from or to one alone is plaintext',
    );
  });
});

describe('one sidecar', () => {
  it('at the client: the server is marked as not to be injected, and only the client counts, in plaintext', () => {
    const { notInjected, hops, expectation } = contributionOf({ sidecars: 'client' });
    expect([notInjected, hops]).toEqual([NOT_INJECTED, ['client']]);
    expect(expectation).toEqual({
      hops: 1,
      peerIdentity: null,
      plaintext: 'answered',
      concurrency: 1,
      requestCounters: [
        { hop: 'client', counter: 'request_total{direction="outbound",target_port="8080",tls="no_identity"}' },
      ],
      wireCounters: [
        {
          hop: 'client',
          what: 'connections',
          counter: 'tcp_open_total{direction="outbound",peer="dst",target_port="8080"}',
        },
      ],
      handshakeCounter: null,
    });
  });

  it('at the server: no connection of the service may be encrypted', () => {
    const { notInjected, hops, expectation } = contributionOf({ sidecars: 'server' });
    expect([notInjected, hops]).toEqual([NOT_INJECTED, ['server']]);
    expect(expectation).toEqual({
      hops: 1,
      peerIdentity: null,
      plaintext: 'answered',
      concurrency: 1,
      requestCounters: [
        {
          hop: 'server',
          counter: 'request_total{direction="inbound",target_port="8080",tls="no_identity",route_name!="probe"}',
        },
      ],
      handshakeCounter: {
        hop: 'server',
        counter: 'tcp_open_total{direction="inbound",peer="src",target_port="8080",tls="true"}',
        expected: 'none',
      },
    });
  });
});

describe('settings', () => {
  it('become annotations whose amounts the injector can read', () => {
    const written = { cpuRequest: '0.25', cpuLimit: 2, memoryRequest: '64Mi', memoryLimit: '1Gi', concurrency: 2 };
    expect(annotationsOf({ ...written, nativeSidecar: 'off', accessLog: 'json' })).toEqual({
      'linkerd.io/inject': 'enabled',
      'config.linkerd.io/default-inbound-policy': 'all-unauthenticated',
      'config.linkerd.io/skip-inbound-ports': '9090',
      'config.linkerd.io/proxy-cpu-request': '250m',
      'config.linkerd.io/proxy-cpu-limit': '2000m',
      'config.linkerd.io/proxy-memory-request': '67108864',
      'config.linkerd.io/proxy-memory-limit': '1073741824',
      'config.linkerd.io/proxy-enable-native-sidecar': 'false',
      'config.linkerd.io/access-log': 'json',
    });
  });

  it('of which none is wanted leave their annotations out', () => {
    expect(annotationsOf({ cpuRequest: 'none', memoryRequest: 'none', nativeSidecar: 'on' })).toEqual({
      'linkerd.io/inject': 'enabled',
      'config.linkerd.io/default-inbound-policy': 'all-unauthenticated',
      'config.linkerd.io/skip-inbound-ports': '9090',
      'config.linkerd.io/proxy-enable-native-sidecar': 'true',
    });
  });

  it.each([
    [{ cpuRequest: 'none', cpuLimit: 2 }, 'cpuLimit needs a cpuRequest: else the limit is reserved'],
    [{ memoryRequest: 'none', memoryLimit: '1Gi' }, 'memoryLimit needs a memoryRequest: else the limit is reserved'],
    [{ cpuRequest: 2, cpuLimit: 1 }, 'cpuRequest is above cpuLimit'],
    [{ memoryRequest: '1Gi', memoryLimit: '128Mi' }, 'memoryRequest is above memoryLimit'],
    [
      { cpuLimit: '1500m', concurrency: 3 },
      "cpuLimit 1500m lets Linkerd's proxy start 2 of the 3 workers asked for in concurrency",
    ],
  ])('%j are refused', (written, why) => {
    expect(refusalOf(written)).toBe(why);
  });
});

describe('workers', () => {
  const variables = (written: Record<string, string | number>) =>
    annotationsOf(written)['config.linkerd.io/proxy-additional-env'];

  it.each([
    ['default', { cpuRequest: 'none' }, 'single-threaded'],
    ['resources', { cpuRequest: '100m', cpuLimit: '1000m' }, 'single-threaded'],
    ['cpu-limit-2-request-100m', { cpuRequest: '100m', cpuLimit: 2 }, 'multi-threaded proxy runtime cores=2'],
  ])('follow from the resources as the recorded pod %s shows', (name, written, runtime) => {
    const log = recordedText('pods/proxy-first-log-lines.txt').split('== ');
    const line = log.find((part) => part.startsWith(`${name}\n`)) ?? '';
    expect(line.includes(`Using ${runtime}`)).toBe(true);
    expect(workersByResources(settingsOf(written))).toBe(runtime.endsWith('2') ? 2 : 1);
  });

  it('are left to the resources where those give the number asked for', () => {
    expect([
      variables({}),
      variables({ cpuLimit: '500m' }),
      variables({ cpuLimit: '1500m', concurrency: 2 }),
      variables({ cpuRequest: 3, concurrency: 3 }),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it.each([
    [{ concurrency: 2 }, '2'],
    [{ cpuLimit: 2 }, '1'],
    [{ cpuRequest: 2 }, '1'],
    [{ cpuLimit: 4, concurrency: 3 }, '3'],
  ])('of %j are written out, without a limit that would throttle', (written, value) => {
    expect(JSON.parse(variables(written) ?? '[]')).toEqual([
      { name: 'LINKERD2_PROXY_CORES_MIN', value },
      { name: 'LINKERD2_PROXY_CORES_MAX', value },
    ]);
  });
});

describe("the injector's webhook", () => {
  it('is the one configuration of its kind that the selector finds in the recorded install', () => {
    const [key = '', value] = LINKERD_IN_CLUSTER.webhookSelector.split('=');
    const found = recordedWebhooks().filter(({ metadata }) => metadata.labels[key] === value);
    expect(found.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([
      ['MutatingWebhookConfiguration', 'linkerd-proxy-injector-webhook-config'],
    ]);
  });
});
