import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Child, Host } from '../../host/host.ts';
import { waitUntil } from '../../host/waitUntil.ts';
import { differencesOf, featuresOf, featuresOfDump } from '../../meshes/envoy/features.ts';
import type { AnyHop } from '../../meshes/mesh.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import type { DeploymentRecord } from '../../record/runRecord.ts';
import { type Admin, adminOf } from '../asking.ts';
import { pageOf, readCounters, type SameEnvoy, sameEnvoy } from './envoyAdmin.ts';
import type { Isolation } from './isolation.ts';
import type { Lab } from './lab.ts';
import type { Pod } from './pods.ts';

/** How Istio starts its proxy (mesh-facts 2.1), and no shared memory between two proxies of one namespace. */
const FLAGS = [
  '--disable-hot-restart',
  ...['--log-level', 'warning'],
  ...['--drain-time-s', '45'],
  ...['--drain-strategy', 'immediate'],
  ...['--local-address-ip-version', 'v4'],
  ...['--file-flush-interval-msec', '1000'],
];
const READY_MS = 10_000;

export interface SidecarRequest {
  host: Host;
  lab: Lab;
  isolation: Isolation;
  pod: Pod;
  hop: AnyHop;
  /** Directory that the proxy's user can pass through; its certificates are there already. */
  directory: string;
  binary: string;
  bootstrap: object;
  concurrency: number;
  adminPort: number;
  cores: readonly number[];
  /** Called as soon as there is a process to take down, ready or not. */
  onStarted(child: Child): void;
}

export interface Sidecar {
  hop: AnyHop;
  child: Child;
  record: DeploymentRecord['proxies'][number];
  /** Counters by their exact names; null for one that the proxy does not have yet. */
  counters(names: readonly string[]): Promise<Measured<Record<string, number | null>>>;
  /** Why the proxy is not the process that was started; undefined where it is. */
  beganAnew: SameEnvoy['beganAnew'];
}

/** Starts an Envoy in a pod and waits until it is ready. @throws with the end of its log when it is not */
export async function startSidecar(request: SidecarRequest): Promise<Sidecar> {
  const { host, lab, isolation, pod, hop, directory, bootstrap, concurrency } = request;
  const configuration = JSON.stringify(bootstrap);
  const configurationFile = path.join(directory, 'envoy.json');
  await writeForProxy(request, configurationFile, configuration);
  const logFile = path.join(directory, 'envoy.log');
  const child = await lab.start(
    [request.binary, '-c', configurationFile, '--concurrency', String(concurrency), ...FLAGS],
    { label: `envoy of ${hop}`, cores: request.cores, enter: pod.enter, as: isolation.proxy, logFile },
  );
  request.onStarted(child);
  const { admin, beganAnew } = sameEnvoy(adminOf(pod.agent.client, request.adminPort));
  const ready = await waitUntil(
    host,
    async () => {
      if (!child.running) throw new Error(`envoy of ${hop} ended at once: ${await tailOf(host, logFile)}`);
      const answer = await admin('/ready');
      return 'status' in answer && answer.status === 200 ? true : undefined;
    },
    { everyMs: 10, deadlineMs: READY_MS },
  );
  if (ready === undefined) {
    throw new Error(`envoy of ${hop} is not ready after ${READY_MS} ms: ${await tailOf(host, logFile)}`);
  }
  return {
    hop,
    child,
    record: {
      hop,
      pid: child.pid,
      ...(await describe(admin)),
      concurrencyAsked: concurrency,
      configurationSha256: createHash('sha256').update(configuration).digest('hex'),
      effectiveConfiguration: await effectiveConfiguration(admin, bootstrap),
    },
    counters: (names) => readCounters(admin, names),
    beganAnew,
  };
}

/** The running proxy's own answer against what it was started with. */
async function effectiveConfiguration(
  admin: Admin,
  asked: object,
): Promise<NonNullable<DeploymentRecord['proxies'][number]['effectiveConfiguration']>> {
  const dump = await pageOf(admin, '/config_dump');
  if (isMissing(dump)) return dump;
  const effective = featuresOfDump(dump);
  return {
    sha256: createHash('sha256').update(JSON.stringify(effective)).digest('hex'),
    differences: differencesOf(featuresOf(asked), effective),
  };
}

/** A private file of the proxy's user. */
export async function writeForProxy(
  { host, isolation }: { host: Host; isolation: Isolation },
  file: string,
  text: string,
): Promise<void> {
  await host.writeFile(file, text, 0o600);
  await isolation.giveToProxy(file);
}

async function describe(
  admin: Admin,
): Promise<Pick<DeploymentRecord['proxies'][number], 'version' | 'concurrencyEffective'>> {
  const info = await serverInfo(admin);
  if (isMissing(info)) return { version: info, concurrencyEffective: info };
  return {
    version: info.version,
    concurrencyEffective: info.command_line_options.concurrency ?? { missing: '/server_info names no concurrency' },
  };
}

interface ServerInfo {
  version: string;
  command_line_options: { concurrency?: number };
}

async function serverInfo(admin: Admin): Promise<Measured<ServerInfo>> {
  const page = await pageOf(admin, '/server_info');
  return isMissing(page) ? page : (JSON.parse(page) as ServerInfo);
}

async function tailOf(host: Host, logFile: string): Promise<string> {
  const text = await host.readText(logFile).catch(() => '(no log)');
  return text.trim().slice(-800);
}
