// @ts-nocheck
import type { MeshInCluster, SettingSpec } from '../mesh.ts';

/** Defaults are those of Istio's own chart (mesh-facts 1.4 and 1.6), so that what is measured unasked is what teams get. */
export const ISTIO_SETTINGS = {
  mtls: {
    kind: 'choice',
    options: ['permissive', 'strict', 'off'],
    default: 'permissive',
    about: 'mutual TLS between sidecars; strict refuses plaintext, permissive takes both, off takes plaintext only',
  },
  sidecars: {
    kind: 'choice',
    options: ['both', 'client', 'server'],
    default: 'both',
    about: 'which side has a sidecar; one alone is a step of adopting the mesh',
  },
  concurrency: { kind: 'integer', min: 1, max: 128, default: 2, about: 'worker threads of each proxy' },
  cpuRequest: { kind: 'cpu', default: '100m', about: 'CPU that each sidecar reserves' },
  cpuLimit: { kind: 'cpu', default: '2', about: 'CPU that each sidecar may use at most, or none' },
  memoryRequest: { kind: 'memory', default: '128Mi', about: 'memory that each sidecar reserves' },
  memoryLimit: { kind: 'memory', default: '1Gi', about: 'memory that each sidecar may use at most, or none' },
  nativeSidecar: {
    kind: 'choice',
    options: ['auto', 'on', 'off'],
    default: 'auto',
    about: 'sidecar as an init container that goes on running; auto leaves it to the control plane',
  },
  telemetry: {
    kind: 'choice',
    options: ['default', 'off'],
    default: 'default',
    about: "the mesh's request metrics; off adds a Telemetry object that disables all of them",
  },
  revision: { kind: 'name', default: '', about: 'revision or tag of the control plane that injects' },
} as const satisfies Record<string, SettingSpec>;

export const ISTIO_IN_CLUSTER: MeshInCluster = {
  controlPlaneSelector: 'app=istiod',
  webhookSelector: 'app=sidecar-injector',
  apis: ['security.istio.io/v1', 'telemetry.istio.io/v1'],
  installHint: 'istioctl install --set profile=minimal (not demo: it logs and traces every request)',
  notYetRun: null,
};
