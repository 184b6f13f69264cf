import type { Mesh } from './mesh.ts';
import { NOT_INJECTED } from './notInjected.ts';

const EXPECTATION = {
  hops: 0,
  peerIdentity: null,
  // The same call that a strict mesh has to refuse: answered here, it shows that the control itself is sound.
  plaintext: 'answered',
  concurrency: null,
  requestCounters: [],
  handshakeCounter: null,
} as const;

const NO_MARKS = { labels: {}, annotations: {} };
/** The baseline: nothing is added, and nothing may have touched the requests. */
export const none: Mesh = {
  local: ({ further }) => ({
    kind: 'local',
    identities: null,
    proxies: [],
    expectation: {
      build: 'no mesh',
      ...EXPECTATION,
      requestCounters: [],
      ...(further === undefined ? {} : { further: further.map(({ hop }) => ({ pod: hop, peerIdentity: null })) }),
    },
  }),
  kubernetes: () => ({
    kind: 'kubernetes',
    expectation: { ...EXPECTATION, requestCounters: [] },
    podSecurity: 'restricted',
    namespace: NO_MARKS,
    pods: { client: NOT_INJECTED, server: NOT_INJECTED },
    stranger: NOT_INJECTED,
    injectOne: NO_MARKS,
    manifests: [],
    awaitedConfigMap: null,
    sidecar: null,
    hops: [],
  }),
};
