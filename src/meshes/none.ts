import type { Mesh } from './mesh.ts';

/** The baseline: nothing is added, and nothing may have touched the requests. */
export const none: Mesh = {
  contribute: () => ({
    kind: 'local',
    identities: null,
    proxies: [],
    expectation: {
      build: 'no mesh',
      hops: 0,
      peerIdentity: null,
      plaintext: null,
      concurrency: null,
      requestCounters: [],
      handshakeCounter: null,
    },
  }),
};
