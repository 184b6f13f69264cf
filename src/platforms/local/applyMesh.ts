import path from 'node:path';
import { UserError } from '../../host/problems.ts';
import { meshEntry } from '../../meshes/index.ts';
import {
  type AnyHop,
  type FurtherService,
  type Hop,
  type HopWiring,
  isFurther,
  type LocalContribution,
} from '../../meshes/mesh.ts';
import type { DeploymentSpec } from '../../scenario/trial.ts';
import { ADMIN_PORT, addressOf, furtherHost, SERVICE_HOST } from './addresses.ts';
import { createAuthority } from './certificates.ts';
import { versionAsked } from './envoys.ts';
import { type LinkedPods, podOf } from './links.ts';
import { signOf } from './modes.ts';
import { loadRules } from './redirect.ts';
import { type Sidecar, startSidecar, writeForProxy } from './sidecar.ts';
import type { LocalSite } from './site.ts';

/** Where everything listens: fixed ports in namespaces of their own, free loopback ports without them. */
export interface Wiring {
  servicePort: number;
  /** Where the service itself listens: elsewhere where a pass-through has taken its place. */
  ownPort: number;
  adminPorts: Record<Hop, number>;
  listenPorts: Record<Hop, number>;
}

/** What has to be taken down again, in the order in which it was begun. */
export type Undo = { label: string; end(): Promise<string | undefined> }[];

/** What the treatment's mesh adds here. @throws UserError (exit 3) where the mesh cannot be had on this platform */
export async function contributionOf(
  site: LocalSite,
  spec: DeploymentSpec,
  wiring: Wiring,
): Promise<LocalContribution> {
  const { mesh: id, settings } = spec.treatment;
  const mesh = await meshEntry(id).load();
  const isolated = site.isolation.makePod !== undefined;
  const hop = (side: AnyHop): HopWiring => {
    const file = (name: string) => path.join(proxyDirectory(site, spec, side), name);
    return {
      ip: isolated ? addressOf(side) : '127.0.0.1',
      sign: signOf(site.isolation.mode, side),
      adminPort: adminPortOf(wiring, side),
      certificates: { cert: file('cert.pem'), key: file('key.pem'), ca: file('ca.pem') },
    };
  };
  const contribution = mesh.local?.({
    wiring: isolated ? 'redirect' : 'ports',
    settings,
    service: { host: SERVICE_HOST, port: wiring.servicePort },
    proxyVersion: site.envoys.get(versionAsked(spec.treatment))?.version ?? 'none',
    hops: { client: hop('client'), server: hop('server') },
    ...furtherOf(site, hop),
    listenPorts: wiring.listenPorts,
  });
  if (contribution === undefined) throw new UserError(`mesh ${id} does not run on the local platform`, { exitCode: 3 });
  if ('unsupported' in contribution) {
    throw new UserError(`mesh ${id} on the local platform: ${contribution.unsupported}`, { exitCode: 3 });
  }
  return contribution;
}

/** Each pod has a namespace, and with it the whole range of ports, where there are services behind the first. */
function adminPortOf({ adminPorts }: Wiring, hop: AnyHop): number {
  return isFurther(hop) ? ADMIN_PORT : adminPorts[hop];
}

function furtherOf(site: LocalSite, wiringOf: (hop: AnyHop) => HopWiring): { further?: readonly FurtherService[] } {
  const further = site.services.flatMap(({ name, calledBy }) =>
    name === 'server' ? [] : [{ hop: name, host: furtherHost(name), calledBy, ...wiringOf(name) }],
  );
  return further.length === 0 ? {} : { further };
}

const proxyDirectory = (site: LocalSite, spec: DeploymentSpec, hop: AnyHop) =>
  path.join(site.lab.directory, `${spec.id}-envoy-${hop}`);

export interface SidecarsRequest {
  spec: DeploymentSpec;
  pods: LinkedPods;
  contribution: LocalContribution;
  wiring: Wiring;
  undo: Undo;
}

/** Adds what the mesh contributes to the pods: certificates, redirect rules, proxies. */
export async function addSidecars(site: LocalSite, request: SidecarsRequest): Promise<Sidecar[]> {
  const { spec, pods, contribution, wiring, undo } = request;
  if (contribution.proxies.length === 0) return [];
  const { lab, host, isolation } = site;
  const envoy = site.envoys.get(versionAsked(spec.treatment));
  if (envoy === undefined) throw new Error('a mesh with proxies, and no Envoy was looked for');
  const hops = contribution.proxies.map(({ hop }) => hop);
  for (const hop of hops) {
    const directory = await isolation.makeProxyDirectory(path.basename(proxyDirectory(site, spec, hop)));
    undo.push({ label: `directory of envoy ${hop}`, end: () => host.remove(directory).then(() => undefined) });
  }
  await issueCertificates(site, spec, contribution);
  for (const hop of hops) {
    const sign = signOf(isolation.mode, hop);
    if (sign === null) continue;
    const tool = site.rulesTool === undefined ? {} : { tool: site.rulesTool };
    await loadRules(host, podOf(pods, hop), { sign, ...tool, lockDirectory: lab.directory });
  }
  return allOf(
    contribution.proxies.map(({ hop, bootstrap, concurrency }) => {
      const label = `envoy of ${hop}`;
      return startSidecar({
        host,
        lab,
        isolation,
        hop,
        bootstrap,
        concurrency,
        pod: podOf(pods, hop),
        directory: proxyDirectory(site, spec, hop),
        binary: envoy.path,
        adminPort: adminPortOf(wiring, hop),
        cores: site.cores.system,
        onStarted: (child) => undo.push({ label, end: () => lab.end(child, label) }),
      });
    }),
  );
}

/** Waits for all, also when one fails: what another has begun by then has to be known to be taken down. */
export async function allOf<const T extends readonly unknown[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}

async function issueCertificates(
  site: LocalSite,
  spec: DeploymentSpec,
  contribution: LocalContribution,
): Promise<void> {
  const { identities } = contribution;
  if (identities === null) return;
  const authority = await createAuthority(site.host.now());
  for (const { hop } of contribution.proxies) {
    const identity = identities[hop];
    if (identity === undefined) throw new Error(`no identity for ${hop}`);
    const directory = proxyDirectory(site, spec, hop);
    const { certPem, keyPem } = await authority.issue(identity);
    const files = { 'cert.pem': certPem, 'key.pem': keyPem, 'ca.pem': authority.certPem };
    for (const [name, text] of Object.entries(files)) {
      await writeForProxy(site, path.join(directory, name), text);
    }
  }
}
