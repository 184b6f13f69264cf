import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { reasonOf } from '../../host/problems.ts';
import { OUTBOUND_PORT } from '../../meshes/envoy/names.ts';
import type { ProxySign } from '../../meshes/mesh.ts';
import type { CreationLog, Link } from '../platform.ts';
import { ADDRESSES, proxyAddressOf, SERVICE_PORT } from './addresses.ts';
import type { Isolation } from './isolation.ts';
import { gist, type Lab } from './lab.ts';
import { tryBridge } from './links.ts';
import { signOf } from './modes.ts';
import { ip, type Pod, runInPod, startPod } from './pods.ts';
import { loadRules } from './redirect.ts';
import { passingRule } from './rules.ts';
import { tiedTo } from './tied.ts';

export interface Probe {
  host: Host;
  lab: Lab;
  ledger: CreationLog;
  link: Link;
}

/** What a trial of a mode has shown. */
export interface Tried {
  /** The rules' loader that works here; only with redirection. */
  rulesTool?: string;
  /** Whether the rules were seen to let the proxy's own traffic pass; only with redirection. */
  ownTraffic?: string;
  /** Whether a bridge hands its frames to iptables here; only where a bridge was asked for and can be made. */
  bridgeFilter?: string;
}

/**
 * Tries a mode by doing: a pod is made, the real rules are loaded, a call to port 8080 has to be answered by a stand-in
 * on the proxy's outbound port, and one with the proxy's sign must not be. @throws in the words of what refused
 */
export async function tryPod({ host, lab, ledger, link }: Probe, isolation: Isolation): Promise<Tried> {
  const name = `probe-${isolation.mode}`;
  const pod = await startPod({ host, lab, ledger, isolation, deploymentId: 'try', name, cores: [] });
  try {
    const sign = signOf(isolation.mode, 'client');
    if (sign === null) {
      const [port = 0] = await host.freePorts(1);
      await answered(pod, { listen: port, call: { host: '127.0.0.1', port } });
      return {};
    }
    const rulesTool = await tryRedirection({ host, lab, pod, sign });
    const ownTraffic = await tryOwnTraffic({ host, lab, pod, sign, isolation, rulesTool });
    const tried = { rulesTool, ownTraffic };
    return link === 'bridge' ? { ...tried, bridgeFilter: await tryBridge(host, pod) } : tried;
  } finally {
    await lab.end(pod.agent.child, name);
  }
}

interface InPod {
  host: Host;
  lab: Lab;
  pod: Pod;
  sign: ProxySign;
}

async function tryRedirection({ host, lab, pod, sign }: InPod): Promise<string> {
  await ip(host, pod, [
    'link set lo up',
    'link add mt-here type veth peer name mt-there',
    `address add ${ADDRESSES.client}/24 dev mt-here`,
    `address add ${proxyAddressOf('client')}/24 dev mt-here`,
    'link set mt-here up',
    'link set mt-there up',
  ]);
  const tool = await loadRules(host, pod, { sign, lockDirectory: lab.directory });
  await answered(pod, { listen: OUTBOUND_PORT, call: { host: ADDRESSES.server, port: SERVICE_PORT } });
  return tool;
}

/** A stand-in listens on a loopback port, and a call has to be answered by it. */
async function answered(
  { agent: { client } }: Pod,
  { listen, call }: { listen: number; call: { host: string; port: number } },
): Promise<void> {
  await client.put('stand-in', { kind: 'serve', host: '127.0.0.1', port: listen, serviceTimeUs: 0 });
  await client.finished('stand-in', 'serve', 5000);
  await client.put('call', { kind: 'fetch', ...call, path: '/bytes/0', timeoutMs: 3000 });
  const answer = await client.finished('call', 'fetch', 5000);
  if (!('refused' in answer)) return;
  throw new Error(`a call to port ${call.port} was not answered by the stand-in on ${listen}: ${answer.refused}`);
}

const SIGNED_CALL_MS = 150;
/** Nobody is at the address: only a redirection could connect it, to the stand-in. The packet counts, not its end. */
const SIGNED_CALL = `const net = require('node:net');
const fs = require('node:fs');
const [host, port, localAddress, ms] = process.argv.slice(2);
const socket = net.connect({ host, port: Number(port), ...(localAddress === '-' ? {} : { localAddress }) });
const say = (what) => { fs.writeSync(1, what); socket.destroy(); clearTimeout(late); };
socket.on('connect', () => say('connected'));
socket.on('error', (error) => say('not connected: ' + error.code));
const late = setTimeout(() => say('not connected'), Number(ms));`;

/** @returns how it was seen that the proxy's traffic passes, or why that could not be tried. @throws where it does not */
async function tryOwnTraffic(request: InPod & { isolation: Isolation; rulesTool: string }): Promise<string> {
  const { host, lab, pod, sign, isolation, rulesTool } = request;
  const { uid } = isolation.proxy;
  if (uid !== undefined && !(await host.executableByAll(host.nodePath))) {
    return `known by ${sign.by}; not tried, since the proxy's user cannot start Node`;
  }
  if (sign.by === 'mark') {
    const refused = await markCalls(request, sign.mark);
    if (refused !== undefined) return `known by mark; not tried: ${refused}`;
  }
  const source = sign.by === 'source' ? sign.address : '-';
  // A file below the lab: where its user cannot read that, it could not read its configuration either.
  const script = path.join(lab.directory, `signed-call-${isolation.mode}.cjs`);
  await host.writeFile(script, SIGNED_CALL, 0o644);
  const words = [script, ADDRESSES.server, String(SERVICE_PORT), source, String(SIGNED_CALL_MS)];
  const said = await host.run(tiedTo(host.pid, [host.nodePath, ...words], { as: isolation.proxy, enter: pod.enter }), {
    timeoutMs: 10_000,
  });
  if (!said.stdout.startsWith('not connected')) {
    const what = said.stdout.startsWith('connected') ? 'was redirected to the proxy itself' : gist(said.stderr.trim());
    throw new Error(`a call with the proxy's sign (${sign.by}): ${what}`);
  }
  const saver = rulesTool.replace(/restore$/, 'save');
  if ((await host.findCommand(saver)) === undefined) return `known by ${sign.by}; passes, not counted: no ${saver}`;
  const env = { XTABLES_LOCKFILE: `${lab.directory}/xtables.lock` };
  const counted = await runInPod(host, pod, { argv: [saver, '--counters', '--table', 'nat'], env });
  const rule = counted.split('\n').find((line) => line.endsWith(`] ${passingRule(sign)}`));
  const packets = Number(/^\[(\d+):/.exec(rule ?? '')?.[1] ?? Number.NaN);
  if (!(packets > 0)) throw new Error(`the rules did not know a call with the proxy's sign (${sign.by}) by it`);
  return `known by ${sign.by}; passes`;
}

/** Marks the probe's next calls as Envoy would mark its own. @returns why that cannot be, or undefined */
async function markCalls({ host, lab, pod, rulesTool }: InPod & { rulesTool: string }, mark: number) {
  const rule = `-A OUTPUT -p tcp --dport ${SERVICE_PORT} -j MARK --set-mark ${mark}`;
  const env = { XTABLES_LOCKFILE: `${lab.directory}/xtables.lock` };
  try {
    await runInPod(host, pod, { argv: [rulesTool], input: `*mangle\n${rule}\nCOMMIT\n`, env });
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
