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
      // The same call that a strict mesh has to refuse: answered here, it shows that the control itself is sound.
      plaintext: 'answered',
      concurrency: null,
      requestCounters: [],
      handshakeCounter: null,
    },
  }),
};
