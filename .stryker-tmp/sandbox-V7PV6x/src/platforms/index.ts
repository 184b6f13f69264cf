// @ts-nocheck
import type { PlatformEntry } from './platform.ts';

/** Every platform. Adding one is one folder and one entry here. */
export const PLATFORMS = {
  local: {
    title: 'this machine: pods as network namespaces, or explicit loopback ports',
    setUpAndTearDownMs: 3000,
    load: async () => (await import('./local/local.ts')).local,
  },
  kubernetes: {
    title: 'a Kubernetes cluster, with sidecars that a mesh injects',
    setUpAndTearDownMs: 25_000,
    load: async () => (await import('./kubernetes/kubernetes.ts')).kubernetes,
  },
} satisfies Record<string, PlatformEntry>;

export type PlatformId = keyof typeof PLATFORMS;
export const PLATFORM_IDS = Object.keys(PLATFORMS) as readonly PlatformId[];

export function platformEntry(id: PlatformId): PlatformEntry {
  return PLATFORMS[id];
}
