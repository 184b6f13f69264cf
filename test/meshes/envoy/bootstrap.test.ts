import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeHost } from '../../../src/host/nodeHost.ts';
import { envoy } from '../../../src/meshes/envoy/envoy.ts';
import { featuresOf } from '../../../src/meshes/envoy/features.ts';
import type { LocalContext, LocalContribution, ProxySign } from '../../../src/meshes/mesh.ts';
import { createAuthority } from '../../../src/platforms/local/certificates.ts';
import { cachedPath } from '../../../src/platforms/local/envoyFetch.ts';
import { PINNED_VERSION } from '../../../src/platforms/local/envoyWheels.ts';

const DIRECTORY = mkdtempSync(path.join(tmpdir(), 'meshtax-test-'));
afterAll(() => rmSync(DIRECTORY, { recursive: true, force: true }));

const OWNER: ProxySign = { by: 'owner', uid: 1337 };

interface Asked {
  mtls: string;
  retries?: string;
  accessLog?: string;
}

function contextOf(asked: Asked, wiring: LocalContext['wiring'], sign: ProxySign): LocalContext {
  const files = { cert: `${DIRECTORY}/cert.pem`, key: `${DIRECTORY}/key.pem`, ca: `${DIRECTORY}/ca.pem` };
  const hop = (ip: string) => ({ ip, sign: wiring === 'ports' ? null : sign, adminPort: 15000, certificates: files });
  return {
    wiring,
    settings: { concurrency: 3, ...asked },
    service: { host: 'echo.bench.svc.cluster.local', port: 8080 },
    proxyVersion: 'abc/1.40.0/Clean/RELEASE/BoringSSL',
    hops: { client: hop('10.0.0.1'), server: hop('10.0.0.2') },
    listenPorts: { client: 20001, server: 20002 },
  };
}

function contributionOf(asked: string | Asked, wiring: LocalContext['wiring'], sign = OWNER): LocalContribution {
  const contribution = envoy.local?.(contextOf(typeof asked === 'string' ? { mtls: asked } : asked, wiring, sign));
  if (contribution === undefined || 'unsupported' in contribution) throw new Error('it runs on this machine');
  return contribution;
}

const bootstrapText = (mtls: string, wiring: LocalContext['wiring'], hop: string) =>
  JSON.stringify(contributionOf(mtls, wiring).proxies.find((proxy) => proxy.hop === hop)?.bootstrap);

describe('the Envoy pair under strict mutual TLS', () => {
  it('has no chain for plaintext, wants a certificate, and takes one server identity only', () => {
    const server = bootstrapText('strict', 'redirect', 'server');
    expect([server.includes('"raw_buffer"'), server.includes('"require_client_certificate":true')]).toEqual([
      false,
      true,
    ]);
    const identity =
      '"match_typed_subject_alt_names":[{"san_type":"URI","matcher":{"exact":"spiffe://cluster.local/ns/bench/sa/echo"}}]';
    expect(bootstrapText('strict', 'redirect', 'client').includes(identity)).toBe(true);
  });

  it('says what has to be seen for its traffic to count', () => {
    expect(contributionOf('strict', 'redirect').expectation).toEqual({
      build: "upstream Envoy 1.40.0 in Istio's sidecar topology, not Istio",
      hops: 2,
      peerIdentity: 'spiffe://cluster.local/ns/bench/sa/client',
      plaintext: 'refused',
      concurrency: 3,
      requestCounters: [
        { hop: 'client', counter: 'cluster.outbound|8080||echo.bench.svc.cluster.local.upstream_rq_total' },
        { hop: 'server', counter: 'cluster.inbound|8080||.upstream_rq_total' },
      ],
      workerCounters: (['client', 'server'] as const).flatMap((hop) =>
        [0, 1, 2].map((worker) => ({
          hop,
          worker,
          counter: `listener.0.0.0.0_${hop === 'client' ? 8080 : 15006}.worker_${worker}.downstream_cx_total`,
        })),
      ),
      wireCounters: [
        { what: 'connections', name: 'upstream_cx_total' },
        { what: 'http1', name: 'upstream_cx_http1_total' },
        { what: 'http2', name: 'upstream_cx_http2_total' },
      ].map(({ what, name }) => ({
        hop: 'client',
        what,
        counter: `cluster.outbound|8080||echo.bench.svc.cluster.local.${name}`,
      })),
      handshakeCounter: { hop: 'server', counter: 'listener.0.0.0.0_15006.ssl.handshake', expected: 'some' },
    });
  });
});

