import { describe, expect, it } from 'vitest';
import { meshEntry } from '../../src/meshes/index.ts';
import type { LocalContext } from '../../src/meshes/mesh.ts';

const hop = { ip: '127.0.0.1', sign: null, adminPort: 1, certificates: { cert: 'c', key: 'k', ca: 'a' } };
const context: LocalContext = {
  wiring: 'ports',
  settings: {},
  service: { host: 'echo', port: 8080 },
  proxyVersion: 'none',
  hops: { client: hop, server: hop },
  listenPorts: { client: 2, server: 3 },
};

describe('no mesh', () => {
  it('adds nothing, and expects that nothing touched the requests and plaintext was answered', async () => {
    expect((await meshEntry('none').load()).local?.(context)).toEqual({
      kind: 'local',
      identities: null,
      proxies: [],
      expectation: {
        build: 'no mesh',
        hops: 0,
        peerIdentity: null,
        plaintext: 'answered',
        concurrency: null,
        requestCounters: [],
        handshakeCounter: null,
      },
    });
  });
});

describe('no mesh before several services', () => {
  it('expects each of them to see the requests without an identity', async () => {
    const further = [{ ...hop, hop: 'server-2' as const, host: 'echo-2', calledBy: 'server' as const }];
    expect((await meshEntry('none').load()).local?.({ ...context, further })).toMatchObject({
      expectation: { further: [{ pod: 'server-2', peerIdentity: null }] },
    });
  });
});

describe.each(['istio', 'linkerd'] as const)('%s', (id) => {
  it('is never replaced by something else on this machine', async () => {
    expect((await meshEntry(id).load()).local).toBeUndefined();
  });
});
