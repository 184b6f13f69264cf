import type { Profile } from './profile.ts';

/** Requests and limits that both meshes can be given: those that Istio ships, since Linkerd ships none (mesh-facts 1.4, 3.5). */
const SIDECAR = { cpuRequest: '100m', cpuLimit: '2', memoryRequest: '128Mi', memoryLimit: '1Gi', nativeSidecar: 'on' };
const WORKERS = { concurrency: 2 };

/** The knobs that meshes have in common, set alike. What a mesh cannot be told is listed, with what it does instead. */
export const EQUALISED: Profile = {
  title: 'what the meshes can both be told, told alike',
  settings: {
    none: {},
    envoy: { ...WORKERS, retries: 'off', accessLog: 'off' },
    istio: { ...WORKERS, ...SIDECAR, telemetry: 'default' },
    linkerd: { ...WORKERS, ...SIDECAR, accessLog: 'off' },
  },
  // Mesh-facts 2.4 and 3.6 for the wire and the keys, 2.3, 2.4 and 3.8 for retries, 1.9 and 3.7 for telemetry.
  leavesUnlike: [
    {
      mesh: 'envoy',
      because: 'its proxies have no container here, so that neither requests nor limits can be set for them',
    },
    {
      mesh: 'envoy',
      because:
        'its keys are ECDSA P-256, as those of Linkerd; Istio itself issues RSA-2048, which costs more at a handshake only',
    },
    {
      mesh: 'istio',
      because:
        'its sidecars try again up to twice on either side, which nothing here turns off; the gate attempts voids a trial in which that happened',
    },
    {
      mesh: 'istio',
      because:
        'it carries HTTP/1.1 as HTTP/1.1, on one connection for each request under way, while Linkerd multiplexes',
    },
    { mesh: 'istio', because: 'its keys are of the type that its control plane issues, RSA-2048 unless changed there' },
    { mesh: 'istio', because: "whether it logs requests is its install's matter; no setting here turns that off" },
    { mesh: 'linkerd', because: 'its proxies multiplex over HTTP/2 whatever is asked' },
    { mesh: 'linkerd', because: 'its keys are ECDSA P-256, whatever is asked' },
    { mesh: 'linkerd', because: "its proxies' metrics cannot be turned off, and count other things than Istio's" },
  ],
};
