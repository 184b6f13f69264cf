// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { differencesOf, featuresOf, featuresOfDump } from '../../../src/meshes/envoy/features.ts';

const bootstrap = () => ({
  admin: { access_log: [{}] },
  static_resources: {
    listeners: [
      {
        name: 'in',
        filter_chains: [
          {
            filters: [
              {
                name: 'manager',
                typed_config: {
                  codec_type: 'AUTO',
                  http_filters: [{ name: 'fault', typed_config: { '@type': 'f' } }],
                  route_config: { virtual_hosts: [{ routes: [{ route: { retry_policy: { num_retries: 2 } } }] }] },
                } as Record<string, unknown>,
              },
            ],
          } as Record<string, unknown>,
        ],
      },
    ],
    clusters: [{ name: 'app', transport_socket: { name: 'tls' } } as Record<string, unknown>],
  },
});

/** What an Envoy with this bootstrap would print: fields in another order, defaults left out. */
function dumpOf(running: object, more: object[] = []): string {
  return JSON.stringify({ configs: [{ bootstrap: running }, ...more] });
}

function differences(change: (running: ReturnType<typeof bootstrap>) => void): string[] {
  const running = bootstrap();
  change(running);
  return differencesOf(featuresOf(bootstrap()), featuresOfDump(dumpOf(running)));
}

const chainOf = (running: ReturnType<typeof bootstrap>) =>
  running.static_resources.listeners[0]?.filter_chains[0] ?? {};
const managerOf = (running: ReturnType<typeof bootstrap>) =>
  (chainOf(running)['filters'] as [{ typed_config: Record<string, unknown> }])[0].typed_config;

const set = (where: object, what: object): void => void Object.assign(where, what);

describe('the effective configuration of an Envoy', () => {
  it('is as asked where only defaults are left out', () => {
    expect(differences((running) => void delete managerOf(running)['codec_type'])).toEqual([]);
  });

  it.each([
    ['an access log', (r) => set(managerOf(r), { access_log: [{}] }), 'listener in, chain 1: access_log: 1, asked 0'],
    [
      'tracing',
      (r) => set(managerOf(r), { tracing: { verbose: true } }),
      'listener in, chain 1: tracing: {"verbose":true}, asked none',
    ],
    [
      'a fault',
      (r) => set(managerOf(r), { http_filters: [{ name: 'fault', typed_config: { abort: 1 } }] }),
      'listener in, chain 1: HTTP filters: fault {"abort":1}, asked fault',
    ],
    [
      'more retries',
      (r) =>
        set(managerOf(r), {
          route_config: {
            virtual_hosts: [{ routes: [{ route: { retry_policy: { num_retries: 3, retry_on: '5xx' } } }] }],
          },
        }),
      'listener in, chain 1, route 1: retries: 3 on 5xx, asked 2 on nothing',
    ],
    [
      'no TLS',
      (r) => void delete r.static_resources.clusters[0]?.['transport_socket'],
      'cluster app: TLS: none, asked tls',
    ],
    [
      'a limit',
      (r) => set(r.static_resources.clusters[0] ?? {}, { circuit_breakers: { b: 1, a: 2 } }),
      'cluster app: circuit_breakers: {"a":2,"b":1}, asked none',
    ],
  ] satisfies [string, (running: ReturnType<typeof bootstrap>) => void, string][])(
    'differs by %s, in words',
    (_what, change, difference) => {
      expect(differences(change)).toEqual([difference]);
    },
  );

  it('differs by what came to the running proxy from elsewhere', () => {
    const dump = dumpOf(bootstrap(), [{ dynamic_listeners: [{}, {}] }]);
    expect(differencesOf(featuresOf(bootstrap()), featuresOfDump(dump))).toEqual(['dynamic_listeners: 2, asked none']);
  });

  it('is not made up where the answer holds none', () => {
    expect(() => featuresOfDump('{}')).toThrow("the proxy's /config_dump holds no bootstrap");
  });
});
