import type { Profile } from './profile.ts';

/**
 * Each mesh as its own installer ships it: Istio 1.30 (mesh-facts 1.4 for requests and limits, 1.6 for workers, 2.3 and
 * 2.4 for retries, 1.9 for access log and telemetry) and Linkerd edge-26.8 (3.5 for workers and resources, 3.9 for the
 * access log).
 */
export const DEFAULTS: Profile = {
  title: 'each mesh as its own installer ships it',
  settings: {
    none: {},
    envoy: { concurrency: 2, retries: 'default', accessLog: 'off' },
    istio: {
      concurrency: 2,
      cpuRequest: '100m',
      cpuLimit: '2',
      memoryRequest: '128Mi',
      memoryLimit: '1Gi',
      nativeSidecar: 'auto',
      telemetry: 'default',
    },
    linkerd: {
      concurrency: 1,
      cpuRequest: 'none',
      cpuLimit: 'none',
      memoryRequest: 'none',
      memoryLimit: 'none',
      nativeSidecar: 'auto',
      accessLog: 'off',
    },
  },
  leavesUnlike: [
    {
      mesh: 'istio',
      because:
        "what a cluster's own install of Istio changes for all sidecars (access log, tracing, retries) stays as that install has it",
    },
    {
      mesh: 'linkerd',
      because: "what a cluster's own install of Linkerd changes for all proxies stays as that install has it",
    },
  ],
};
