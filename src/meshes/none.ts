import type { Expectation } from '../record/runRecord.ts';
import type { Call, Mesh } from './mesh.ts';
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

/** Services behind the first one, whose callers have no identity either. */
function unprovenOf(further: readonly Call[] | undefined): Pick<Expectation, 'further'> {
  return further === undefined ? {} : { further: further.map(({ hop }) => ({ pod: hop, peerIdentity: null })) };
}

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
      ...unprovenOf(further),
    },
  }),
  kubernetes: ({ further }) => ({
    kind: 'kubernetes',
    expectation: { ...EXPECTATION, requestCounters: [], ...unprovenOf(further) },
    podSecurity: 'restricted',
    namespace: NO_MARKS,
    injected: NOT_INJECTED,
    notInjected: NOT_INJECTED,
    injectOne: NO_MARKS,
    manifests: [],
    awaitedConfigMap: null,
    sidecar: null,
    hops: [],
  }),
};
