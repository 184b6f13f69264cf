import type { PlatformId } from '../platforms/index.ts';
import type { Expectation } from '../record/runRecord.ts';
import type { MeshSettings } from '../scenario/scenario.ts';

export type Hop = 'client' | 'server';
export const HOPS: readonly Hop[] = ['client', 'server'];

/** One setting that a scenario may give a mesh. */
export type SettingSpec =
  | { kind: 'choice'; options: readonly string[]; default: string; about: string }
  | { kind: 'integer'; min: number; max: number; default: number; about: string };

/** How a hop's proxy is reached and reaches on, as the platform has wired it. */
export interface HopWiring {
  /** Address of the pod. */
  ip: string;
  adminPort: number;
  certificates: { cert: string; key: string; ca: string };
}

/** What a mesh needs to know to describe its part of a local deployment. */
export interface LocalContext {
  /** `redirect`: iptables brings connections to the proxies; `ports`: the proxies listen on loopback ports of their own. */
  wiring: 'redirect' | 'ports';
  settings: MeshSettings;
  service: { host: string; port: number };
  /** Version that the proxy's binary prints. */
  proxyVersion: string;
  hops: Readonly<Record<Hop, HopWiring>>;
  /** Loopback ports of the proxies; only with `ports`. */
  listenPorts: Readonly<Record<Hop, number>>;
}

/** What a mesh adds to a local deployment: data only, the platform acts on it. */
export interface LocalContribution {
  kind: 'local';
  expectation: Expectation;
  /** SPIFFE identity for each hop's certificate; null: no certificates wanted. */
  identities: Readonly<Record<Hop, string>> | null;
  proxies: readonly { hop: Hop; bootstrap: object; concurrency: number }[];
}

export interface Unsupported {
  unsupported: string;
}

/** The code of a mesh, loaded when it is needed. */
export interface Mesh {
  contribute(context: LocalContext): LocalContribution | Unsupported;
}

export interface MeshEntry {
  title: string;
  platforms: readonly PlatformId[];
  /** Whether it adds proxies: without any treatment that does, no binary is looked for. */
  proxied: boolean;
  settings: Readonly<Record<string, SettingSpec>>;
  /** Named here while the mesh cannot be measured yet. */
  notYet?: string;
  load(): Promise<Mesh>;
}
