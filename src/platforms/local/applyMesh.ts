import path from 'node:path';
import { UserError } from '../../host/problems.ts';
import { meshEntry } from '../../meshes/index.ts';
import { HOPS, type Hop, type HopWiring, type LocalContribution } from '../../meshes/mesh.ts';
import type { DeploymentSpec } from '../../scenario/trial.ts';
import { ADDRESSES, SERVICE_HOST } from './addresses.ts';
import { createAuthority } from './certificates.ts';
import { versionAsked } from './envoys.ts';
import type { LinkedPods } from './links.ts';
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
  const hop = (side: Hop): HopWiring => {
    const file = (name: string) => path.join(proxyDirectory(site, spec, side), name);
    return {
      ip: isolated ? ADDRESSES[side] : '127.0.0.1',
      sign: signOf(site.isolation.mode, side),
      adminPort: wiring.adminPorts[side],
      certificates: { cert: file('cert.pem'), key: file('key.pem'), ca: file('ca.pem') },
    };
  };
  const contribution = mesh.local?.({
    wiring: isolated ? 'redirect' : 'ports',
    settings,
    service: { host: SERVICE_HOST, port: wiring.servicePort },
    proxyVersion: site.envoys.get(versionAsked(spec.treatment))?.version ?? 'none',
    hops: { client: hop('client'), server: hop('server') },
    listenPorts: wiring.listenPorts,
  });
  if (contribution === undefined) throw new UserError(`mesh ${id} does not run on the local platform`, { exitCode: 3 });
  if ('unsupported' in contribution) {
    throw new UserError(`mesh ${id} on the local platform: ${contribution.unsupported}`, { exitCode: 3 });
  }
  return contribution;
}

const proxyDirectory = (site: LocalSite, spec: DeploymentSpec, hop: Hop) =>
  path.join(site.lab.directory, `${spec.id}-envoy-${hop}`);

export interface SidecarsRequest {
  spec: DeploymentSpec;
  pods: Pick<LinkedPods, Hop>;
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
  for (const hop of HOPS) {
    const directory = await isolation.makeProxyDirectory(path.basename(proxyDirectory(site, spec, hop)));
    undo.push({ label: `directory of envoy ${hop}`, end: () => host.remove(directory).then(() => undefined) });
  }
  await issueCertificates(site, spec, contribution);
  for (const hop of HOPS) {
    const sign = signOf(isolation.mode, hop);
    if (sign === null) continue;
    const tool = site.rulesTool === undefined ? {} : { tool: site.rulesTool };
    await loadRules(host, pods[hop], { sign, ...tool, lockDirectory: lab.directory });
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
        pod: pods[hop],
        directory: proxyDirectory(site, spec, hop),
        binary: envoy.path,
        adminPort: wiring.adminPorts[hop],
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
  if (contribution.identities === null) return;
  const authority = await createAuthority(site.host.now());
  for (const hop of HOPS) {
    const directory = proxyDirectory(site, spec, hop);
    const { certPem, keyPem } = await authority.issue(contribution.identities[hop]);
    const files = { 'cert.pem': certPem, 'key.pem': keyPem, 'ca.pem': authority.certPem };
    for (const [name, text] of Object.entries(files)) {
      await writeForProxy(site, path.join(directory, name), text);
    }
  }
}