describe('Envoys beside services that call each other', () => {
  const further = (['server-2', 'server-3'] as const).map((name, index) => ({
    hop: name,
    host: `echo-${index + 2}.bench.svc.cluster.local`,
    calledBy: 'server' as const,
    ...contextOf({ mtls: 'strict' }, 'redirect', OWNER).hops.server,
    ip: `10.0.0.${22 + index}`,
  }));
  const contribution = envoy.local?.({ ...contextOf({ mtls: 'strict' }, 'redirect', OWNER), further });
  if (contribution === undefined || 'unsupported' in contribution) throw new Error('it runs on this machine');
  const textOf = (hop: string) => JSON.stringify(contribution.proxies.find((proxy) => proxy.hop === hop)?.bootstrap);

  it('are one for each pod, with an identity of its own', () => {
    expect(contribution.proxies.map(({ hop }) => hop)).toEqual(['client', 'server', 'server-2', 'server-3']);
    const account = 'spiffe://cluster.local/ns/bench/sa';
    expect(contribution.identities).toEqual({
      client: `${account}/client`,
      server: `${account}/echo`,
      'server-2': `${account}/echo-2`,
      'server-3': `${account}/echo-3`,
    });
    expect(contribution.expectation.further).toEqual(
      ['server-2', 'server-3'].map((pod) => ({ pod, peerIdentity: `${account}/echo` })),
    );
  });

  it('route by the name that is called, and take no other identity for it', () => {
    const calling = textOf('server');
    for (const { host, ip } of further) {
      expect(calling).toContain(`"domains":["${host}","${host}:8080"]`);
      expect(calling).toContain(`"address":"${ip}"`);
    }
    expect(calling).toContain('"matcher":{"exact":"spiffe://cluster.local/ns/bench/sa/echo-3"}');
    expect(textOf('client')).not.toContain('echo-2.bench');
    expect(textOf('server-2')).not.toContain('echo-3.bench');
  });

  it('are counted before and behind each call', () => {
    const counters = contribution.expectation.requestCounters;
    expect(counters.map(({ hop }) => hop)).toEqual(['client', 'server', 'server', 'server-2', 'server', 'server-3']);
    expect(contribution.expectation.hops).toBe(6);
  });
});

describe('the Envoy pair without mutual TLS', () => {
  it('has no trace of TLS, and expects plaintext to be answered', () => {
    for (const hop of ['client', 'server']) {
      const text = bootstrapText('off', 'redirect', hop);
      expect([text.includes('transport_sockets'), text.includes('cert.pem')]).toEqual([false, false]);
    }
    const { identities, expectation } = contributionOf('off', 'redirect');
    expect([
      identities,
      expectation.peerIdentity,
      expectation.plaintext,
      expectation.handshakeCounter?.expected,
    ]).toEqual([null, null, 'answered', 'none']);
  });
});

describe('the features of the Envoy pair', () => {
  /** Those that a setting is about, of both proxies. */
  const featuresAsked = (asked: Asked, ends: string) =>
    contributionOf(asked, 'redirect').proxies.map(({ bootstrap }) =>
      Object.entries(featuresOf(bootstrap)).flatMap(([name, value]) => (name.endsWith(ends) ? [value] : [])),
    );

  it('hold the retries that Istio’s sidecars have, or none at all', () => {
    const retries = (asked: Asked) => featuresAsked(asked, ': retries');
    expect(retries({ mtls: 'strict' })).toEqual([
      ['2 on connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes'],
      ['2 on reset-before-request'],
    ]);
    expect(retries({ mtls: 'strict', retries: 'default' })).toEqual(retries({ mtls: 'strict' }));
    expect(retries({ mtls: 'strict', retries: 'off' })).toEqual([['0 on nothing'], ['0 on nothing']]);
  });

  it('hold one access log on each side where a line for each request is asked for', () => {
    const managers = (asked: Asked) =>
      contributionOf(asked, 'ports').proxies.map(({ bootstrap }) =>
        Object.entries(featuresOf(bootstrap)).filter(([name]) => /chain 1: access_log$/.test(name)),
      );
    const [client, server] = [
      'listener 0.0.0.0_8080, chain 1: access_log',
      'listener virtualInbound, chain 1: access_log',
    ];
    expect(managers({ mtls: 'strict' })).toEqual([[[client, '0']], [[server, '0']]]);
    expect(managers({ mtls: 'strict', accessLog: 'text' })).toEqual([[[client, '1']], [[server, '1']]]);
  });
});

