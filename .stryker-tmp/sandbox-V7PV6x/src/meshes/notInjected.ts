// @ts-nocheck
import type { Marks } from './mesh.ts';

/** Keeps every injector off a pod, since a cluster may inject wherever nothing is said; each mesh ignores the other's words. */
export const NOT_INJECTED: Marks = {
  labels: { 'sidecar.istio.io/inject': 'false', 'istio.io/dataplane-mode': 'none' },
  annotations: { 'linkerd.io/inject': 'disabled' },
};
