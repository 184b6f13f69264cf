import { describe, expect, it } from 'vitest';
import { linkerdSidecar } from '../../../src/meshes/linkerd/sidecar.ts';
import { contributionOf } from './asking.ts';
import { recordedClient, recordedMetrics, recordedStatuses, recordedText } from './recorded.ts';

const CLIENT = 'client.meshed.serviceaccount.identity.linkerd.cluster.local';

/** By how much the named counters grew over a recorded load; null: there was none after it either. */
function growthOf(recording: string, selectors: readonly string[]): (number | null)[] {
  const { before, after } = recordedMetrics(recording);
  const [from, to] = [before, after].map((body) => linkerdSidecar.readCounters(body, selectors));
  return selectors.map((name) => {
    const end = to?.[name] ?? null;
    return end === null ? null : end - (from?.[name] ?? 0);
  });
}

const provingCounters = (...asked: Parameters<typeof contributionOf>) =>
  Object.fromEntries(contributionOf(...asked).expectation.requestCounters.map(({ hop, counter }) => [hop, counter]));

const both = provingCounters();
const grpc = provingCounters({}, { name: 'echo', port: 8081 });
const serverAlone = provingCounters({ sidecars: 'server' });

describe('1,000 requests with an identity and 100 without', () => {
  it('were sent and answered', () => {
    const [meshed, plain] = ['meshed', 'plain'].map((from) => recordedClient(`metrics/http1-${from}-client-output`));
    expect([meshed?.sent, meshed?.status, plain?.sent, plain?.status]).toEqual([
      1000,
      { 200: 1000 },
      100,
      { 200: 100 },
    ]);
  });

  it('grow the counters of both proxies by exactly 1,000', () => {
    expect([
      growthOf('http1-client', [both['client'] ?? '']),
      growthOf('http1-server', [both['server'] ?? '']),
    ]).toEqual([[1000], [1000]]);
  });

  it('went over the one connection that the client’s proxy opened, since it multiplexes', () => {
    const [opened] = contributionOf().expectation.wireCounters ?? [];
    const { after } = recordedMetrics('http1-client');
    expect(Object.values(linkerdSidecar.readCounters(after, [opened?.counter ?? '']))).toEqual([1]);
  });

  it('grow the counter of a server that has the only sidecar by the 100, without the probes of its control port', () => {
    const probes = 'request_total{direction="inbound",target_port="9090",route_name="probe"}';
    const [plain, probed] = growthOf('http1-server', [serverAlone['server'] ?? '', probes]);
    expect([plain, (probed ?? 0) > 0]).toEqual([100, true]);
    const onProbedPort = serverAlone['server']?.replace('8080', '9090') ?? '';
    expect(growthOf('http1-server', [onProbedPort])).toEqual([null]);
  });

  it('are as many responses, by status', () => {
    const inbound = 'response_total{direction="inbound",target_port="8080"';
    expect(
      growthOf('http1-server', [
        `${inbound},tls="true",client_id="${CLIENT}",status_code="200"}`,
        `${inbound},tls="no_identity",no_tls_reason="no_tls_from_remote",status_code="200"}`,
        `${inbound},status_code!="200"}`,
      ]),
    ).toEqual([1000, 100, null]);
    expect(growthOf('http1-client', ['response_total{direction="outbound",status_code="200"}'])).toEqual([1000]);
  });

  it('came over one encrypted connection, of which there was none before', () => {
    const counter = contributionOf().expectation.handshakeCounter?.counter ?? '';
    const { before, after } = recordedMetrics('http1-server');
    const [from, to] = [before, after].map((body) => linkerdSidecar.readCounters(body, [counter])[counter]);
    expect([from, to]).toEqual([null, 1]);
  });
});

describe('1,010 gRPC calls with an identity, ten of which failed, and 100 without', () => {
  it('grow the counter of the server by all 1,010: a call that the service fails went the same way', () => {
    expect(growthOf('grpc-server', [grpc['server'] ?? ''])).toEqual([1010]);
    const responses = 'response_total{direction="inbound",target_port="8081"';
    expect(
      growthOf('grpc-server', [
        `${responses},tls="true",grpc_status="0"}`,
        `${responses},tls="true",grpc_status="13",classification="failure"}`,
        `${responses},tls="no_identity"}`,
      ]),
    ).toEqual([1000, 10, 100]);
  });

  it('grow no counter of the other port', () => {
    expect(growthOf('grpc-server', [both['server'] ?? ''])).toEqual([0]);
  });
});

describe('under strict, 1,000 requests with an identity, 100 and 50 without', () => {
  const strict = provingCounters({ mtls: 'strict' }, { name: 'strict', port: 8080 });

  it('grow the counter by the 1,000: what is denied is counted as denied and nowhere else', () => {
    const denied = (port: number) => `inbound_http_authz_deny_total{target_port="${port}",tls="no_identity"}`;
    const answered = (port: number) => `response_total{direction="inbound",target_port="${port}",tls="no_identity"}`;
    expect(
      growthOf('strict-server', [
        strict['server'] ?? '',
        `inbound_http_authz_allow_total{target_port="8080",tls="true",client_id="${CLIENT}"}`,
        denied(8080),
        denied(8081),
        answered(8080),
        answered(8081),
      ]),
    ).toEqual([1000, 1000, 100, 50, null, null]);
  });

  it('are refused with the expected status, by the proxy itself', () => {
    const { status, server, samples } = recordedClient('metrics/strict-plain-client-output');
    const { refusalStatus = 0 } = contributionOf({ mtls: 'strict' }).expectation;
    expect([status, server, samples[0]?.body]).toEqual([{ [refusalStatus]: 100 }, {}, '']);
    expect(recordedClient('metrics/strict-plain-grpc-output').grpcStatus).toEqual({ 7: 50 });
  });
});

describe("the proxy's pages", () => {
  const metrics = { port: linkerdSidecar.adminPort, path: linkerdSidecar.countersPath([]) };

  it('are closed to everyone outside the mesh under strict, but not on the loopback of the pod', () => {
    expect(recordedStatuses('all-authenticated', metrics)).toEqual({
      'pod IP from the node': 403,
      "API server's pod proxy": 403,
      'port-forward': 200,
      "loopback, from the pod's own container": 200,
      'pod IP from a meshed pod': 200,
      'pod IP from a pod without proxy': 403,
    });
    expect(new Set(Object.values(recordedStatuses('all-unauthenticated', metrics)))).toEqual(new Set([200]));
  });

  it('that are refused are not taken for counters that stand at nothing', () => {
    expect(() => linkerdSidecar.readCounters('', [both['server'] ?? ''])).toThrow('it holds no sample');
    const plain = recordedText('metrics/http1-server-before.txt');
    expect(linkerdSidecar.readCounters(plain, [both['server'] ?? ''])).toEqual({ [both['server'] ?? '']: null });
  });

  it('are not what keeps the control port open: the ports to skip are', () => {
    const control = { port: 9090, path: '/counts' };
    const refused = (name: string) =>
      Object.entries(recordedStatuses(name, control)).flatMap(([via, status]) => (status === 403 ? [via] : []));
    expect([refused('all-authenticated'), refused('all-authenticated-skip-9090')]).toEqual([
      ['pod IP from the node', "API server's pod proxy", 'pod IP from a pod without proxy'],
      [],
    ]);
  });
});