describe('the sign by which the rules know the proxy', () => {
  const bindingOf = (sign: ProxySign) =>
    contributionOf('strict', 'redirect', sign).proxies.map(
      ({ bootstrap }) => (bootstrap as { cluster_manager?: object }).cluster_manager,
    );

  it('is nothing that a proxy with a user of its own has to do', () => {
    expect(bindingOf(OWNER)).toEqual([undefined, undefined]);
  });

  it('is set by both proxies on every connection that they open: a mark, or an address', () => {
    const marked = {
      upstream_bind_config: {
        source_address: { address: '0.0.0.0', port_value: 0 },
        socket_options: [{ level: 1, name: 36, int_value: 77, state: 'STATE_PREBIND' }],
      },
    };
    expect(bindingOf({ by: 'mark', mark: 77 })).toEqual([marked, marked]);
    const bound = { upstream_bind_config: { source_address: { address: '10.0.0.9', port_value: 0 } } };
    expect(bindingOf({ by: 'source', address: '10.0.0.9' })).toEqual([bound, bound]);
  });
});

describe('the Envoy pair on explicit ports', () => {
  it('listens on loopback only', () => {
    for (const hop of ['client', 'server']) {
      const addresses = [...bootstrapText('strict', 'ports', hop).matchAll(/"socket_address":\{"address":"([^"]+)"/g)];
      expect(new Set(addresses.map(([, address]) => address))).toEqual(new Set(['127.0.0.1']));
    }
  });

  it('refuses plaintext at the server’s port as it does under redirection, and names its own handshake counter', () => {
    const server = bootstrapText('strict', 'ports', 'server');
    expect([server.includes('"raw_buffer"'), server.includes('"require_client_certificate":true')]).toEqual([
      false,
      true,
    ]);
    expect(contributionOf('strict', 'ports').expectation.handshakeCounter).toEqual({
      hop: 'server',
      counter: 'listener.127.0.0.1_20002.ssl.handshake',
      expected: 'some',
    });
  });
});

describe.each([
  { mtls: 'strict', wiring: 'redirect' as const, sign: OWNER },
  { mtls: 'strict', wiring: 'redirect' as const, sign: { by: 'mark' as const, mark: 1337 } },
  { mtls: 'strict', wiring: 'redirect' as const, sign: { by: 'source' as const, address: '127.0.0.1' } },
  { mtls: 'strict', wiring: 'ports' as const, sign: OWNER },
  { mtls: 'off', wiring: 'redirect' as const, sign: OWNER },
  { mtls: 'off', wiring: 'ports' as const, sign: OWNER },
  { mtls: 'strict', wiring: 'ports' as const, sign: OWNER, retries: 'off', accessLog: 'text' },
])('a real Envoy', ({ wiring, sign, ...asked }) => {
  it(`takes both bootstraps with ${JSON.stringify(asked)}, ${wiring} and a proxy known by ${sign.by}`, async (context) => {
    const binary = process.env['MESHTAX_ENVOY'] || cachedPath(nodeHost(), PINNED_VERSION);
    if (!existsSync(binary)) context.skip('needs an Envoy: run meshtax once, or set $MESHTAX_ENVOY');
    const authority = await createAuthority(new Date());
    const { certPem, keyPem } = await authority.issue('spiffe://cluster.local/ns/bench/sa/client');
    for (const [name, text] of Object.entries({ cert: certPem, key: keyPem, ca: authority.certPem })) {
      writeFileSync(path.join(DIRECTORY, `${name}.pem`), text);
    }
    for (const { hop, bootstrap } of contributionOf(asked, wiring, sign).proxies) {
      const file = path.join(DIRECTORY, `${hop}.json`);
      writeFileSync(file, JSON.stringify(bootstrap));
      const said = execFileSync(binary, ['--mode', 'validate', '-c', file, '--disable-hot-restart'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expect(said).toBe(`configuration '${file}' OK\n`);
    }
  });
});
