import type { Host } from '../../host/host.ts';
import { reasonOf } from '../../host/problems.ts';
import { OUTBOUND_PORT } from '../../meshes/envoy/names.ts';
import type { CreationLog, Link } from '../platform.ts';
import type { Lab } from './lab.ts';
import { tryBridge } from './links.ts';
import { ip, type Pod, startPod } from './pods.ts';
import { loadRules, redirectToolNames } from './redirect.ts';

export type Mode = 'root' | 'ports';
/** Strongest first. */
export const MODES: readonly Mode[] = ['root', 'ports'];

/** What a mode cannot show, for the first lines of every summary. */
export const LEAVES_OUT: Readonly<Record<Mode, readonly string[]>> = {
  root: [],
  ports: [
    'no redirection: the driver calls the client proxy on a loopback port of its own, so the cost of iptables and of a network link is not in the figures',
    'the service itself stays open on loopback; only the server proxy’s port can be shown to refuse plaintext',
  ],
};

export interface ModeChoice {
  mode: Mode;
  /** The rules' loader that works here; only with redirection. */
  rulesTool?: string;
  /** Whether a bridge hands its frames to iptables here; only where a bridge was asked for and can be made. */
  bridgeFilter?: string;
  refused: { mode: string; because: string; hint?: string }[];
}

interface Probe {
  host: Host;
  lab: Lab;
  ledger: CreationLog;
  link: Link;
}

/**
 * The strongest mode that works, found by doing: a pod is made, the real rules are loaded, and a call to port 8080 has to
 * be answered by a stand-in that listens on the proxy's outbound port. A bridge that is asked for is made as well.
 */
export async function chooseMode(probe: Probe, wanted: Mode | undefined): Promise<ModeChoice> {
  const refused: ModeChoice['refused'] = [];
  if (wanted === 'ports') return { mode: 'ports', refused: [{ mode: 'root', because: '--mode ports was asked for' }] };
  const unfit = await unfitForRoot(probe.host);
  if (unfit === undefined) {
    try {
      return { mode: 'root', ...(await tryPod(probe)), refused };
    } catch (error) {
      refused.push({ mode: 'root', because: reasonOf(error) });
    }
  } else {
    refused.push({ mode: 'root', ...unfit });
  }
  return { mode: 'ports', refused };
}

const PACKAGE_OF: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  ip: 'iproute2',
  'iptables-restore': 'iptables',
};

async function unfitForRoot(host: Host): Promise<{ because: string; hint?: string } | undefined> {
  if (host.uid !== 0) return { because: 'not root', hint: 'run it as root for network namespaces and redirection' };
  const missing: string[] = [];
  for (const tool of ['unshare', 'nsenter', 'ip']) if (!(await host.findCommand(tool))) missing.push(tool);
  const loaders = await Promise.all(redirectToolNames.map((tool) => host.findCommand(tool)));
  if (loaders.every((found) => found === undefined)) missing.push('iptables-restore');
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.map((tool) => PACKAGE_OF[tool] ?? tool))];
  return {
    because: `not on PATH: ${missing.join(', ')}`,
    hint: `Debian: apt-get install ${packages.join(' ')}`,
  };
}

async function tryPod({ host, lab, ledger, link }: Probe): Promise<Pick<ModeChoice, 'rulesTool' | 'bridgeFilter'>> {
  let pod: Pod | undefined;
  try {
    pod = await startPod({ host, lab, ledger, deploymentId: 'probe', name: 'probe', cores: [], isolated: true });
    const rulesTool = await tryRedirection(host, pod, lab);
    return link === 'bridge' ? { rulesTool, bridgeFilter: await tryBridge(host, pod) } : { rulesTool };
  } finally {
    if (pod !== undefined) await lab.end(pod.agent.child, 'probe');
  }
}

async function tryRedirection(host: Host, pod: Pod, lab: Lab): Promise<string> {
  await ip(host, pod, [
    'link set lo up',
    'link add mt-here type veth peer name mt-there',
    'address add 10.77.0.1/24 dev mt-here',
    'link set mt-here up',
    'link set mt-there up',
  ]);
  const tool = await loadRules(host, pod, { lockDirectory: lab.directory });
  const { client } = pod.agent;
  await client.put('stand-in', { kind: 'serve', host: '127.0.0.1', port: OUTBOUND_PORT, serviceTimeUs: 0 });
  await client.finished('stand-in', 'serve', 5000);
  await client.put('call', { kind: 'fetch', host: '10.77.0.2', port: 8080, path: '/bytes/0', timeoutMs: 3000 });
  const answer = await client.finished('call', 'fetch', 5000);
  if ('refused' in answer) throw new Error(`a call to port 8080 was not redirected: ${answer.refused}`);
  return tool;
}
