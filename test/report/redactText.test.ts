import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Kind, placeholders } from '../../src/report/redact/placeholders.ts';
import { redactText } from '../../src/report/redact/text.ts';

const KNOWN = new Map<string, Kind>([
  ['buildbox', 'host'],
  ['meshtax-ae1-b1', 'namespace'],
  ['alice', 'user'],
]);

const redact = (text: string) => redactText(KNOWN, placeholders())(text);

describe('redactText', () => {
  it.each([
    // Paths.
    [
      "ENOENT: no such file or directory, open '/home/alice/my runs/x'",
      "ENOENT: no such file or directory, open 'path-1'",
    ],
    ['/etc/hosts: is a directory', 'path-1: is a directory'],
    ['see /var/log/a.log.', 'see path-1.'],
    ['--out=/srv/runs and --out ~/runs', '--out=path-1 and --out path-2'],
    ['~bob/x', 'path-1'],
    ['C:\\Users\\bob\\run and "D:\\my runs\\x"', 'path-1 and "path-2"'],
    // Addresses.
    ['connect ECONNREFUSED 10.1.2.3:8080', 'connect ECONNREFUSED address-1:8080'],
    ['from 192.168.0.7, then 10.0.0.1.', 'from address-1, then address-2.'],
    ['inbound_10.1.2.3_8080', 'inbound_address-1_8080'],
    ['listener.10.1.2.3_15006.ssl.handshake', 'listener.address-1_15006.ssl.handshake'],
    ['[fd00:10:96::a]:53 and 2001:db8::1', '[address-1]:53 and address-2'],
    // Hosts.
    ['getaddrinfo ENOTFOUND db', 'getaddrinfo ENOTFOUND host-1'],
    ['node-7.eu.example.com and api.internal', 'host-1 and host-2'],
    ['echo.meshtax-ae1-b1.svc.cluster.local:8080', 'host-1:8080'],
    [
      'cluster.outbound|8080||echo.x.svc.cluster.local;.upstream_rq_total',
      'cluster.outbound|8080||host-1;.upstream_rq_total',
    ],
    [
      'cluster.outbound|8080||echo.x.svc.cluster.local.upstream_rq_total',
      'cluster.outbound|8080||host-1.upstream_rq_total',
    ],
    ['registry.corp.example:5000/team/app:1.2', 'host-1:5000/team/app:1.2'],
    ['bob@db.example.org and bob@db', 'user-1@host-1 and user-1@host-2'],
    // Identities and addresses of other kinds.
    ['spiffe://cluster.local/ns/bench/sa/client seen', 'spiffe://cluster-1/ns/namespace-1/sa/account-1 seen'],
    ['https://bob:pw@k8s.corp.example:6443/api/v1?x=1 failed', 'https://user-1@host-1:6443/path-1 failed'],
    ['http://[fd00::1]:8080/x', 'http://address-1:8080/path-1'],
    ['file:///home/bob/report.html', 'file:///path-1'],
    // Known names, as words and as parts of words with dots.
    ['buildbox: pod of alice in meshtax-ae1-b1', 'host-1: pod of user-1 in namespace-1'],
    ['server.meshtax-ae1-b1', 'server.namespace-1'],
    ['namespace meshtax-ae10049d-b7-istio-r0-a1 is stuck', 'namespace namespace-1 is stuck'],
  ])('hides what names something: %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    'the whole interval, 0.51 to 0.67 ms, is at or under 5 ms; 1,000/s, p50/p99, 96.9 %, and/or n/a',
    "upstream Envoy 1.40.0 in Istio's sidecar topology, not Istio",
    '9e5580933739775e8bce696a57a2e1bc99368f23/1.40.0/Clean/RELEASE/BoringSSL',
    'Istio control plane 1.31-dev-eed52ebb66ad-1869dccb, agent 1.31-dev-eed52ebb66ad',
    'v1.34.4, containerd://1.6.20, Debian GNU/Linux 12 (bookworm), v20.20.2, 6.18.44-fc-v595, AMD EPYC',
    'sha256:09c0c82f6954382e6663a2ec2a5dd1b3512c22805bb18d3ddf07, team/app@sha256:09c0c82f6954',
    'listener.0.0.0.0_15006.ssl.handshake and cluster.xds-grpc on 127.0.0.1:15000, localhost and ::1',
    'the annotation sidecar.istio.io/proxyCPULimit, or config.linkerd.io/proxy-cpu-limit',
    'report.html, results.schema.json, scenarios/quick-start.yaml:3:16, Node.js, e.g. meshtax/results@1',
    '2026-11-25T04:38:05.794Z at 13:37:57, b1-istio-strict-r0-a1',
    'buildboxes and alice2 and not-buildbox',
  ])('leaves alone what does not: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('gives a name the same placeholder wherever it stands, and two names never the same', () => {
    const text = redactText(KNOWN, placeholders());
    expect(text('10.0.0.1 and 10.0.0.2')).toBe('address-1 and address-2');
    expect(text('10.0.0.2, 10.0.0.3 and 10.0.0.1')).toBe('address-2, address-3 and address-1');
    expect(text('http://10.0.0.3/')).toBe('http://address-3/');
  });

  it('lets no address, host or mail address through', () => {
    const texts = fc.tuple(fc.ipV4(), fc.ipV6(), fc.webUrl({ withQueryParameters: true }));
    fc.assert(
      fc.property(texts, fc.constantFrom(' ', ', ', '; ', ' -> ', '\n', '" "'), ([v4, v6, url], between) => {
        const shown = redact(`x${between}${v4}${between}${v6}${between}${url}${between}y`);
        const { hostname } = new URL(url);
        const own = /^(?:127\.|0\.0\.0\.0$)/.test(v4) || ['::1', '::'].includes(v6);
        if (!own) for (const secret of [v4, v6, hostname]) expect(shown).not.toContain(secret);
      }),
    );
  });

  it.each(['a', '/', '/a', 'a.', '.', ':', 'a:', "'/", 'a@', '~', 'a://', '1.', '-', 'C:\\', 'ENOTFOUND '])(
    'comes to an end on a text of 200,000 signs that could each begin a name: %j',
    (part) => {
      const text = part.repeat(200_000 / part.length);
      // In quadratic time it would take many minutes.
      expect([redact(text), redact(`${text}!a`), redact(`${text}b`)].every((shown) => shown.length > 0)).toBe(true);
    },
  );
});
