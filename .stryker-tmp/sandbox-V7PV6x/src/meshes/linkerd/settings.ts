// @ts-nocheck
import type { MeshInCluster, SettingSpec } from '../mesh.ts';

/**
 * Linkerd's own defaults, but for the two requests, which it leaves unset: Istio's are taken, so that the scheduler
 * treats the sidecars of both alike. There is no mtls off: between two sidecars Linkerd always encrypts.
 */
export const LINKERD_SETTINGS = {
  mtls: {
    kind: 'choice',
    options: ['permissive', 'strict'],
    default: 'permissive',
    about: 'whether the server takes plaintext too; between two sidecars mutual TLS is always on',
  },
  sidecars: {
    kind: 'choice',
    options: ['both', 'client', 'server'],
    default: 'both',
    about: 'which side has a sidecar; one alone is a step of adopting the mesh',
  },
  concurrency: { kind: 'integer', min: 1, max: 128, default: 1, about: 'worker threads of each proxy' },
  cpuRequest: { kind: 'cpu', default: '100m', about: 'CPU that each sidecar reserves' },
  cpuLimit: { kind: 'cpu', default: 'none', about: 'CPU that each sidecar may use at most, or none' },
  memoryRequest: { kind: 'memory', default: '128Mi', about: 'memory that each sidecar reserves' },
  memoryLimit: { kind: 'memory', default: 'none', about: 'memory that each sidecar may use at most, or none' },
  nativeSidecar: {
    kind: 'choice',
    options: ['auto', 'on', 'off'],
    default: 'auto',
    about: 'sidecar as an init container that goes on running; auto leaves it to the control plane',
  },
  accessLog: {
    kind: 'choice',
    options: ['off', 'json'],
    default: 'off',
    about: 'one line for each request; off leaves it to the control plane, which writes none unless told',
  },
} as const satisfies Record<string, SettingSpec>;

export const LINKERD_IN_CLUSTER: MeshInCluster = {
  controlPlaneSelector: 'linkerd.io/control-plane-component in (destination,identity,proxy-injector)',
  webhookSelector: 'linkerd.io/control-plane-component=proxy-injector',
  // Strict is an annotation, so that no kind of the mesh's own is needed.
  apis: [],
  installHint:
    "the Gateway API's definitions, then linkerd install --crds | kubectl apply -f - and linkerd install | kubectl apply -f -",
  notYetRun: 'not yet run end to end with this tool; its readers are tested over recordings of Linkerd edge-26.8.3',
};

/** Values of `config.linkerd.io/default-inbound-policy`, written out in both cases: an install may have another default. */
export const INBOUND_POLICIES = { permissive: 'all-unauthenticated', strict: 'all-authenticated' } as const;
